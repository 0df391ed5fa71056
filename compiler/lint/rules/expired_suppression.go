package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// ExpiredSuppression flags a permc:ignore comment past its date.
var ExpiredSuppression = &lint.Rule{
	ID:       "expired-suppression",
	Severity: diag.Error,
	Doc: lint.Doc{
		What: "A permc:ignore comment past its date.",
		Why:  "The finding that it silenced is open again.",
		Do:   "Fix the finding and remove the comment, or set a new date.",
		Fires: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
	// permc:ignore redundant-grant until 2026-05-31 -- the role goes in May
	grants: [{permission: "health", scope: "contoso/emea"}]
}
`,
		Fixed: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
	// permc:ignore redundant-grant until 2026-07-31 -- the role goes in July
	grants: [{permission: "health", scope: "contoso/emea"}]
}
`,
	},
}
