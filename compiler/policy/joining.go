package policy

import "slices"

// Join makes a user a member of a group and of the groups around it. The group itself stays as it is.
func (u *User) Join(g *Group) {
	for _, x := range append([]Membership{{Group: g}}, g.Outer()...) {
		at := slices.IndexFunc(u.Memberships, func(m Membership) bool { return m.Group == x.Group })
		if at < 0 {
			u.Memberships = append(u.Memberships, Membership{Group: x.Group, Periods: x.Periods})
			continue
		}
		m := &u.Memberships[at]
		m.Periods = m.Periods.Union(x.Periods)
	}
	slices.SortFunc(u.Memberships, func(x, y Membership) int { return x.Group.Index - y.Group.Index })
}

// HasRole reports whether any role is assigned, so that the product gives no default role.
func (u *User) HasRole() bool {
	isRole := func(e Entry) bool { return e.Role != nil }
	return slices.ContainsFunc(u.Entries, isRole) || slices.ContainsFunc(u.Memberships,
		func(m Membership) bool { return slices.ContainsFunc(m.Group.Entries, isRole) })
}
