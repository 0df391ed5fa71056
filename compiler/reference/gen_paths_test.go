package reference_test

import (
	"slices"

	"pgregory.net/rapid"

	"permc.dev/permc/compiler/policy"
)

// delegations draws a project in which some things let people give others.
func delegations(t *rapid.T, own bool) *Declaration {
	d := declarations().Draw(t, "declaration")
	g := &gen{T: t, Declaration: d, labels: sorted(d.Catalog.Labels)}
	n := 0
	for _, id := range sorted(d.Catalog.Permissions) {
		if p := d.Catalog.Permissions[id]; g.nth("delegates", 2) {
			p.Delegates, n = []Delegate{g.delegate(p.Level, own)}, n+1
		}
	}
	for _, id := range sorted(d.Catalog.Roles) {
		if r := d.Catalog.Roles[id]; g.nth("delegates", 4) {
			r.Delegates, n = []Delegate{g.delegate(r.Level, own)}, n+1
		}
	}
	for _, name := range []string{"region", "skill"} {
		if a := d.Catalog.Attributes["user"][name]; g.nth("delegates", 4) {
			x := g.delegate(d.Catalog.levelNames(), own)
			x.Reach, x.Values = nil, one(t, "values", [][]string{nil, {"chat"}, {"east"}, {"chat", "voice"}})
			if x.Values != nil && !containsAll(attributeValues[name], x.Values) {
				x.Values = nil
			}
			a.Delegates, n = []Delegate{x}, n+1
			d.Catalog.Attributes["user"][name] = a
		}
	}
	for _, id := range sorted(d.Groups) {
		_, everyone := policy.CutEveryone(id)
		if everyone || !g.nth("owned", 2) {
			continue
		}
		d.Groups[id].Owners = append(d.Groups[id].Owners, one(t, "owner", g.owners(id)))
		n++
	}
	if n == 0 {
		t.Skip("nobody can give anything")
	}
	return d
}

func (g *gen) owners(of string) (list []string) {
	list = append(list, sorted(g.Users)...)
	for _, id := range sorted(g.Groups) {
		if _, everyone := policy.CutEveryone(id); !everyone && id != of {
			list = append(list, "group:"+id)
		}
	}
	return list
}

func (g *gen) delegate(from Names, own bool) Delegate {
	d := Delegate{Others: g.nth("others", 3), To: oneOrMore(g.T, "to", []string{"groups", "invitations", "users"})}
	if own && g.nth("bound", 2) {
		d.Bound = "own"
	}
	role := one(g.T, "role", sorted(g.Catalog.Roles))
	if reach, ok := g.reach(from, g.Catalog.Roles[role].Level); ok && g.nth("one role", 2) {
		d.Gives.Roles, d.Reach = []string{role}, reach
		return d
	}
	if some := g.someGrantable(from); some != nil && g.nth("some permissions", 3) {
		d.Gives.Permissions = some
		return d
	}
	d.Gives.AllRoles = g.nth("all roles", 2)
	d.Gives.Grantable = !d.Gives.AllRoles || g.nth("grantable", 2)
	if reach, ok := g.reach(from, from); ok {
		d.Reach = reach
	}
	return d
}

// someGrantable draws permissions that can be granted where something of some levels is held.
func (g *gen) someGrantable(from Names) []string {
	all := slices.DeleteFunc(sorted(g.Catalog.Permissions), func(id string) bool {
		p := g.Catalog.Permissions[id]
		return p.Grantable == nil || !p.Grantable.Anybody && len(p.Grantable.To) == 0 || !containsAny(from, p.Level)
	})
	if len(all) == 0 {
		return nil
	}
	return oneOrMore(g.T, "permissions", all)
}
