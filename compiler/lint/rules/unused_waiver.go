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
		What:    "A waiver that silences nothing.",
		Why:     "It would silence something later that nobody has looked at.",
		Do:      "Remove it, or make it name the finding exactly.",
		Example: `waivers: [{rule: "redundant-grant", user: "ana@contoso.example", permission: "health", reason: "covers for Bo", approver: "ciso@contoso.example", expires: "2099-12-31"}]`,
	},
}
