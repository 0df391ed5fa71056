package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// DefaultRole flags an assignment that leaves the role out, so that the product gives its default role.
var DefaultRole = &lint.Rule{
	ID:       "default-role",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What: "An assignment that leaves the role out, so that the product gives its default role.",
		Why:  "A default may be the most powerful role there is.",
		Do:   "Name the role that is meant.",
		Fires: `product: "call-manager"
scopes: acme: {}
users: {
	"ana@acme.example": roles: [{role: "owner"}]
	"bo@acme.example": roles: [{scope: "acme"}]
}
`,
		Fixed: `product: "call-manager"
scopes: acme: {}
users: {
	"ana@acme.example": roles: [{role: "owner"}]
	"bo@acme.example": roles: [{role: "reader", scope: "acme"}]
}
`,
	},
	User:   defaultRole,
	Policy: defaultRoleOfGroups,
}

func defaultRole(p *lint.Pass) {
	u := p.Access.User
	for i := range u.Entries {
		if e := &u.Entries[i]; e.ByDefault {
			d := lint.Reportf(e.Pos, "no role is named, so %s gets %q on %q", diag.Quote(u.ID), e.Role.ID, e.Scope.Path)
			d.User, d.Role, d.Scope, d.Help = u.ID, e.Role.ID, e.Scope.Path, nameRole
			d.Notes = power(p.Policy.Catalog, e.Role)
			p.Report(d)
		}
	}
	if e := u.Default; e != nil {
		d := lint.Reportf(u.Pos, "%s has no assignment, so the product gives %q on %q", diag.Quote(u.ID), e.Role.ID, e.Scope.Path)
		d.User, d.Role, d.Scope, d.Help = u.ID, e.Role.ID, e.Scope.Path, nameRole
		d.Notes = power(p.Policy.Catalog, e.Role)
		p.Report(d)
	}
}

func defaultRoleOfGroups(p *lint.Pass) {
	for _, g := range p.Policy.Groups {
		for i := range g.Entries {
			if e := &g.Entries[i]; e.ByDefault {
				d := lint.Reportf(e.Pos, "no role is named, so everybody in group %q gets %q on %q", g.ID, e.Role.ID, e.Scope.Path)
				d.Group, d.Role, d.Scope, d.Help = g.ID, e.Role.ID, e.Scope.Path, nameRole
				d.Notes = power(p.Policy.Catalog, e.Role)
				p.Report(d)
			}
		}
	}
}

// power warns of a role that gives more than any other.
func power(c *policy.Catalog, r *policy.Role) []string {
	for _, o := range c.Roles {
		if o != r && size(o) >= size(r) {
			return nil
		}
	}
	return []string{"it is the most powerful role of this product"}
}

const nameRole = "name the role that is meant"
