package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// ExpiredSuppression flags a comment with permc:ignore whose end is over.
var ExpiredSuppression = &lint.Rule{
	ID:       "expired-suppression",
	Severity: diag.Error,
	Doc: lint.Doc{
		What: "A comment with permc:ignore whose end is over.",
		Why:  "What it silenced is an open finding again.",
		Do:   "Mend the finding and remove the comment, or decide anew until when it may stay.",
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
