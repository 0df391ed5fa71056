package rules

import (
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// NotGrantable flags a grant of a permission that only roles give.
var NotGrantable = &lint.Rule{
	ID:       "not-grantable",
	Severity: diag.Error,
	Doc: lint.Doc{
		What: "A grant of a permission that only roles give.",
		Why:  "The product cannot grant it, so the table would show access that does not exist.",
		Do:   "Assign a role that gives it, or remove the grant.",
		Fires: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	grants: [
		{permission: "health", scope: "contoso/emea"},
		{permission: "manage-users", scope: "contoso/emea"},
	]
}
`,
		Fixed: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
}
`,
	},
	Entry:  notGrantable,
	Faulty: true,
}

func notGrantable(p *lint.Pass, e *lint.Subject) bool {
	if e.Fault != policy.NotGrantable {
		return false
	}
	d := describeEntry(e, lint.Findingf(e.Pos, "%q cannot be granted individually", e.Permission.ID))
	const none = "no role gives it"
	note := p.Words(e.Permission, func() string {
		if roles := rolesGiving(p.Policy.Catalog, e.Permission); len(roles) > 0 {
			return "only these roles give it: " + strings.Join(roles, ", ")
		}
		return none
	})
	if d.Notes = []string{note}; note == none {
		d = d.WithHelp("remove the grant").WithEdit(diag.DropItem, "removed the grant of "+diag.Quote(e.Permission.ID))
	} else {
		d.Help = "assign one of them, or remove the grant"
		if best := giverFor(p.Policy.Catalog, e); best != "" {
			d.Help = "assign " + best + ", or remove the grant"
		}
	}
	p.Report(d)
	return true
}
