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
