package review

import (
	"slices"

	"permc.dev/permc/compiler/policy"
)

// unit is the subject of one decision: a row, or some of its actions if the table or the sheet has several lines for
// it.
type unit struct {
	row   policy.Row
	part  bool    // other units have the other actions
	sheet []int32 // the rows of the sheet that decide about it, in order
}

// appendUnits appends the units of a row of the table.
func (s *Sheet) appendUnits(list []unit, key name, r *policy.Row, m *Marker) []unit {
	first, listed := s.byName.first[key]
	if !r.Mixed() && (!listed || !s.Rows[first].part) {
		u := unit{row: *r}
		for i := range s.byName.of(key) {
			u.sheet = append(u.sheet, i)
		}
		return append(list, u)
	}
	from := len(list)
	for _, part := range r.Parts() {
		list = append(list, unit{row: part})
	}
	for i := range s.byName.of(key) {
		if x := &s.Rows[i]; x.part {
			list = divideUnits(list, from, x.actionSet(r.Permission))
		}
	}
	for i := range s.byName.of(key) {
		s.assignRow(list[from:], i, m)
	}
	for i := range list[from:] {
		list[from+i].part = len(list) > from+1
	}
	return list
}

// divideUnits divides units, from one on, by whether their actions are in a set.
func divideUnits(list []unit, from int, set policy.Actions) []unit {
	for i := from; i < len(list); i++ {
		if r := &list[i].row; r.Actions&set != 0 && r.Actions&^set != 0 {
			in, out := r.Only(set), r.Only(^set)
			in.Withheld, list[i].row = r.Withheld, in
			list = slices.Insert(list, i+1, unit{row: out})
			i++
		}
	}
	return list
}

// assignRow adds a row of the sheet to its units: the one with its mark, or those of its actions if the sheet has
// several rows for them, or else all.
func (s *Sheet) assignRow(units []unit, sheet int32, m *Marker) {
	x := &s.Rows[sheet]
	own := -1
	if x.mark != 0 {
		own = slices.IndexFunc(units, func(u unit) bool { return m.sum(&u.row) == x.mark })
	}
	for i := range units {
		u := &units[i]
		if i == own || own < 0 && (!x.part || u.row.Actions&x.actionSet(u.row.Permission) != 0) {
			u.sheet = append(u.sheet, sheet)
		}
	}
}

// actionSet returns the actions named in the row of the sheet.
func (x *Row) actionSet(p *policy.Permission) (set policy.Actions) {
	for i, a := range p.Actions {
		if slices.Contains(actionList(x.actions), a) {
			set |= 1 << i
		}
	}
	return set
}

// actionList splits the actions cell, in any of its formats.
func actionList(cell string) (list []string) {
	for item := range policy.SplitNames(cell, ";,") {
		list = append(list, item.Name)
	}
	return list
}

// isParted reports whether rows of a sheet about one permission have different actions, so that each is decided by
// itself.
func (s *Sheet) isParted(first *Row) bool {
	seen := map[string]string{} // the cell that names an action
	cells := map[string]bool{}
	for i := range s.byName.of(s.name(first)) {
		x := &s.Rows[i]
		cells[x.actions] = true
		for _, a := range actionList(x.actions) {
			if cell, ok := seen[a]; ok && cell != x.actions {
				return false
			}
			seen[a] = x.actions
		}
	}
	return len(cells) > 1 && !cells[""]
}
