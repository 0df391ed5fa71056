package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// UnknownRole flags a role that the catalog does not have.
var UnknownRole = &lint.Rule{
	ID:       "unknown-role",
	Severity: diag.Error,
	Stops:    true,
	Doc: lint.Doc{
		What: "A role that the catalog does not have.",
		Why:  "The access that the role should give is missing from the table.",
		Do:   "Use one of the catalog's roles, or add yours by extending the catalog.",
		Fires: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-admin", scope: "contoso/emea"}]
}
`,
		Fixed: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
}
`,
	},
}
