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
	for _, s := range entryScopes(p) {
		if b.Level >= 0 && s.Level != b.Level {
			continue
		}
		n := countRolesAt(p.Access, s)
		switch {
		case b.Max >= 0 && n > b.Max:
			reportTooMany(p, r, s, rolesAt(p.Access, s))
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
			if e := &entries[i]; e.InForce(p.Access.On) && !slices.Contains(list, e.Scope) {
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
	if e := u.Default; e != nil && !slices.Contains(list, e.Scope) {
		list = append(list, e.Scope)
	}
	slices.SortFunc(list, func(x, y *policy.Scope) int { return x.Index - y.Index })
	return list
}

// countRolesAt returns how many roles rolesAt returns.
func countRolesAt(a *policy.Access, s *policy.Scope) (n int) {
	for i := range a.Roles {
		h := &a.Roles[i]
		if h.Scope == s && h.From == nil && !slices.ContainsFunc(a.Roles[:i], func(x policy.Held) bool {
			return x.Role == h.Role && x.Scope == s && x.From == nil
		}) {
			n++
		}
	}
	return n
}

// rolesAt returns the distinct roles of a user on a scope, without those that other roles include:
// first the user's own by place, then those of groups.
func rolesAt(a *policy.Access, s *policy.Scope) (list []policy.Held) {
	for _, own := range []bool{true, false} {
		for _, h := range a.Roles {
			if h.Scope == s && h.From == nil && (h.Group == nil) == own &&
				!slices.ContainsFunc(list, func(x policy.Held) bool { return x.Role == h.Role }) {
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
