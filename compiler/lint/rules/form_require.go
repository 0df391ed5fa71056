package rules

import (
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// require reports users who hold something and lack what it needs: once, or,
// where it matters on which scope, once for each scope.
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
			d.User = u.ID
			p.Report(d)
		}
		return
	}
	seen := map[*policy.Scope]bool{}
	for _, x := range anchors(p.Access, r.Require) {
		if seen[x.scope] || r.Require.Needs.Met(p.Access, x.scope).OK {
			continue
		}
		seen[x.scope] = true
		d := declaredf(r, x.pos, "%s holds %q on %q and lacks %s", diag.Quote(p.Access.User.ID), x.id, x.scope.Path, r.Require.Needs)
		p.Report(x.at(d, p.Access.User))
		if r.Require.At == policy.Anywhere {
			return
		}
	}
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
