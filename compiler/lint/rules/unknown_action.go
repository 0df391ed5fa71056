package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// UnknownAction flags an action that the permission does not have.
var UnknownAction = &lint.Rule{
	ID:       "unknown-action",
	Severity: diag.Error,
	Stops:    true,
	Doc: lint.Doc{
		What: "An action that the permission does not have.",
		Why:  "Without the misspelt action, the grant gives something other than what was meant.",
		Do:   "Use one of the permission's actions, or leave out actions to grant all of them.",
		Fires: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	grants: [{permission: "customer-activity", scope: "contoso/emea", actions: ["exprot"]}]
}
`,
		Fixed: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	grants: [{permission: "customer-activity", scope: "contoso/emea", actions: ["export"]}]
}
`,
	},
}
