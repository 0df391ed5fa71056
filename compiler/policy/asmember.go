package policy

import (
	"cmp"
	"slices"
)

// AsMember returns a user who has what a group gives: somebody who is in it, and in the groups that it is in, and who
// has nothing else. The affiliation is the one that most members have, since roles may be for some affiliations only.
func (g *Group) AsMember() *User {
	u := &User{ID: "group:" + g.ID, Name: g.Title, Pos: g.Pos, Affiliation: g.usualAffiliation()}
	u.Memberships = append([]Membership{{Group: g, Pos: g.Pos, Direct: 1}}, g.Outer()...)
	for i := range u.Memberships {
		if m := &u.Memberships[i]; !m.Pos.IsValid() {
			m.Pos = g.Pos
		}
	}
	slices.SortFunc(u.Memberships, func(a, b Membership) int { return cmp.Compare(a.Group.Index, b.Group.Index) })
	return u
}

// usualAffiliation returns the affiliation that most members have, the first by name of several.
func (g *Group) usualAffiliation() string {
	if only, ok := CutEveryone(g.ID); ok && only != "" {
		return only
	}
	count := map[string]int{}
	best := ""
	for _, u := range g.Users {
		count[u.Affiliation]++
	}
	for a, n := range count {
		if n > count[best] || n == count[best] && a < best {
			best = a
		}
	}
	return best
}
