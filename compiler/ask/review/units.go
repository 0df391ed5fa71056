package review

import (
	"slices"

	"permc.dev/permc/compiler/policy"
)

// unit is what one decision is about: a row, or some of its actions, where the
// table or the sheet has several lines for it.
type unit struct {
	row   policy.Row
	part  bool    // there are others for its other actions
	sheet []int32 // the rows of the sheet that decide about it, in order
}

// appendUnits appends a row of the table as it is decided on.
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
			list = divide(list, from, x.set(r.Permission))
		}
	}
	for i := range s.byName.of(key) {
		s.decide(list[from:], i, m)
	}
	for i := range list[from:] {
		list[from+i].part = len(list) > from+1
	}
	return list
}

// divide divides units, from one on, into what is in a set of actions and what
// is not.
func divide(list []unit, from int, set policy.Actions) []unit {
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

// decide adds a row of the sheet to the units that it decides about: the one
// whose mark it bears, those of its actions where the sheet has several rows
// for them, or else all.
func (s *Sheet) decide(units []unit, sheet int32, m *Marker) {
	x := &s.Rows[sheet]
	own := -1
	if x.mark != 0 {
		own = slices.IndexFunc(units, func(u unit) bool { return m.sum(&u.row) == x.mark })
	}
	for i := range units {
		u := &units[i]
		if i == own || own < 0 && (!x.part || u.row.Actions&x.set(u.row.Permission) != 0) {
			u.sheet = append(u.sheet, sheet)
		}
	}
}

// set is the actions that the row of the sheet says.
func (x *Row) set(p *policy.Permission) (set policy.Actions) {
	for i, a := range p.Actions {
		if slices.Contains(actionList(x.actions), a) {
			set |= 1 << i
		}
	}
	return set
}

// actionList reads the cell of actions, as any format writes it.
func actionList(cell string) (list []string) {
	for item := range policy.SplitNames(cell, ";,") {
		list = append(list, item.Name)
	}
	return list
}

// parted reports whether rows of a sheet that are about one permission are of
// different actions of it, so that each has a decision of its own.
func (s *Sheet) parted(first *Row) bool {
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
