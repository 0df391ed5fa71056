package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// UnusedWaiver flags a waiver that silences nothing.
var UnusedWaiver = &lint.Rule{
	ID:       "unused-waiver",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What: "A waiver that silences nothing.",
		Why:  "It would silence something later that nobody has looked at.",
		Do:   "Remove it, or make it name the finding exactly.",
		Fires: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
}
waivers: [{
	rule:       "redundant-grant"
	user:       "ana@contoso.example"
	permission: "health"
	reason:     "keeps the access when the role goes in July"
	approver:   "ciso@contoso.example"
	expires:    "2026-08-31"
}]
`,
		Fixed: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
}
`,
		Gaps: "A waiver that silences one finding of several that it could is used.",
	},
}
