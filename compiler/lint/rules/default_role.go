package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// DefaultRole flags an assignment without a role, which gets the product's default role.
var DefaultRole = &lint.Rule{
	ID:       "default-role",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What: "An assignment without a role, which gets the product's default role.",
		Why:  "The default may be the product's most powerful role.",
		Do:   "Name the role you mean.",
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
			d := lint.Findingf(e.Pos, "no role is named, so %s gets the default, %q on %q", diag.Quote(u.ID), e.Role.ID,
				e.Scope.Path)
			d.User, d.Role, d.Scope, d.Help = u.ID, e.Role.ID, e.Scope.Path, nameRole
			d.Notes = noteMostPowerful(p.Policy.Catalog, e.Role)
			p.Report(d)
		}
	}
	if e := u.Default; e != nil {
		d := lint.Findingf(u.Pos, "%s has no assignment, so the product gives the default, %q on %q", diag.Quote(u.ID),
			e.Role.ID, e.Scope.Path)
		d.User, d.Role, d.Scope, d.Help = u.ID, e.Role.ID, e.Scope.Path, nameRole
		d.Notes = noteMostPowerful(p.Policy.Catalog, e.Role)
		p.Report(d)
	}
}

func defaultRoleOfGroups(p *lint.Pass) {
	for _, g := range p.Policy.Groups {
		for i := range g.Entries {
			if e := &g.Entries[i]; e.ByDefault {
				d := lint.Findingf(e.Pos, "no role is named, so everybody in group %q gets the default, %q on %q", g.ID,
					e.Role.ID, e.Scope.Path)
				d.Group, d.Role, d.Scope, d.Help = g.ID, e.Role.ID, e.Scope.Path, nameRole
				d.Notes = noteMostPowerful(p.Policy.Catalog, e.Role)
				p.Report(d)
			}
		}
	}
}

// noteMostPowerful returns a note if the role gives more than any other.
func noteMostPowerful(c *policy.Catalog, r *policy.Role) []string {
	for _, o := range c.Roles {
		if o != r && countCells(o) >= countCells(r) {
			return nil
		}
	}
	return []string{"this is the product's most powerful role"}
}

const nameRole = "name the role you mean"
