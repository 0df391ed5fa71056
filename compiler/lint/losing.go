package lint

import (
	"slices"

	"permc.dev/permc/compiler/policy"
)

// losing knows what somebody can lose so that a declared rule finds something, or counts a holder less: what a rule
// requires or counts, and roles that take other access away. It may know too much, never too little.
type losing struct {
	catalog            *policy.Catalog
	all                bool   // anything may matter
	roles, permissions []bool // by index: an entry that gives it matters
}

// newLosing finds out what matters in a policy.
func newLosing(p *policy.Policy) *losing {
	c := p.Catalog
	l := &losing{catalog: c, roles: make([]bool, len(c.Roles)), permissions: make([]bool, len(c.Permissions))}
	l.all = p.Ways != nil || hasExcluding(c)
	for _, r := range p.Rules {
		switch {
		case r.Require != nil:
			l.need(r.Require.Needs)
		case r.PerUser != nil:
			l.all = l.all || r.PerUser.Min > 0
		case r.Forbid != nil:
			l.all = l.all || r.Forbid.Written != nil
			l.need(r.Forbid.Unless)
		case r.Holders != nil:
			l.all = l.all || len(r.Holders.Groups) > 0
			l.need(&policy.Requirement{Role: r.Holders.Role, Permission: r.Holders.Permission})
		}
	}
	for _, r := range p.Denies {
		l.all = l.all || len(r.Deny.GroupNames) > 0
		l.need(r.Deny.Unless)
		for _, role := range r.Deny.Roles {
			l.need(&policy.Requirement{Role: role})
		}
	}
	if !l.all {
		l.spread(c)
	}
	return l
}

// need marks what a requirement needs. Groups, and what somebody must lack, may be lost in too many ways. A rule of
// another policy may name what this catalog lacks, which nobody has.
func (l *losing) need(r *policy.Requirement) (more bool) {
	if r == nil {
		return false
	}
	mark := func(set []bool, i int) {
		more, set[i] = more || !set[i], true
	}
	l.all = l.all || r.GroupName.Given() || len(r.NoneOf) > 0
	if x := r.Role; x != nil && x.Index < len(l.roles) && l.catalog.Roles[x.Index] == x {
		mark(l.roles, x.Index)
	}
	if x := r.Permission; x != nil && x.Index < len(l.permissions) && l.catalog.Permissions[x.Index] == x {
		mark(l.permissions, x.Index)
	}
	for _, x := range slices.Concat(r.AllOf, r.AnyOf) {
		more = l.need(x) || more
	}
	return more
}

// spread marks what leads to what is marked: permissions that imply others, conditions, and roles.
func (l *losing) spread(c *policy.Catalog) {
	for more := true; more; {
		more = false
		for i, p := range c.Permissions {
			leads := func(q *policy.Permission) bool { return l.permissions[q.Index] }
			if !l.permissions[i] && slices.ContainsFunc(p.Implies, leads) {
				l.permissions[i], more = true, true
			}
			if l.permissions[i] {
				more = l.need(p.When) || more
				l.all = l.all || looksAround(p.When)
			}
		}
		for _, r := range c.Roles {
			for i := range r.Cells {
				if l.permissions[r.Cells[i].Permission.Index] {
					more = l.need(r.Cells[i].When) || more
				}
			}
			if !l.roles[r.Index] && l.gives(r) {
				l.roles[r.Index], more = true, true
			}
		}
	}
}

// looksAround reports whether something held in one tree may meet a requirement in another. It derives a permission in
// each tree in which the user holds anything, and for as long.
func looksAround(r *policy.Requirement) bool {
	return r != nil && (r.At == policy.Anywhere || r.At == policy.AtHome ||
		slices.ContainsFunc(r.AllOf, looksAround) || slices.ContainsFunc(r.AnyOf, looksAround))
}

// gives reports whether a role gives or includes something that is marked.
func (l *losing) gives(r *policy.Role) bool {
	return slices.ContainsFunc(r.Cells, func(c policy.Cell) bool { return l.permissions[c.Permission.Index] }) ||
		slices.ContainsFunc(r.Includes, func(i policy.Include) bool { return l.roles[i.Role.Index] })
}

// matters reports whether one of some entries gives something that is marked.
func (l *losing) matters(entries []policy.Entry, which func(*policy.Entry) bool) bool {
	for i := range entries {
		e := &entries[i]
		if which(e) && (e.Role != nil && l.roles[e.Role.Index] ||
			e.Permission != nil && l.permissions[e.Permission.Index]) {
			return true
		}
	}
	return false
}

// Loses reports whether the user loses something on a day without which a declared rule may find something.
func (w *Worker) Loses(u *policy.User, day policy.Date) bool {
	l := w.linter.losing
	if l.all {
		return true
	}
	ended := func(e *policy.Entry) bool { return e.Ends != 0 && e.Ends+1 == day }
	if l.matters(u.Entries, ended) {
		return true
	}
	for i := range u.Memberships {
		m := &u.Memberships[i]
		left := m.Periods.EndedBefore(day)
		if l.matters(m.Group.Entries, func(e *policy.Entry) bool { return left || ended(e) }) {
			return true
		}
	}
	return false
}

// hasExcluding reports whether lacking something meets a condition of the catalog.
func hasExcluding(c *policy.Catalog) (found bool) {
	c.Conditions(func(r *policy.Requirement) { found = found || excludesAccess(r) })
	return found
}

// excludesAccess reports whether a requirement is met by lacking something.
func excludesAccess(r *policy.Requirement) bool {
	return r != nil && (len(r.NoneOf) > 0 || slices.ContainsFunc(r.AllOf, excludesAccess) ||
		slices.ContainsFunc(r.AnyOf, excludesAccess))
}
