package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// Syntax flags a file that cannot be read as what it is: not UTF-8, not CUE, YAML, JSON or CSV, a symbolic link.
var Syntax = &lint.Rule{
	ID:       "syntax",
	Severity: diag.Error,
	Stops:    true,
	Doc: lint.Doc{
		What: "A file that cannot be read as what it is: not UTF-8, not CUE, YAML, JSON or CSV, a symbolic link.",
		Why:  "What cannot be read might grant anything.",
		Do:   "Mend the file at the place shown, or name it in ignore if it is no declaration.",
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
