package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// UnknownScope flags a scope that is not declared, or that is missing where several are possible.
var UnknownScope = &lint.Rule{
	ID:       "unknown-scope",
	Severity: diag.Error,
	Stops:    true,
	Doc: lint.Doc{
		What: "A scope that is not declared, or that is missing where several are possible.",
		Why:  "Access on the wrong scope is access for the wrong people.",
		Do:   "Name a declared scope by its path.",
		Fires: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emae"}]
}
`,
		Fixed: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
}
`,
	},
}
