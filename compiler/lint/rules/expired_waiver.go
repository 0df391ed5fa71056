package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// ExpiredWaiver flags a waiver whose end is over.
var ExpiredWaiver = &lint.Rule{
	ID:       "expired-waiver",
	Severity: diag.Error,
	Doc: lint.Doc{
		What:    "A waiver whose end is over.",
		Why:     "What it silenced is an open finding again.",
		Do:      "Mend the finding, or have the waiver approved anew.",
		Example: `waivers: [{rule: "redundant-grant", user: "ana@contoso.example", permission: "health", reason: "covers for Bo", approver: "ciso@contoso.example", expires: "2020-12-31"}]`,
	},
}
