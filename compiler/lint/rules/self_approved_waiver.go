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
		What:    "A waiver that nobody approved, or the one who benefits from it.",
		Why:     "Nobody accepts a risk on their own behalf.",
		Do:      "Have somebody else approve it.",
		Example: `waivers: [{rule: "redundant-grant", user: "ana@contoso.example", permission: "health", reason: "covers for Bo", approver: "ana@contoso.example", expires: "2099-12-31"}]`,
	},
}
