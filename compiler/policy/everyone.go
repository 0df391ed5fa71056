package policy

import "strings"

// Everyone is the group of all users. EVERYONE:AFFILIATION has those of one affiliation.
const Everyone = "everyone"

// CutEveryone reports whether an id is of a built-in group, and returns the affiliation whose users it has, or "" for
// all users.
func CutEveryone(id string) (affiliation string, ok bool) {
	rest, ok := strings.CutPrefix(id, Everyone)
	if !ok || rest == "" {
		return "", ok
	}
	return strings.CutPrefix(rest, ":")
}

// EveryoneIDs returns the ids of the built-in groups of a catalog.
func (c *Catalog) EveryoneIDs() []string {
	ids := []string{Everyone}
	for _, a := range c.Affiliations {
		ids = append(ids, Everyone+":"+a.ID.Name)
	}
	return ids
}

// IsBuiltIn reports whether the group has all users, or all of one affiliation, and not those that somebody lists.
func (g *Group) IsBuiltIn() bool {
	_, ok := CutEveryone(g.ID)
	return ok
}

// TakesIn reports whether a built-in group has a user.
func (g *Group) TakesIn(u *User) bool {
	affiliation, ok := CutEveryone(g.ID)
	return ok && (affiliation == "" || affiliation == u.Affiliation)
}

// IsOf reports whether a source is an entry of the group with an id, or rests on one.
func (v *Via) IsOf(group string) bool { return v.Group != nil && v.Group.ID == group }

// EveryoneGroup returns a built-in group that the project does not name: it has users and gives nothing.
func (p *Policy) EveryoneGroup(id string) *Group {
	g := &Group{ID: id, Undeclared: true}
	for _, u := range p.Users {
		if g.TakesIn(u) {
			g.Users = append(g.Users, u)
		}
	}
	return g
}
