package reach

import (
	"slices"

	"permc.dev/permc/compiler/policy"
)

// mixed knows the permissions that somebody may hold or not because of what else they hold, by index.
type mixed struct {
	list  []bool // nil: there is none
	needs []bool // these and those that they follow from
}

// newMixed returns the permissions that are derived, those that a deny rule takes away because of what else somebody
// has, and those that these imply.
func newMixed(p *policy.Policy) (x mixed) {
	list := make([]bool, len(p.Catalog.Permissions))
	for _, d := range p.Catalog.Derived {
		list[d.Index] = true
	}
	for _, r := range p.Denies {
		if asksForEntries(r) {
			for i, perm := range p.Catalog.Permissions {
				list[i] = list[i] || r.Deny.Selects(perm) != 0
			}
		}
	}
	if !slices.Contains(list, true) {
		return x
	}
	for _, perm := range p.Catalog.Implying { // each before those it implies
		for _, q := range perm.Implies {
			list[q.Index] = list[q.Index] || list[perm.Index]
		}
	}
	needs := policy.PermissionSet(slices.Clone(list))
	needs.AddOrigins(p.Catalog)
	return mixed{list, needs}
}

// unmixed returns the permissions that are not mixed.
func (x *mixed) unmixed() []bool {
	list := make([]bool, len(x.list))
	for i := range list {
		list[i] = !x.list[i]
	}
	return list
}

// accessAfter returns what a person has after some acts, without what is known already unless it is mixed.
func (s *Finder) accessAfter(who int, acts []int) (*policy.User, policy.Access) {
	u := s.after(who, acts)
	access := s.needed.User(u)
	changed := s.changedBy(who, acts)
	if changed == nil {
		return u, access
	}
	more := s.plain.User(changed)
	s.rows = s.rows[:0]
	rows := access.Rows
	for i := range more.Rows {
		r := &more.Rows[i]
		if s.mixed.list[r.Permission.Index] {
			continue
		}
		n := 0
		for n < len(rows) && isBefore(&rows[n], r) {
			n++
		}
		s.rows = append(append(s.rows, rows[:n]...), *r)
		rows = rows[n:]
	}
	s.rows = append(s.rows, rows...)
	access.Rows = s.rows
	return u, access
}

// isBefore reports whether a row comes before another one, or is of the same permission on the same scope.
func isBefore(a, b *policy.Row) bool {
	return a.Scope.Index < b.Scope.Index || a.Scope == b.Scope && a.Permission.Index <= b.Permission.Index
}
