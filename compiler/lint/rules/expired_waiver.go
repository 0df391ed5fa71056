package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// ExpiredWaiver flags a waiver past its expiry date.
var ExpiredWaiver = &lint.Rule{
	ID:       "expired-waiver",
	Severity: diag.Error,
	Doc: lint.Doc{
		What: "A waiver past its expiry date.",
		Why:  "The finding that it silenced is open again.",
		Do:   "Fix the finding, or have the waiver approved again.",
		Fires: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
	grants: [{permission: "health", scope: "contoso/emea"}]
}
waivers: [{
	rule:       "redundant-grant"
	user:       "ana@contoso.example"
	permission: "health"
	reason:     "keeps the access when the role goes in July"
	approver:   "ciso@contoso.example"
	expires:    "2026-03-31"
}]
`,
		Fixed: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
	grants: [{permission: "health", scope: "contoso/emea"}]
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
	},
}
