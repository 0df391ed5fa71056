package rules

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// checkRequired reports users who hold something but lack what it requires: once for each item and
// scope, or once for the user if the rule names no item.
func checkRequired(p *lint.Pass, r *policy.Rule) {
	h := &r.Require.Holding
	if !h.MatchesUser(p.Access) {
		return
	}
	if len(h.Permissions) > 0 && !holdsOne(p, h) {
		return
	}
	if len(h.Roles) == 0 && !r.Require.AnyRole && len(h.Permissions) == 0 {
		if !r.Require.Needs.Met(p.Access, nil).OK {
			u := p.Access.User
			d := declaredFinding(r, u.Pos, "%s %s", diag.Quote(u.ID), wordLack(r.Require.Needs))
			d.User, d.Extent = u.ID, unmetParts(policy.NewSight(p.Access, 1), splitRequirement(r.Require.Needs), nil)
			p.Report(d)
		}
		return
	}
	if meetsWherever(p.Access, r.Require) {
		return
	}
	type held struct {
		item  policy.Item
		scope *policy.Scope
	}
	anchors := findAnchors(p.Access, r.Require)
	seen, sight, parts := map[held]bool{}, policy.NewSight(p.Access, len(anchors)), splitRequirement(r.Require.Needs)
	for _, x := range anchors {
		if seen[held{x.item, x.scope}] || sight.Met(r.Require.Needs, x.scope).OK {
			continue
		}
		seen[held{x.item, x.scope}] = true
		d := declaredFinding(r, x.pos, "%s has %q on %q but %s", diag.Quote(p.Access.User.ID), x.id, x.scope.Path,
			wordLack(r.Require.Needs))
		d.Extent = unmetParts(sight, parts, x.scope)
		p.Report(x.at(d, p.Access.User))
	}
}

// wordLack words a requirement that is not met, to follow the name of the user.
func wordLack(needs *policy.Requirement) string {
	text := needs.String()
	if strings.HasPrefix(text, "none of ") {
		return "must have " + text
	}
	return "lacks " + text
}

// unmetParts returns the parts of a requirement that are not met, seen from a scope.
func unmetParts(sight *policy.Sight, parts []*policy.Requirement, s *policy.Scope) (list []string) {
	for _, part := range parts {
		if !sight.Met(part, s).OK {
			list = append(list, "lacks:"+part.String())
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// splitRequirement splits a requirement into parts with one condition each, which together mean the
// same.
func splitRequirement(r *policy.Requirement) (list []*policy.Requirement) {
	if r.Role != nil {
		list = append(list, &policy.Requirement{Role: r.Role, Direct: r.Direct, At: r.At})
	}
	if r.Permission != nil {
		list = append(list, &policy.Requirement{Permission: r.Permission, Actions: r.Actions, Direct: r.Direct,
			At: r.At})
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
		list = append(list, splitRequirement(x)...)
	}
	return list
}

// holdsOne reports whether the user holds one of the permissions.
func holdsOne(p *lint.Pass, h *policy.Selector) bool {
	return slices.ContainsFunc(h.Permissions, func(x *policy.Permission) bool {
		item := policy.Item{Permission: x}
		return p.Holds(item) && (!h.Direct || len(findHeld(p.Access, h, item)) > 0)
	})
}

// meetsWherever reports whether the user meets a requirement wherever one of the roles is held that need it. Of a rule
// about permissions it is not known.
func meetsWherever(a *policy.Access, r *policy.Require) bool {
	h := &r.Holding
	if len(h.Roles) == 0 && !r.AnyRole {
		return false
	}
	sight := policy.NewSight(a, len(a.Roles))
	var met *policy.Scope // the last scope that was looked at; roles on one are often adjacent
	for i := range a.Roles {
		x := &a.Roles[i]
		if x.Scope == met || len(h.Roles) > 0 && !slices.Contains(h.Roles, x.Role) || h.Direct && x.Group != nil ||
			!h.AtLevel(x.Scope) {
			continue
		}
		if met = x.Scope; !sight.Met(r.Needs, met).OK {
			return false
		}
	}
	return true
}

// findHeld returns where the user holds an item, directly if the selector asks for that.
func findHeld(a *policy.Access, h *policy.Selector, item policy.Item) []place {
	list := findPlaces(a, item)
	if !h.Direct {
		return list
	}
	if item.Role != nil {
		return slices.DeleteFunc(list, func(x place) bool { return x.group != nil })
	}
	list = list[:0]
	for i := range a.Rows {
		r := &a.Rows[i]
		if r.Permission != item.Permission {
			continue
		}
		for j := range r.Via {
			if v := &r.Via[j]; v.Group == nil && v.Actions&r.Actions != 0 {
				list = append(list, place{item.Permission.ID, item, r.Scope, nil, v.Pos})
				break
			}
		}
	}
	return list
}

// findRoles returns where the roles are held, or all roles if none is named: those of each role together.
func findRoles(a *policy.Access, h *policy.Selector) (list []place) {
	var byRole [][]place
	index := map[*policy.Role]int{}
	for i := range a.Roles {
		x := &a.Roles[i]
		if len(h.Roles) > 0 && !slices.Contains(h.Roles, x.Role) || h.Direct && x.Group != nil {
			continue
		}
		n, ok := index[x.Role]
		if !ok {
			n = len(byRole)
			index[x.Role], byRole = n, append(byRole, nil)
		}
		byRole[n] = append(byRole[n], place{x.Role.ID, policy.Item{Role: x.Role}, x.Scope, x.Group, x.Entry.Pos})
	}
	return slices.Concat(byRole...)
}

// findAnchors returns where the roles, or else the permissions, are held, in file order.
func findAnchors(a *policy.Access, r *policy.Require) (list []place) {
	if r.AnyRole || len(r.Holding.Roles) > 0 {
		list = findRoles(a, &r.Holding)
	} else {
		for _, p := range r.Holding.Permissions {
			list = append(list, findHeld(a, &r.Holding, policy.Item{Permission: p})...)
		}
	}
	if r.Holding.Levels != 0 {
		list = slices.DeleteFunc(list, func(x place) bool { return !r.Holding.AtLevel(x.scope) })
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
