package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// Schema flags something that may not be said: an unknown field, a value of the wrong form, a contradiction, a catalog that makes no sense.
var Schema = &lint.Rule{
	ID:       "schema",
	Severity: diag.Error,
	Stops:    true,
	Doc: lint.Doc{
		What: "Something that may not be said: an unknown field, a value of the wrong form, a contradiction, a catalog that makes no sense.",
		Why:  "A misspelt field that is quietly ignored is access that nobody reviews.",
		Do:   "Use the field or form that the help names.",
		Fires: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	rolse: [{role: "workspace-administrator", scope: "contoso/emea"}]
}
`,
		Fixed: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
}
`,
	},
}
