package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// UnknownAffiliation flags a kind of user that the catalog does not have.
var UnknownAffiliation = &lint.Rule{
	ID:       "unknown-affiliation",
	Severity: diag.Error,
	Stops:    true,
	Doc: lint.Doc{
		What: "A kind of user that the catalog does not have.",
		Why:  "Rules that keep kinds of users apart cannot see this user.",
		Do:   "Use one of the catalog's affiliations.",
		Fires: hub + `users: "ana@contoso.example": {
	affiliation: "custommer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
}
`,
		Fixed: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
}
`,
	},
}
