package resolve

import (
	"cmp"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// describe binds the owners and the attributes of a group.
func (b *policyBinder) describe(g *policy.Group, d *policy.DeclaredGroup) {
	for _, r := range d.Owners {
		b.owner(g, r)
	}
	g.IDs = b.identities("group", g.ID, d.IDs)
	if len(d.Attributes) == 0 {
		return
	}
	from := len(b.unlisted)
	g.Attributes = make(map[string][]string, len(d.Attributes))
	for _, a := range b.attributes(d.Attributes, b.catalog.GroupAttributes) {
		g.Attributes[a.Name.Name] = refNames(a.Values)
	}
	for i := range b.unlisted[from:] {
		b.unlisted[from+i].Group = g
	}
}

// owner binds an owner, as members are named.
func (b *policyBinder) owner(g *policy.Group, r policy.Ref) {
	if id, ok := strings.CutPrefix(r.Name, "group:"); ok {
		if b.groups[id] == nil {
			b.absentGroup(policy.Ref{Name: id, Pos: r.Pos}, g.ID)
			return
		}
		g.Owners = append(g.Owners, policy.Owner{Group: id, Pos: r.Pos})
		return
	}
	u := b.find(r.Name)
	if u == nil {
		b.unknownUser(r, g.ID)
		return
	}
	g.Owners = append(g.Owners, policy.Owner{User: u.ID, Pos: r.Pos})
}

// absentGroup notes a member or an owner of a group that is no group, or reports it.
func (b *policyBinder) absentGroup(r policy.Ref, of string) {
	if b.catalog.Dangling {
		b.dangling = append(b.dangling, policy.Dangling{Ref: r, Of: of})
		return
	}
	b.unknownGroup(r)
}

// unknownUser reports a member or an owner of a group who is no user.
func (b *policyBinder) unknownUser(r policy.Ref, group string) {
	f := b.unknown("user", r, b.userIDs())
	f.Group = group
	switch _, everyone := policy.CutEveryone(r.Name); {
	case b.groups[r.Name] != nil || everyone:
		f.Help, f.Right = "it is a group: write group:"+r.Name, "group:"+r.Name
	case r.Name == "*":
		f.Help = "for all users, write group:everyone"
	}
}

// sortDangling sorts the groups that are declared nowhere, whichever worker found them.
func (b *policyBinder) sortDangling() []policy.Dangling {
	slices.SortFunc(b.dangling, func(x, y policy.Dangling) int {
		return cmp.Or(comparePos(x.Pos, y.Pos), strings.Compare(x.User, y.User), strings.Compare(x.Of, y.Of),
			strings.Compare(x.Name, y.Name))
	})
	return slices.Compact(b.dangling)
}
