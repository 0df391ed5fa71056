package render

import (
	"cmp"
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/review"
	"permc.dev/permc/compiler/policy"
)

// Filter selects rows; empty fields select all.
type Filter struct {
	User, Affiliation string
	Scope             *policy.Scope // and its subtree
	Permission        *policy.Permission
	Role              *policy.Role
	Action            string // that is left
	Group             string
}

func (f *Filter) rows(rows []policy.Row) []policy.Row {
	if *f == (Filter{}) {
		return rows
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r policy.Row) bool { return !f.match(&r) })
}

func (f *Filter) match(r *policy.Row) bool {
	return (f.User == "" || f.User == r.User.ID) &&
		(f.Affiliation == "" || f.Affiliation == r.User.Affiliation) &&
		(f.Scope == nil || r.Scope.Within(f.Scope)) &&
		(f.Permission == nil || f.Permission == r.Permission) &&
		(f.Action == "" || r.Actions&r.Permission.Set(f.Action) != 0) &&
		(f.Role == nil || slices.ContainsFunc(r.Via, func(v policy.Via) bool { return v.Through(r, f.Role) })) &&
		(f.Group == "" || slices.ContainsFunc(r.Via, func(v policy.Via) bool { return v.IsOf(f.Group) }))
}

// Rows returns the rows that pass the filter, split as tables write them: one for each access and expiry.
func (f *Filter) Rows(rows []policy.Row) []policy.Row { return f.rows(policy.Split(rows)) }

// Match reports whether a row passes the filter.
func (f *Filter) Match(r *policy.Row) bool { return f.match(r) }

// Made describes the table that the filter selects rows from.
func (f *Filter) Made(p *policy.Policy) review.Made {
	m := review.Made{
		Product:     cmp.Or(p.Catalog.Product, "table"),
		AsOf:        p.AsOf,
		User:        f.User,
		Affiliation: f.Affiliation,
		Action:      f.Action,
	}
	if f.Scope != nil {
		m.Scope = f.Scope.Path
	}
	if f.Permission != nil {
		m.Permission = f.Permission.ID
	}
	if f.Role != nil {
		m.Role = f.Role.ID
	}
	m.Group = f.Group
	return m
}

// Access returns the part of a user's access that the filter selects: matching rows, and the roles that give them.
func (f *Filter) Access(a *policy.Access) *policy.Access {
	if *f == (Filter{}) {
		return a
	}
	out := policy.Access{User: a.User, On: a.On, Rows: f.rows(a.Rows)}
	for _, h := range a.Roles {
		if slices.ContainsFunc(out.Rows, func(r policy.Row) bool { return h.Gives(&r) }) {
			out.Roles = append(out.Roles, h)
		}
	}
	return &out
}

// Shows reports whether the filter may select what a finding is about. Empty names match, except for the user.
func (f *Filter) Shows(p *policy.Policy, user, role, permission, scope string) bool {
	fits := func(want, have string) bool { return want == "" || have == "" || want == have }
	switch {
	case f.User != "" && f.User != user,
		f.Role != nil && !fits(f.Role.ID, role),
		f.Permission != nil && !fits(f.Permission.ID, permission),
		f.Action != "" && permission != "" && p.Catalog.PermissionByID[permission].Set(f.Action) == 0,
		f.Scope != nil && scope != "" && !p.ScopeByPath[scope].Within(f.Scope):
		return false
	}
	return f.Affiliation == "" || user == "" ||
		slices.ContainsFunc(p.Users, func(u *policy.User) bool {
			return u.ID == user && u.Affiliation == f.Affiliation
		})
}

// String describes the selection, or returns "" for everything.
func (f *Filter) String() string {
	var parts []string
	add := func(text, name string) {
		if name != "" {
			parts = append(parts, text+" "+name)
		}
	}
	add("rows of", f.User)
	add("of users of affiliation", f.Affiliation)
	if f.Scope != nil {
		add("on", f.Scope.Path+" and under it")
	}
	if f.Permission != nil {
		add("of permission", f.Permission.ID)
	}
	add("with action", f.Action)
	if f.Role != nil {
		add("through role", f.Role.ID)
	}
	add("through group", f.Group)
	if len(parts) == 0 {
		return ""
	}
	return "rows " + strings.TrimPrefix(strings.Join(parts, ", "), "rows ")
}
