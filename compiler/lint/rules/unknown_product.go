package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// UnknownProduct flags a product for which permc ships no catalog.
var UnknownProduct = &lint.Rule{
	ID:       "unknown-product",
	Severity: diag.Error,
	Stops:    true,
	Doc: lint.Doc{
		What: "A product for which permc ships no catalog.",
		Why:  "Without a catalog, permc does not know what roles give.",
		Do:   "Name a shipped product, or declare your own catalog.",
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
