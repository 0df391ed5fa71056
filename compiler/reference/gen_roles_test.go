package reference_test

import "slices"

// both adds a role that gives what two others give, and assigns these together. The two are some of the catalog, or
// new ones with a permission each.
func (g *gen) both() {
	a, b := g.halves()
	if a == "" {
		a, b = g.alike()
	}
	if b == "" {
		return
	}
	x, y := g.Catalog.Roles[a], g.Catalog.Roles[b]
	sum := &Role{
		Level:        x.Level,
		Inheritance:  x.Inheritance,
		Affiliations: x.Affiliations,
		Permissions:  map[string]Cells{},
		Includes:     map[string]Include{},
	}
	for _, r := range []*Role{x, y} {
		for id, cells := range r.Permissions {
			if sum.Permissions[id] == nil {
				sum.Permissions[id] = cells
			}
		}
		for id, include := range r.Includes {
			sum.Includes[id] = include
		}
	}
	g.Catalog.Roles["both"] = sum
	for _, id := range sorted(g.Users) {
		scope := g.scopeAt(x.Level)
		g.Users[id].Roles = append(g.Users[id].Roles, Assignment{Role: a, Scope: scope},
			Assignment{Role: b, Scope: scope})
	}
}

// halves adds two roles with a permission each, if two can be held on one level.
func (g *gen) halves() (a, b string) {
	if !g.nth("halves", 2) {
		return "", ""
	}
	for _, level := range g.Catalog.levelNames() {
		var some []string
		for _, id := range sorted(g.Catalog.Permissions) {
			p := g.Catalog.Permissions[id]
			if p.When == nil && p.Deprecated == "" && slices.Contains(p.Level, level) &&
				len(g.fitting(Names{level})) > 0 {
				some = append(some, id)
			}
		}
		if len(some) < 2 {
			continue
		}
		for i, id := range []string{"half-0", "half-1"} {
			g.Catalog.Roles[id] = &Role{Level: Names{level}, Permissions: map[string]Cells{some[i]: {{}}}}
		}
		return "half-0", "half-1"
	}
	return "", ""
}

// alike picks two roles that the same people may have in the same places.
func (g *gen) alike() (a, b string) {
	a = one(g.T, "one", g.roles)
	x := g.Catalog.Roles[a]
	alike := slices.DeleteFunc(slices.Clone(g.roles), func(id string) bool {
		y := g.Catalog.Roles[id]
		return id == a || !slices.Equal(x.Level, y.Level) || x.Inheritance != y.Inheritance ||
			!slices.Equal(x.Affiliations, y.Affiliations)
	})
	if len(alike) == 0 {
		return a, ""
	}
	return a, one(g.T, "other", alike)
}
