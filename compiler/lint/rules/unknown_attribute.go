package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// UnknownAttribute flags an attribute, or a value of one, that the catalog does not have.
var UnknownAttribute = &lint.Rule{
	ID:       "unknown-attribute",
	Severity: diag.Error,
	Stops:    true,
	Doc: lint.Doc{
		What: "An attribute, or a value of one, that the catalog does not have.",
		Why:  "Requirements that look for the attribute never find it.",
		Do:   "Use one of the catalog's attributes and values.",
		Fires: `product: "call-manager"
scopes: acme: {}
users: "ana@acme.example": {
	roles: [{role: "owner"}]
	attributes: licences: ["phone-system"]
}
`,
		Fixed: `product: "call-manager"
scopes: acme: {}
users: "ana@acme.example": {
	roles: [{role: "owner"}]
	attributes: licenses: ["phone-system"]
}
`,
		Gaps: "Values of an attribute for which the catalog lists none may be anything.",
	},
}
