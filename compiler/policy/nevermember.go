package policy

// NeverMembers are the users and groups with a membership that starts after it expires. It has a finding of its own,
// which says why nobody is in the group through it.
type NeverMembers struct {
	users  map[string]bool // by id
	inner  map[*Group]bool // the groups with such a membership in another group
	groups map[*Group]bool // the groups with such a member, direct or nested
}

// FindNeverMembers collects the memberships of a policy that start after they expire.
func FindNeverMembers(p *Policy) *NeverMembers {
	n := &NeverMembers{map[string]bool{}, map[*Group]bool{}, map[*Group]bool{}}
	for _, g := range p.Groups {
		some := false
		for i := range g.Special {
			m := &g.Special[i]
			if _, ever := m.Terms.Period(); ever {
				continue
			}
			some = true
			if m.User != nil {
				n.users[m.User.ID] = true
			} else {
				n.inner[m.Inner] = true
			}
		}
		if some {
			n.mark(g)
		}
	}
	return n
}

// mark notes that a group, and each group around it, has such a member.
func (n *NeverMembers) mark(g *Group) {
	n.groups[g] = true
	for _, o := range g.Outer() {
		n.groups[o.Group] = true
	}
}

// In reports whether a group has a member, direct or nested, whose membership never counts.
func (n *NeverMembers) In(g *Group) bool { return n.groups[g] }

// Has reports whether a membership of a user, or of a group that the user is in, never counts.
func (n *NeverMembers) Has(u *User) bool {
	if n.users[u.ID] {
		return true
	}
	for i := range u.Memberships {
		if n.inner[u.Memberships[i].Group] {
			return true
		}
	}
	return false
}
