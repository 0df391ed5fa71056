package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// Schema flags what the schema does not allow.
var Schema = &lint.Rule{
	ID:       "schema",
	Severity: diag.Error,
	Stops:    true,
	Doc: lint.Doc{
		What: "Anything that the schema does not allow: an unknown field, a value of the wrong type or form, a " +
			"contradiction, an inconsistent catalog.",
		Why: "A misspelt field that is quietly ignored is access that nobody reviews.",
		Do:  "Use a field or form that the help line names.",
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
