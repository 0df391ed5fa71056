package policy

import "slices"

// PathTo returns the groups from the one that names the user to the one in question, each inside the next, and
// the position of the membership. It is a way in on the policy's day or, if there is none then, on any day.
func (u *User) PathTo(g *Group) ([]*Group, Pos) {
	w := way{any: true}
	var at Pos
	isNamed := true
	if m := u.MembershipIn(g); m != nil {
		at, isNamed = m.Pos, m.Direct > 0
		w = way{day: g.AsOf, any: !m.In(g.AsOf)}
	}
	if !g.Nests {
		return []*Group{g}, at
	}
	inner := w.innermost(u, g, func(m *Membership) bool { return m.Pos == at })
	if inner == g && !isNamed { // the group that names the user does so in another place, too
		inner = w.innermost(u, g, func(m *Membership) bool { return m.Direct > 0 })
	}
	if inner == nil {
		return []*Group{g}, at
	}
	return w.between(inner, g), at
}

// innermost returns the innermost group with the user in or within a group, of some memberships, or nil.
func (w way) innermost(u *User, g *Group, of func(*Membership) bool) (inner *Group) {
	for i := range u.Memberships {
		m := &u.Memberships[i]
		if x := m.Group; of(m) && w.counts(m) && (x == g || w.isWithin(x, g)) &&
			(inner == nil || w.isWithin(x, inner)) {
			inner = x
		}
	}
	return inner
}

// NameWay names a group, and the one in it through which the user is in it: learners, through support-emea.
func (u *User) NameWay(g *Group, name func(*Group) string) string {
	if g.Nests {
		if path, _ := u.PathTo(g); len(path) > 1 {
			return name(g) + ", through " + name(path[0])
		}
	}
	return name(g)
}

// IDOf returns the id of a group.
func IDOf(g *Group) string { return g.ID }

// way asks about memberships on one day, or on any.
type way struct {
	day Date
	any bool
}

func (w way) counts(m *Membership) bool { return w.any || m.In(w.day) }

// isWithin reports whether a group is in another one.
func (w way) isWithin(g, o *Group) bool {
	for i := range g.Outer {
		if m := &g.Outer[i]; m.Group == o {
			return w.counts(m)
		}
	}
	return false
}

// between returns groups from an inner one to an outer one, each inside the next, with no other in between.
func (w way) between(inner, outer *Group) []*Group {
	around := func(g *Group) int { return len(g.Outer) } // more for a group than for those around it
	var list []*Group
	for i := range inner.Outer {
		if m := &inner.Outer[i]; w.counts(m) && around(m.Group) > around(outer) && w.isWithin(m.Group, outer) {
			list = append(list, m.Group)
		}
	}
	slices.SortStableFunc(list, func(a, b *Group) int { return around(b) - around(a) })
	path := []*Group{inner}
	for _, g := range list {
		if w.isWithin(path[len(path)-1], g) {
			path = append(path, g)
		}
	}
	if inner == outer {
		return path
	}
	return append(path, outer)
}
