package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// UnusedSuppression flags a permc:ignore comment that silences nothing.
var UnusedSuppression = &lint.Rule{
	ID:       "unused-suppression",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What: "A permc:ignore comment that silences nothing.",
		Why:  "Later it could silence a finding that nobody has looked at.",
		Do:   "Remove it, or put it on the line of the finding or the line above.",
		Fires: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
	// permc:ignore redundant-grant -- outlives the role, which goes in July
	grants: [{permission: "health", scope: "contoso/apac"}]
}
`,
		Fixed: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
	grants: [{permission: "health", scope: "contoso/apac"}]
}
`,
	},
}
