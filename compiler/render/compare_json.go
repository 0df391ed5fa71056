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
		b = append(appendComma(b, i), '{')
		switch r := x.Compared.Roles[i]; {
		case r == nil:
			b = append(b, `"user":`...)
			b = appendQuoted(b, u.ID)
			b = appendField(b, "status", u.Status())
		default:
			b = append(b, `"role":`...)
			b = appendQuoted(b, r.ID)
			b = appendStrings(b, "assigned", scopePaths(x.Assigned[i]))
		}
		b = append(appendField(b, "affiliation", u.Affiliation), '}')
	}
	b = append(b, ']')
	if x.Users.Scope != nil {
		b = appendField(b, "scope", x.Users.Scope.Path)
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
	b = appendField(b, "product", t.Policy.Catalog.Product)
	return appendField(b, "asOf", t.Policy.AsOf.String())
}

func scopePaths(list []*policy.Scope) (out []string) {
	for _, s := range list {
		out = append(out, s.Path)
	}
	return out
}

// appendSideRow returns a row. It has no user if the side is only a role.
func (x *usersCompared) appendSideRow(b []byte, r *policy.Row) []byte {
	return dropUser(b, x.appendRow(nil, r), r.User)
}

func (x *usersCompared) appendSideRole(b []byte, r *who.RoleRow) []byte {
	return dropUser(b, x.appendRoleRow(nil, r), r.User)
}

func dropUser(b, row []byte, u *policy.User) []byte {
	if u.ID == "" {
		row = append([]byte{'{'}, row[len(`{"user":"","status":"active",`):]...)
	}
	return append(b, row...)
}

func appendSomewhere(b []byte, s *who.Somewhere) []byte {
	if s.Role != nil {
		b = append(b, `{"role":`...)
		b = appendQuoted(b, s.Role.ID)
	} else {
		b = append(b, `{"permission":`...)
		b = appendQuoted(b, s.Permission.ID)
		b = appendStrings(b, "actions", s.Permission.Names(s.Actions))
		b = appendField(b, "access", s.Records.String())
	}
	b = appendField(b, "expires", s.Ends.String())
	return append(appendStrings(b, "scopes", scopePaths(s.Scopes)), '}')
}

// comparisonJSON returns a field with what only the left side has, only the right side, both differently, and how
// much both have alike.
func comparisonJSON[T any](b []byte, name string, c *who.Comparison[T], all bool, one func([]byte, *T) []byte) []byte {
	b = append(append(append(b, ",\n\""...), name...), `":{"left":[`...)
	for i, p := range c.Left {
		b = one(append(appendComma(b, i), '\n'), p.Left)
	}
	b = append(b, `],"right":[`...)
	for i, p := range c.Right {
		b = one(append(appendComma(b, i), '\n'), p.Right)
	}
	b = append(b, `],"different":[`...)
	for i, p := range c.Different {
		b = append(appendComma(b, i), "\n{\"left\":"...)
		b = append(one(b, p.Left), `,"right":`...)
		b = append(appendStrings(one(b, p.Right), "differs", p.Differs), '}')
	}
	b = fmt.Appendf(b, `],"alike":%d`, len(c.Alike))
	if all {
		b = append(b, `,"same":[`...)
		for i, p := range c.Alike {
			b = append(appendComma(b, i), "\n{\"left\":"...)
			b = append(one(b, p.Left), `,"right":`...)
			b = append(one(b, p.Right), '}')
		}
		b = append(b, ']')
	}
	return append(b, '}')
}
