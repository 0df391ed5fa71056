package rules

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// checkPerUser bounds how many distinct roles a user has on each scope of a level.
func checkPerUser(p *lint.Pass, r *policy.Rule) {
	b := r.PerUser
	roles := rolesByScope(p.Access.Roles)
	for _, s := range entryScopes(p) {
		if b.Level >= 0 && s.Level != b.Level {
			continue
		}
		n := countRolesAt(roles(s), s)
		switch {
		case b.Max >= 0 && n > b.Max:
			reportTooMany(p, r, s, rolesAt(roles(s), s))
		case n < b.Min && !p.Access.User.Waits():
			u := p.Access.User
			d := declaredFinding(r, u.Pos, "%s has %s on %q, at least %d needed", diag.Quote(u.ID),
				countNoun(n, "role"), s.Path, b.Min)
			d.User, d.Scope, d.TooFew, d.Over, d.Extent = u.ID, s.Path, true, b.Min-n, []string{"too few"}
			p.Report(d)
		}
	}
}

// entryScopes returns the scopes on which the user has an entry in force, including rejected ones.
func entryScopes(p *lint.Pass) (list []*policy.Scope) {
	u := p.Access.User
	look := func(entries []policy.Entry) {
		for i := range entries {
			if e := &entries[i]; e.InForce(p.Access.On) {
				list = append(list, e.Scope)
			}
		}
	}
	look(u.Entries)
	for _, m := range u.Memberships {
		if _, in := m.Periods.On(p.Access.On); in {
			look(m.Group.Entries)
		}
	}
	if e := u.Default; e != nil {
		list = append(list, e.Scope)
	}
	slices.SortFunc(list, func(x, y *policy.Scope) int { return x.Index - y.Index })
	return slices.Compact(list)
}

// rolesByScope returns a function that returns at least the roles on a scope, in order, of all that somebody has.
func rolesByScope(all []policy.Held) func(*policy.Scope) []policy.Held {
	if len(all) < policy.Long {
		return func(*policy.Scope) []policy.Held { return all }
	}
	by := map[*policy.Scope][]policy.Held{}
	for _, h := range all {
		by[h.Scope] = append(by[h.Scope], h)
	}
	return func(s *policy.Scope) []policy.Held { return by[s] }
}

// countRolesAt returns how many roles rolesAt returns.
func countRolesAt(roles []policy.Held, s *policy.Scope) int {
	var list []*policy.Role
	for i := range roles {
		if h := &roles[i]; h.Scope == s && h.From == nil {
			list = append(list, h.Role)
		}
	}
	return len(policy.KeepFirst(list, 0))
}

// rolesAt returns the distinct roles on a scope, without those that other roles include: first the user's own by
// place, then those of groups.
func rolesAt(roles []policy.Held, s *policy.Scope) (list []policy.Held) {
	seen := map[*policy.Role]bool{}
	for _, own := range []bool{true, false} {
		for _, h := range roles {
			if h.Scope == s && h.From == nil && (h.Group == nil) == own && !seen[h.Role] {
				seen[h.Role] = true
				list = append(list, h)
			}
		}
	}
	return list
}

func reportTooMany(p *lint.Pass, r *policy.Rule, s *policy.Scope, roles []policy.Held) {
	u := p.Access.User
	var ids []string
	for _, h := range roles {
		ids = append(ids, h.Role.ID)
	}
	pos, role := u.Pos, ""
	if h := roles[r.PerUser.Max]; h.Group == nil {
		pos, role = h.Entry.Pos, h.Role.ID
	}
	d := declaredFinding(r, pos, "%s has %s on %q, at most %d allowed: %s", diag.Quote(u.ID),
		countNoun(len(roles), "role"), s.Path, r.PerUser.Max, strings.Join(ids, ", "))
	for i, h := range roles {
		if i < r.PerUser.Max || h.Group != nil {
			d = d.WithRelated(h.Entry.Pos, "%q here", h.Role.ID)
		}
	}
	d.User, d.Role, d.Scope = u.ID, role, s.Path
	for _, id := range ids {
		d.Extent = append(d.Extent, "role:"+id)
	}
	slices.Sort(d.Extent)
	p.Report(d)
}
