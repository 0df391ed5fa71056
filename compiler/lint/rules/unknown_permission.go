package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// UnknownPermission flags a permission that the catalog does not have.
var UnknownPermission = &lint.Rule{
	ID:       "unknown-permission",
	Severity: diag.Error,
	Stops:    true,
	Doc: lint.Doc{
		What: "A permission that the catalog does not have.",
		Why:  "The access that the grant should give is missing from the table.",
		Do:   "Use one of the catalog's permissions.",
		Fires: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	grants: [{permission: "helth", scope: "contoso/emea"}]
}
`,
		Fixed: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	grants: [{permission: "health", scope: "contoso/emea"}]
}
`,
	},
}
