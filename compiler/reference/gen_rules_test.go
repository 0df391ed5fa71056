package reference_test

import (
	"fmt"
	"slices"
)

// requirements gives each derived permission a when over permissions that are
// not derived and derived ones before it.
func (g *gen) requirements() {
	for i, id := range g.derived {
		before := slices.Concat(g.permissions, g.derived[:i])
		g.Catalog.Permissions[id].When = g.requirement(before, 2)
	}
}

// cellConditions gives some cells a when. Two cells of a permission that differ in nothing else stay apart.
func (g *gen) cellConditions() {
	for _, role := range sorted(g.Catalog.Roles) {
		for _, permission := range sorted(g.Catalog.Roles[role].Permissions) {
			cells := g.Catalog.Roles[role].Permissions[permission]
			for i := range cells {
				if g.nth("when", 6) {
					cells[i].When = g.facts(1)
				}
			}
		}
	}
}

// requirement draws one to two things that must be true.
func (g *gen) requirement(permissions []string, depth int) *Requirement {
	r := &Requirement{}
	for range 1 + upTo(g.T, "more", 1) {
		g.need(r, permissions, depth)
	}
	if r.Role != "" && r.Permission != "" { // they go into two
		r.Role = ""
	}
	if r.Role != "" || r.Permission != "" {
		r.At = one(g.T, "at", []string{"", "", "same", "above", "related", "tree", "any", "home"})
		if !slices.Contains(g.derived, r.Permission) && g.nth("through", 4) {
			r.Through = "direct"
		}
	}
	return r
}

func (g *gen) need(r *Requirement, permissions []string, depth int) {
	needs := []string{"role", "permission", "role", "permission", "attribute", "scopeAttribute", "matching", "matching"}
	if len(g.Groups) > 0 {
		needs = append(needs, "group")
	}
	if depth > 0 {
		needs = append(needs, "allOf", "anyOf", "noneOf")
	}
	several := func() []*Requirement {
		var all []*Requirement
		for range 1 + upTo(g.T, "several", 1) {
			all = append(all, g.requirement(permissions, depth-1))
		}
		return all
	}
	switch one(g.T, "need", needs) {
	case "role":
		r.Role = one(g.T, "role", g.roles)
	case "permission":
		r.Permission, r.Actions = one(g.T, "permission", permissions), nil
		if g.nth("actions", 3) {
			r.Actions = oneOrMore(g.T, "action", project{Declaration: g.Declaration, asOf: today}.actions(r.Permission))
		}
	case "attribute":
		r.Attribute = g.attribute("region", "skill")
	case "scopeAttribute":
		r.ScopeAttribute = g.attribute("region", "tier")
	case "matching":
		r.Matching = "region"
	case "group":
		r.Group = one(g.T, "group", sorted(g.Groups))
	case "allOf":
		r.AllOf = several()
	case "anyOf":
		r.AnyOf = several()
	case "noneOf":
		r.NoneOf = several()
	}
}

func (g *gen) attribute(names ...string) Attributes {
	wanted := Attributes{}
	for _, name := range oneOrMore(g.T, "attribute", names) {
		wanted[name] = append([]string{}, some(g.T, name, attributeValues[name])...)
	}
	return wanted
}

// holdable makes grantable what nobody could hold.
func (g *gen) holdable() {
	given := map[string]bool{}
	for _, role := range g.Catalog.Roles {
		for permission := range role.Permissions {
			given[permission] = true
		}
	}
	for _, id := range g.permissions { // what implies stands first
		p := g.Catalog.Permissions[id]
		given[id] = given[id] || p.Grantable != nil && (p.Grantable.Anybody || p.Grantable.To != nil)
		if !given[id] && p.Deprecated == "" {
			p.Grantable = &Grantable{Anybody: true}
			given[id] = true
		}
		for _, implied := range p.Implies {
			given[implied] = given[implied] || given[id]
		}
	}
}

// allRules draws rules of the catalog and of the project.
func (g *gen) allRules() {
	for i := range upTo(g.T, "catalog rules", 2) {
		set(&g.Catalog.Rules, fmt.Sprintf("shipped-%d", i), g.weighedRule(nil))
	}
	for i := range upTo(g.T, "rules", 4) {
		set(&g.Rules, fmt.Sprintf("rule-%d", i), g.weighedRule(g.fitting(g.Catalog.levelNames())))
	}
}

// weighedRule draws a rule that may say how severe it is: "a deny rule has none".
func (g *gen) weighedRule(scopes []string) *Rule {
	rule := g.rule(scopes)
	if rule.Deny == nil {
		rule.Severity = one(g.T, "severity", []string{"", "", "error", "warning"})
	}
	return rule
}

func (g *gen) rule(scopes []string) *Rule {
	permissions := slices.Concat(g.permissions, g.derived)
	forms := []string{"deny", "deny", "forbid", "conflict", "conflict", "require", "holders", "per-user"}
	if g.labels != nil {
		forms = append(forms, "labels")
	}
	switch one(g.T, "rule", forms) {
	case "deny":
		return &Rule{Deny: g.selector(scopes)}
	case "forbid":
		return &Rule{Forbid: g.selector(scopes)}
	case "conflict":
		c := &Conflict{At: one(g.T, "at", []string{"", "same", "related", "any"})}
		if g.nth("each other", 4) {
			c.Between.EachOther = g.eachOther(permissions)
		} else {
			c.Between, c.And = g.side(permissions), g.side(permissions)
		}
		return &Rule{Conflict: c}
	case "require":
		return &Rule{Require: g.require(permissions)}
	case "holders":
		return &Rule{Holders: g.holders(permissions)}
	case "per-user":
		return &Rule{PerUser: g.bounds(&Holders{Level: one(g.T, "level",
			append([]string{""}, g.Catalog.levelNames()...))})}
	default:
		return &Rule{Labels: g.bounds(&Holders{Label: one(g.T, "label", g.labels),
			Level: one(g.T, "level", g.Catalog.levelNames())})}
	}
}

// selector draws one to three selectors, rather more, since few take too much.
func (g *gen) selector(scopes []string) *Selector {
	permissions := slices.Concat(g.permissions, g.derived)
	sel := &Selector{}
	kinds := []string{"permission", "role", "action", "attribute"}
	if g.affiliations != nil {
		kinds = append(kinds, "affiliation")
	}
	if scopes != nil {
		kinds = append(kinds, "scope")
	}
	if g.Catalog.Levels.Tree != nil {
		kinds = append(kinds, "level")
	}
	if len(g.Groups) > 0 {
		kinds = append(kinds, "group")
	}
	for range one(g.T, "selectors", []int{1, 2, 3, 3}) {
		switch one(g.T, "selector", kinds) {
		case "permission":
			sel.Permission = oneOrMore(g.T, "permission", permissions)
		case "role":
			sel.Role = oneOrMore(g.T, "role", g.roles)
		case "attribute":
			sel.Attribute = g.attribute("region", "skill")
		case "affiliation":
			sel.Affiliation = oneOrMore(g.T, "affiliation", g.affiliations)
		case "scope":
			sel.Scope = oneOrMore(g.T, "scope", scopes)
			sel.ByPath = g.nth("by path", 3)
		case "level":
			sel.Level = oneOrMore(g.T, "level", g.Catalog.levelNames())
		case "group":
			sel.Group = oneOrMore(g.T, "group", sorted(g.Groups))
		case "action":
			sel.Action = Names{""} // once the permissions are drawn
		}
	}
	if g.nth("unless", 4) {
		sel.Unless = g.facts(1)
	}
	if sel.Action != nil {
		if sel.Permission != nil {
			permissions = sel.Permission
		}
		id := one(g.T, "permission", permissions)
		sel.Action = oneOrMore(g.T, "action", project{Declaration: g.Declaration, asOf: today}.actions(id))
	}
	return sel
}

// facts draws a requirement that names no role and no permission.
func (g *gen) facts(depth int) *Requirement {
	kinds := []string{"attribute", "scopeAttribute", "matching", "matching"}
	if len(g.Groups) > 0 {
		kinds = append(kinds, "group")
	}
	if depth > 0 {
		kinds = append(kinds, "anyOf", "noneOf")
	}
	r := &Requirement{}
	switch one(g.T, "fact", kinds) {
	case "attribute":
		r.Attribute = g.attribute("region", "skill")
	case "scopeAttribute":
		r.ScopeAttribute = g.attribute("region", "tier")
	case "matching":
		r.Matching = "region"
	case "group":
		r.Group = one(g.T, "group", sorted(g.Groups))
	case "anyOf":
		r.AnyOf = []*Requirement{g.facts(depth - 1), g.facts(depth - 1)}
	case "noneOf":
		r.NoneOf = []*Requirement{g.facts(depth - 1)}
	}
	return r
}

func (g *gen) side(permissions []string) Side {
	var items []Item
	for range 1 + upTo(g.T, "items", 1) {
		level := ""
		if g.Catalog.Levels.Tree != nil && g.nth("level", 3) {
			level = one(g.T, "level", g.Catalog.levelNames())
		}
		if g.nth("role", 2) {
			items = append(items, Item{Role: one(g.T, "role", g.roles), Level: level})
		} else {
			items = append(items, Item{Permission: one(g.T, "permission", permissions), Level: level})
		}
	}
	if g.nth("all of", 2) {
		return Side{AllOf: items}
	}
	return Side{AnyOf: items}
}

// eachOther draws two or three items, some by name alone.
func (g *gen) eachOther(permissions []string) (items []Item) {
	for range 2 + upTo(g.T, "items", 1) {
		name := one(g.T, "item", slices.Concat(g.roles, permissions))
		switch isRole := slices.Contains(g.roles, name); {
		case g.nth("by name", 2):
			items = append(items, Item{Name: name})
		case isRole:
			items = append(items, Item{Role: name})
		default:
			items = append(items, Item{Permission: name})
		}
	}
	return items
}

func (g *gen) require(permissions []string) *Require {
	r := &Require{Needs: g.requirement(permissions, 1), At: one(g.T, "at",
		[]string{"", "same", "above", "related", "tree", "any"})}
	switch one(g.T, "holding", []string{"role", "permission", "any role"}) {
	case "role":
		r.Holding.Role = oneOrMore(g.T, "role", g.roles)
	case "permission":
		r.Holding.Permission = oneOrMore(g.T, "permission", permissions)
	case "any role":
		r.Holding.AnyRole = true
	}
	if g.Catalog.Levels.Tree != nil && g.nth("level", 3) {
		r.Holding.Level = oneOrMore(g.T, "level", g.Catalog.levelNames())
	}
	if g.affiliations != nil && g.nth("affiliation", 4) {
		r.Holding.Affiliation = oneOrMore(g.T, "affiliation", g.affiliations)
	}
	if g.nth("attribute", 4) {
		r.Holding.Attribute = g.attribute("region", "skill")
	}
	if len(g.Groups) > 0 && g.nth("in a group", 4) {
		r.Holding.Group = oneOrMore(g.T, "group", sorted(g.Groups))
	}
	if g.nth("direct", 4) {
		r.Holding.Through = "direct"
	}
	return r
}

// holders draws a rule about holders, of some groups or not through any.
func (g *gen) holders(permissions []string) *Holders {
	h := g.heldBy(permissions)
	if len(g.Groups) > 0 && g.nth("in a group", 3) {
		h.Group = oneOrMore(g.T, "group", sorted(g.Groups))
	}
	if g.nth("direct", 4) {
		h.Through = "direct"
	}
	return h
}

func (g *gen) heldBy(permissions []string) *Holders {
	if g.nth("of a role", 2) {
		role := one(g.T, "role", g.roles)
		return g.bounds(&Holders{Role: role, Level: one(g.T, "level", g.Catalog.Roles[role].Level)})
	}
	permission := one(g.T, "permission", permissions)
	h := &Holders{Permission: permission, Level: one(g.T, "level", g.Catalog.Permissions[permission].Level)}
	if g.nth("some actions", 3) {
		h.Actions = oneOrMore(g.T, "action", project{Declaration: g.Declaration, asOf: today}.actions(permission))
	}
	if g.nth("except", 3) {
		h.Except = &Excepted{Role: oneOrMore(g.T, "role", g.roles)}
	}
	return g.bounds(h)
}

// bounds draws a minimum, a maximum or both.
func (g *gen) bounds(h *Holders) *Holders {
	low, high := upTo(g.T, "min", 2), upTo(g.T, "max", 2)
	switch one(g.T, "bounds", []string{"min", "max", "both"}) {
	case "min":
		h.Min = &low
	case "max":
		h.Max = &high
	default:
		high = max(low, high)
		h.Min, h.Max = &low, &high
	}
	return h
}
