package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// SelfApprovedWaiver flags a waiver that nobody approved, or the one who benefits from it.
var SelfApprovedWaiver = &lint.Rule{
	ID:       "self-approved-waiver",
	Severity: diag.Error,
	Doc: lint.Doc{
		What: "A waiver that nobody approved, or the one who benefits from it.",
		Why:  "Nobody accepts a risk on their own behalf.",
		Do:   "Have somebody else approve it.",
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
	approver:   "ana@contoso.example"
	expires:    "2026-08-31"
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
		Gaps: "Somebody who approves under a second address is not recognised; approvers need not be users of the product.",
	},
}
