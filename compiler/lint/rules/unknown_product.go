package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// UnknownProduct flags a product, or a version of one, for which permc ships no catalog.
var UnknownProduct = &lint.Rule{
	ID:       "unknown-product",
	Severity: diag.Error,
	Stops:    true,
	Doc: lint.Doc{
		What: "A product, or a version of one, for which permc ships no catalog.",
		Why:  "Without a catalog, permc does not know what roles give.",
		Do:   "Name a shipped product and a version of it, or no version for the newest, or declare your own catalog.",
		Fires: `product: "service-hub"
scopes: contoso: scopes: emea: {}
users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
}
`,
		Fixed: `product: "services-hub"
scopes: contoso: scopes: emea: {}
users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
}
`,
	},
}
