package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// UnknownAffiliation flags an affiliation that the catalog does not have.
var UnknownAffiliation = &lint.Rule{
	ID:       "unknown-affiliation",
	Severity: diag.Error,
	Stops:    true,
	Doc: lint.Doc{
		What: "An affiliation that the catalog does not have.",
		Why:  "Rules that tell kinds of users apart do not see this user.",
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
