package render

import (
	"fmt"

	"permc.dev/permc/compiler/ask/who"
	"permc.dev/permc/compiler/policy"
)

// json writes the answer for programs; rows are those of compile.
func (x *usersCompared) json() []byte {
	b := x.opening()
	b = append(b, `,"sides":[`...)
	for i, u := range x.Users.Users {
		b = append(comma(b, i), '{')
		switch r := x.Compared.Roles[i]; {
		case r == nil:
			b = append(b, `"user":`...)
			b = quote(b, u.ID)
			b = field(b, "status", u.Status())
		default:
			b = append(b, `"role":`...)
			b = quote(b, r.ID)
			b = list(b, "assigned", paths(x.Assigned[i]))
		}
		b = append(field(b, "affiliation", u.Affiliation), '}')
	}
	b = append(b, ']')
	if x.Users.Scope != nil {
		b = field(b, "scope", x.Users.Scope.Path)
	}
	b = comparisonJSON(b, "roles", &x.Users.Roles, x.All, x.appendSideRole)
	b = comparisonJSON(b, "permissions", &x.Permissions, x.All, x.appendSideRow)
	b = fmt.Appendf(b, ",\n\"anywhere\":{\"sharedScopes\":%d", x.Shared)
	b = comparisonJSON(b, "roles", &x.AnywhereRoles, x.All, appendSomewhere)
	b = comparisonJSON(b, "permissions", &x.AnywherePermissions, x.All, appendSomewhere)
	return append(b, "}}\n"...)
}

func (t *Table) opening() []byte {
	b := []byte(`{"version":"` + Version + `"`)
	b = field(b, "product", t.Policy.Catalog.Product)
	return field(b, "asOf", t.Policy.AsOf.String())
}

func paths(list []*policy.Scope) (out []string) {
	for _, s := range list {
		out = append(out, s.Path)
	}
	return out
}

// appendSideRow returns a row; somebody who is nobody has no user in it.
func (x *usersCompared) appendSideRow(b []byte, r *policy.Row) []byte {
	return nameless(b, x.appendRow(nil, r), r.User)
}

func (x *usersCompared) appendSideRole(b []byte, r *who.RoleRow) []byte {
	return nameless(b, x.appendRoleRow(nil, r), r.User)
}

func nameless(b, row []byte, u *policy.User) []byte {
	if u.ID == "" {
		row = append([]byte{'{'}, row[len(`{"user":"","status":"active",`):]...)
	}
	return append(b, row...)
}

func appendSomewhere(b []byte, s *who.Somewhere) []byte {
	if s.Role != nil {
		b = append(b, `{"role":`...)
		b = quote(b, s.Role.ID)
	} else {
		b = append(b, `{"permission":`...)
		b = quote(b, s.Permission.ID)
		b = list(b, "actions", s.Permission.Names(s.Actions))
		b = field(b, "access", s.Records.String())
	}
	b = field(b, "expires", s.Ends.String())
	return append(list(b, "scopes", paths(s.Scopes)), '}')
}

// comparisonJSON returns a field with what the left side has alone, the right
// side, both differently, and how much both have alike.
func comparisonJSON[T any](b []byte, name string, c *who.Comparison[T], all bool, one func([]byte, *T) []byte) []byte {
	b = append(append(append(b, ",\n\""...), name...), `":{"left":[`...)
	for i, p := range c.Left {
		b = one(append(comma(b, i), '\n'), p.Left)
	}
	b = append(b, `],"right":[`...)
	for i, p := range c.Right {
		b = one(append(comma(b, i), '\n'), p.Right)
	}
	b = append(b, `],"different":[`...)
	for i, p := range c.Different {
		b = append(comma(b, i), "\n{\"left\":"...)
		b = append(one(b, p.Left), `,"right":`...)
		b = append(list(one(b, p.Right), "differs", p.Differs), '}')
	}
	b = fmt.Appendf(b, `],"alike":%d`, len(c.Alike))
	if all {
		b = append(b, `,"same":[`...)
		for i, p := range c.Alike {
			b = append(comma(b, i), "\n{\"left\":"...)
			b = append(one(b, p.Left), `,"right":`...)
			b = append(one(b, p.Right), '}')
		}
		b = append(b, ']')
	}
	return append(b, '}')
}
