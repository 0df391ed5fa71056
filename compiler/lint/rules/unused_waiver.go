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
		Why:  "Later it could silence a finding that nobody has looked at.",
		Do:   "Remove it, or name the finding exactly.",
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
		Gaps: "A waiver that could silence several findings counts as used once it silences one.",
	},
}
