package resolve

import (
	"strings"

	"permc.dev/permc/compiler/policy"
)

// describe binds the owners and the attributes of a group.
func (b *policyBinder) describe(g *policy.Group, d *policy.DeclaredGroup) {
	for _, r := range d.Owners {
		b.owner(g, r)
	}
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
			b.unknownGroup(policy.Ref{Name: id, Pos: r.Pos})
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

// unknownUser reports a member or an owner of a group who is no user.
func (b *policyBinder) unknownUser(r policy.Ref, group string) {
	f := b.unknown("user", r, b.userIDs())
	f.Group = group
	if b.groups[r.Name] != nil {
		f.Help, f.Right = "it is a group: write group:"+r.Name, "group:"+r.Name
	}
}
