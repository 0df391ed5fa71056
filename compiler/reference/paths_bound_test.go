package reference_test

// within: "no more than the giver holds", of all that an act gives to somebody of the giver's affiliation who has
// nothing else.
func (g *giver) within(held map[power]string, who string, what deed) bool {
	u := g.Users[who]
	if u == nil {
		u = g.Invitations[who]
	}
	affiliation := g.scopes.affiliation(who, u)
	what.to = affiliation
	parts, known := g.parts[what]
	if !known {
		parts = g.partsOf(what, affiliation)
		g.parts[what] = parts
	}
	for _, x := range parts {
		access := x.owned
		x.who, x.owned = who, ""
		if has, ok := held[x]; !ok || width(has) > width(access) {
			return false
		}
	}
	return true
}

// partsOf is all that an act gives, each with whose records in place of an owned group.
func (g *giver) partsOf(what deed, affiliation string) (list []power) {
	const id = "receiver@helpers.example"
	bare := clone(g.Declaration)
	bare.Users, bare.Invitations, bare.Groups = map[string]*User{id: {Affiliation: affiliation}}, nil, nil
	bare.Rules, bare.Catalog.Rules, bare.Catalog.Default = nil, nil, nil
	x := newGiver(bare, id)
	what.to = id
	x.apply(what)
	pr := remembering(x.Declaration, today)
	p := pr.person(id)
	for _, s := range pr.places() {
		for _, permission := range sorted(pr.Catalog.Permissions) {
			for _, source := range pr.sources(p, s, permission) {
				for _, action := range source.Actions {
					list = append(list, power{permission: permission, action: action, scope: s.path,
						owned: source.Access})
				}
			}
		}
	}
	return list
}
