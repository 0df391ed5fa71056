package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// SelfApprovedWaiver flags a waiver without an approver, or approved by the person who benefits from
// it.
var SelfApprovedWaiver = &lint.Rule{
	ID:       "self-approved-waiver",
	Severity: diag.Error,
	Doc: lint.Doc{
		What: "A waiver without an approver, or approved by the person who benefits from it.",
		Why:  "Nobody can accept a risk on their own behalf.",
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
		Gaps: "A second address of the person who benefits is not recognised; approvers need not be users of the " +
			"product.",
	},
}
