package policy

import "slices"

// PathTo returns the groups from the one that names the user to the one in question, each inside the next, and
// the position of the membership.
func (u *User) PathTo(g *Group) ([]*Group, Pos) {
	var at Pos
	for _, m := range u.Memberships {
		if m.Group == g {
			at = m.Pos
		}
	}
	var inner *Group
	for _, m := range u.Memberships {
		if x := m.Group; m.Pos == at && (x == g || x.IsWithin(g)) && (inner == nil || x.IsWithin(inner)) {
			inner = x
		}
	}
	if inner == nil {
		return []*Group{g}, at
	}
	return pathBetween(inner, g), at
}

// pathBetween returns groups from an inner one to an outer one, each inside the next, with no other in between.
func pathBetween(inner, outer *Group) []*Group {
	around := func(g *Group) int { return len(g.Outer) } // more for a group than for those around it
	var list []*Group
	for _, m := range inner.Outer {
		if around(m.Group) > around(outer) && m.Group.IsWithin(outer) {
			list = append(list, m.Group)
		}
	}
	slices.SortStableFunc(list, func(a, b *Group) int { return around(b) - around(a) })
	path := []*Group{inner}
	for _, g := range list {
		if path[len(path)-1].IsWithin(g) {
			path = append(path, g)
		}
	}
	if inner == outer {
		return path
	}
	return append(path, outer)
}
