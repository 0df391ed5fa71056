package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// UnknownAttribute flags an attribute, or an attribute's value, that the catalog does not have.
var UnknownAttribute = &lint.Rule{
	ID:       "unknown-attribute",
	Severity: diag.Error,
	Stops:    true,
	Doc: lint.Doc{
		What: "An attribute that the catalog does not have, or a value that a closed attribute does not list.",
		Why:  "Requirements that check the attribute never find it.",
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
		Gaps: "If the attribute does not say `closed: true`, another value is `unlisted-value`, a warning.",
	},
}
