package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// DeprecatedPermission flags a grant of a permission that the product no longer has.
var DeprecatedPermission = &lint.Rule{
	ID:       "deprecated-permission",
	Severity: diag.Error,
	Doc: lint.Doc{
		What: "A grant of a permission that the product no longer has.",
		Why:  "It gives nothing, and hides what the person needs.",
		Do:   "Remove the grant, or grant the permission that replaced it.",
		Fires: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
	grants: [{permission: "contract-details", scope: "contoso/emea"}]
}
`,
		Fixed: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
}
`,
	},
	Entry:  deprecatedPermission,
	Faulty: true,
}

func deprecatedPermission(p *lint.Pass, e *lint.Subject) bool {
	if e.Fault != policy.DeprecatedPermission {
		return false
	}
	d := describeEntry(e, lint.Findingf(e.Pos, "%q is deprecated and gives nothing", e.Permission.ID))
	d.Notes = []string{e.Permission.Deprecated}
	d.Help = "remove the grant"
	p.Report(d)
	return true
}
