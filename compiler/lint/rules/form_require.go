package rules

import (
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// require reports users who hold something and lack what it needs: once for
// each thing held and each scope on which it lacks it, or once for what stands
// nowhere.
func require(p *lint.Pass, r *policy.Rule) {
	h := &r.Require.Holding
	if !h.MatchesUser(p.Access) {
		return
	}
	if len(h.Permissions) > 0 && !holdsOne(p.Access, h.Permissions) {
		return
	}
	if len(h.Roles) == 0 && !r.Require.AnyRole && len(h.Permissions) == 0 {
		if !r.Require.Needs.Met(p.Access, nil).OK {
			u := p.Access.User
			d := declaredf(r, u.Pos, "%s lacks %s", diag.Quote(u.ID), r.Require.Needs)
			d.User, d.Extent = u.ID, lacking(p.Access, r.Require.Needs, nil)
			p.Report(d)
		}
		return
	}
	type held struct {
		item  policy.Item
		scope *policy.Scope
	}
	seen := map[held]bool{}
	for _, x := range anchors(p.Access, r.Require) {
		if seen[held{x.item, x.scope}] || r.Require.Needs.Met(p.Access, x.scope).OK {
			continue
		}
		seen[held{x.item, x.scope}] = true
		d := declaredf(r, x.pos, "%s holds %q on %q and lacks %s", diag.Quote(p.Access.User.ID), x.id, x.scope.Path, r.Require.Needs)
		d.Extent = lacking(p.Access, r.Require.Needs, x.scope)
		p.Report(x.at(d, p.Access.User))
	}
}

// lacking are the parts of a requirement that are not met.
func lacking(a *policy.Access, needs *policy.Requirement, s *policy.Scope) (list []string) {
	for _, part := range conjuncts(needs) {
		if !part.Met(a, s).OK {
			list = append(list, "lacks:"+part.String())
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// conjuncts are requirements of one thing each that together say the same.
func conjuncts(r *policy.Requirement) (list []*policy.Requirement) {
	if r.Role != nil {
		list = append(list, &policy.Requirement{Role: r.Role, Direct: r.Direct, At: r.At})
	}
	if r.Permission != nil {
		list = append(list, &policy.Requirement{Permission: r.Permission, Actions: r.Actions, Direct: r.Direct, At: r.At})
	}
	if r.GroupName.Given() {
		list = append(list, &policy.Requirement{GroupName: r.GroupName})
	}
	for _, x := range r.Attributes {
		list = append(list, &policy.Requirement{Attributes: []policy.Attribute{x}})
	}
	for _, x := range r.ScopeAttributes {
		list = append(list, &policy.Requirement{ScopeAttributes: []policy.Attribute{x}})
	}
	if r.Matching != "" {
		list = append(list, &policy.Requirement{Matching: r.Matching})
	}
	if len(r.AnyOf) > 0 {
		list = append(list, &policy.Requirement{AnyOf: r.AnyOf})
	}
	for _, x := range r.NoneOf {
		list = append(list, &policy.Requirement{NoneOf: []*policy.Requirement{x}})
	}
	for _, x := range r.AllOf {
		list = append(list, conjuncts(x)...)
	}
	return list
}

func holdsOne(a *policy.Access, list []*policy.Permission) bool {
	return slices.ContainsFunc(a.Rows, func(r policy.Row) bool { return r.Held() && slices.Contains(list, r.Permission) })
}

// anchors are the places of what is held: of the roles, or else of the
// permissions, in order of place.
func anchors(a *policy.Access, r *policy.Require) (list []place) {
	for i := range a.Roles {
		if h := &a.Roles[i]; r.AnyRole && len(r.Holding.Roles) == 0 || slices.Contains(r.Holding.Roles, h.Role) {
			list = append(list, places(a, policy.Item{Role: h.Role})...)
		}
	}
	if len(r.Holding.Roles) == 0 && !r.AnyRole {
		for _, p := range r.Holding.Permissions {
			list = append(list, places(a, policy.Item{Permission: p})...)
		}
	}
	slices.SortStableFunc(list, func(x, y place) int {
		switch {
		case x.pos.Before(y.pos):
			return -1
		case y.pos.Before(x.pos):
			return 1
		}
		return 0
	})
	return list
}
