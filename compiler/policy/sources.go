package policy

import (
	"slices"
	"unsafe"
)

// MostSources limits how many sources of a row are written out. A chain of groups can give one
// permission to all its members through thousands of entries.
const MostSources = 20

// Leading returns the sources of a row to write out, in order, and how many are left out. None is left
// out up to MostSources. Beyond that, it takes one of each kind, all that the row's actions, records
// and expiry need, and then, in order, those that differ from the ones before. So what a reader
// concludes from them holds for all.
func (r *Row) Leading() (list []Via, more int) {
	if len(r.Via) <= MostSources {
		return r.Via, r.More
	}
	list = leadingVias(r.Via)
	return list, r.More + len(r.Via) - len(list)
}

// ViaList is a list of sources that several rows may share. Two are equal if they are the same list.
type ViaList struct {
	first *Via
	n     int
}

// List returns the list of the row's sources.
func (r *Row) List() ViaList { return ViaList{unsafe.SliceData(r.Via), len(r.Via)} }

// ViaCopies are copies of lists of sources: rows that share a list share its copy. They are for rows of one user, as a
// flattener uses its memory again.
type ViaCopies struct{ long map[ViaList][]Via }

// Of returns a copy of the sources of a row, which clone makes if no row before had that list. Short lists are not
// remembered.
func (c *ViaCopies) Of(r *Row, clone func([]Via) []Via) []Via {
	if len(r.Via) < Long {
		return clone(r.Via)
	}
	k := r.List()
	list := c.long[k]
	if list == nil {
		if c.long == nil {
			c.long = map[ViaList][]Via{}
		}
		list = clone(r.Via)
		c.long[k] = list
	}
	return list
}

// Reset forgets all copies.
func (c *ViaCopies) Reset() { clear(c.long) }

// Clone returns a copy of a row, as Row.Clone does.
func (c *ViaCopies) Clone(r *Row) Row {
	x := *r
	x.Via, x.Withheld = c.Of(r, slices.Clone[[]Via]), slices.Clone(r.Withheld)
	return x
}

// Seen remembers rows with many sources. Roles on N scopes that reach the whole tree give N rows with the same N
// sources: for whatever does not depend on the scope, one of these rows is enough.
type Seen struct{ rows map[likeRow]bool }

// likeRow holds what such rows have in common.
type likeRow struct {
	sources    ViaList
	permission *Permission
	actions    Actions
	level      int
}

// Before reports whether a row is like one that it was asked about before.
func (s *Seen) Before(r *Row) bool {
	if len(r.Via) < Long {
		return false
	}
	x := likeRow{r.List(), r.Permission, r.Actions, r.Scope.Level}
	if s.rows[x] {
		return true
	}
	if s.rows == nil {
		s.rows = map[likeRow]bool{}
	}
	s.rows[x] = true
	return false
}

// Reset forgets all rows.
func (s *Seen) Reset() { clear(s.rows) }

// Brief returns the row with only its leading sources.
func (r *Row) Brief() Row {
	b := *r
	b.Via, b.More = r.Leading()
	return b
}

func leadingVias(all []Via) []Via {
	taken := neededVias(all)
	for i := 0; i < len(all) && len(taken) < MostSources; i++ {
		if !slices.ContainsFunc(taken, func(j int) bool { return i == j || all[j].alike(&all[i]) }) {
			taken = append(taken, i)
		}
	}
	for i := 0; i < len(all) && len(taken) < MostSources; i++ {
		if !slices.Contains(taken, i) {
			taken = append(taken, i)
		}
	}
	slices.Sort(taken)
	list := make([]Via, len(taken))
	for n, i := range taken {
		list[n] = all[i]
	}
	return list
}

// neededVias returns the indexes of the sources without which a row would seem to have fewer kinds of
// source, give less, end one of its actions earlier, or be surer.
func neededVias(all []Via) (taken []int) {
	var kinds uint
	var anybodys, own, actions Actions // on all records, on one's own or more, and at all
	var sure Confidence                // of the weakest with an action left
	for i := range all {
		v := &all[i]
		isNew := kinds&(1<<v.Kind) == 0 || v.Actions&^actions != 0 ||
			v.Records == AllRecords && v.Actions&^anybodys != 0 ||
			v.Records <= OwnRecords && v.Actions&^own != 0 || v.Confidence > sure
		if !isNew {
			continue
		}
		taken = append(taken, i)
		kinds |= 1 << v.Kind
		sure = max(sure, v.Confidence)
		actions |= v.Actions
		if v.Records == AllRecords {
			anybodys |= v.Actions
		}
		if v.Records <= OwnRecords {
			own |= v.Actions
		}
	}
	for _, last := range lastVias(all, actions) {
		if !slices.Contains(taken, last) {
			taken = append(taken, last)
		}
	}
	return taken
}

// lastVias returns the indexes of the sources with which actions end, one for
// as many actions as it can.
func lastVias(all []Via, actions Actions) (list []int) {
	for actions != 0 {
		last := -1
		for i := range all {
			if v := &all[i]; v.Actions&actions != 0 && (last < 0 || v.Ends.End() > all[last].Ends.End()) {
				last = i
			}
		}
		list, actions = append(list, last), actions&^all[last].Actions
	}
	return list
}

// alike reports whether two sources differ only in their places and ends.
func (v *Via) alike(w *Via) bool {
	return v.Kind == w.Kind && v.Role == w.Role && v.From == w.From && v.Group == w.Group && v.Implier == w.Implier &&
		v.Scope == w.Scope && v.Records == w.Records
}

// LeadingRoles returns the roles to write out, and how many are left out: of each role on each scope
// at most MostSources, the first ones and the one that ends last.
func LeadingRoles(all []Held) (list []Held, more int) {
	if len(all) <= MostSources {
		return all, 0
	}
	last := map[RoleOn]int{}
	for i := range all {
		on := RoleOn{Role: all[i].Role, Scope: all[i].Scope}
		if j, ok := last[on]; !ok || all[i].Ends.End() > all[j].Ends.End() {
			last[on] = i
		}
	}
	taken := map[RoleOn]int{}
	for i := range all {
		on := RoleOn{Role: all[i].Role, Scope: all[i].Scope}
		most := MostSources
		if last[on] > i {
			most-- // reserved for the one that ends last
		}
		if taken[on] < most {
			taken[on]++
			list = append(list, all[i])
		}
	}
	return list, len(all) - len(list)
}
