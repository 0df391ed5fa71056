package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// UnknownLabel flags a label that the catalog does not have.
var UnknownLabel = &lint.Rule{
	ID:       "unknown-label",
	Severity: diag.Error,
	Stops:    true,
	Doc: lint.Doc{
		What: "A label that the catalog does not have.",
		Why:  "Roles that reach scopes by label do not reach this one.",
		Do:   "Use one of the catalog's labels.",
		Fires: `product: "services-hub"
scopes: contoso: scopes: {emea: labels: ["frist"], apac: {}}
`,
		Fixed: `product: "services-hub"
scopes: contoso: scopes: {emea: labels: ["first"], apac: {}}
`,
	},
}
