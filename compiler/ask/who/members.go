package who

import "permc.dev/permc/compiler/policy"

// Members answers who is in a group.
type Members struct {
	Group  *policy.Group
	In     []Member // today
	Others []Member // earlier or later
}

// Member is somebody in a group.
type Member struct {
	User *policy.User
	Path []*policy.Group // from the group that has the user to the one in question, each inside the next
	Pos  policy.Pos
	Ends policy.Date
	Idle string // why the membership does not count today, or ""
}

// MembersOf lists the members of a group in order, of one affiliation if it is not "".
func MembersOf(p *policy.Policy, g *policy.Group, affiliation string) *Members {
	out := &Members{Group: g}
	var ways policy.WayFinder
	for _, u := range p.Users {
		m := u.MembershipIn(g)
		if m == nil || affiliation != "" && u.Affiliation != affiliation {
			continue
		}
		ways.Of(u)
		path, pos := ways.Into(g)
		x := Member{User: u, Path: path, Pos: pos}
		ends, in := m.Periods.On(p.AsOf)
		if !in {
			x.Idle = m.Idle(p.AsOf)
			out.Others = append(out.Others, x)
			continue
		}
		x.Ends = ends
		out.In = append(out.In, x)
	}
	return out
}
