package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// Syntax flags a file that cannot be read.
var Syntax = &lint.Rule{
	ID:       "syntax",
	Severity: diag.Error,
	Stops:    true,
	Doc: lint.Doc{
		What: "A file that cannot be read: not UTF-8, not valid CUE, YAML, JSON or CSV, or a symbolic link.",
		Why:  "A file that cannot be read might grant anything.",
		Do:   "Fix the file at the place shown, or list it under ignore if it is not a permc file.",
		Fires: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"]
}
`,
		Fixed: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
}
`,
	},
}
