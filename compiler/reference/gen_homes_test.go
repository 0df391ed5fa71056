package reference_test

// homes draws where users and groups may be at home, and kinds of group.
func (g *gen) homes() {
	if g.nth("kinds", 2) {
		no, yes := false, true
		g.Catalog.GroupKinds = map[string]*GroupKind{
			"plain":  {},
			"shared": {Roles: &no, Grants: one(g.T, "grants", []*bool{nil, &no, &yes})},
			"mute":   {Grants: &no, Roles: &yes, Members: "listed"},
		}
	}
	if !g.nth("home", 2) {
		return
	}
	levels := oneOrMore(g.T, "home", g.Catalog.levelNames())
	if len(g.fitting(levels)) == 0 {
		return
	}
	g.Catalog.Home = &Home{Level: levels}
	if g.nth("elsewhere", 2) {
		g.Catalog.Home.Elsewhere = &Elsewhere{g.attribute("tier", "region")}
	}
	if g.nth("everybody", 2) {
		set(&g.Catalog.GroupKinds, "everybody", &GroupKind{Members: "home"})
	}
}

// home draws where somebody is at home; where a group may have everybody who is
// at home, all users are somewhere.
func (g *gen) home() string {
	if g.Catalog.Home == nil || g.Catalog.GroupKinds["everybody"] == nil && g.nth("homeless", 2) {
		return ""
	}
	return one(g.T, "home", g.fitting(g.Catalog.Home.Level))
}

// settle moves about half of some assignments to where their holder is at home.
func (g *gen) settle(home string, list []Assignment) {
	for i := range list {
		if home != "" && g.nth("at home", 2) {
			list[i].Scope = home
		}
	}
}
