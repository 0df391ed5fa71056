package redundant

import "permc.dev/permc/compiler/policy"

// Nested groups form no cycles. So users stay in a group as long as it names them, or names another group in which they
// stay. That can be checked one group at a time, from the inner ones outwards, without going through all groups of a
// user. It does not hold where memberships have periods.

// noteQuits notes the groups that users are not in any longer without the memberships that they quit.
func (p *person) noteQuits() {
	if p.dated {
		return
	}
	p.leftBy = map[*policy.User]map[*policy.Group]bool{}
	for s, quit := range p.quits {
		if !quit || p.leftBy[s.user] != nil {
			continue
		}
		p.leftBy[s.user] = map[*policy.Group]bool{}
		p.all.reach(s.user, nil, edge{})
		for i := range s.user.Memberships {
			if g := s.user.Memberships[i].Group; !p.all.has(g) && !p.groups[g] {
				p.leftGroup(stay{s.user, g})
			}
		}
	}
}

// leftGroup notes that a user is not in a group any longer.
func (p *person) leftGroup(s stay) {
	if p.leftBy[s.user] == nil {
		p.leftBy[s.user] = map[*policy.Group]bool{}
	}
	p.leftBy[s.user][s.group] = true
}

// isIn reports whether a user is in a group, which is not removed.
func (p *person) isIn(u *policy.User, g *policy.Group) bool {
	_, ok := p.membershipIn(u, g)
	return ok
}

// membershipIn returns the number of a user's membership in a group that is not removed.
func (p *person) membershipIn(u *policy.User, g *policy.Group) (at int, ok bool) {
	if p.groups[g] {
		return 0, false
	}
	at, ok = u.FindMembership(g)
	return at, ok && !p.leftBy[u][g]
}

// stays reports whether something leads a user into a group of theirs: being named there, or another group that is not
// among those that the user loses.
func (p *person) stays(u *policy.User, m *policy.Membership, cut edge) bool {
	g := m.Group
	if m.Direct > 0 && !p.quits[stay{u, g}] {
		return true
	}
	leads := func(inner *policy.Group) bool {
		return edge{inner, g} != cut && !p.out.has(inner) && p.isIn(u, inner)
	}
	if inside := p.inner[g.Index]; len(inside) <= len(u.Memberships) {
		for _, inner := range inside {
			if leads(inner) {
				return true
			}
		}
		return false
	}
	for i := range u.Memberships {
		if inner := u.Memberships[i].Group; p.links[edge{inner, g}] && leads(inner) {
			return true
		}
	}
	return false
}
