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
		What: "A label that is not one of a catalog's closed labels.",
		Why:  "Roles that reach scopes by label do not reach this one.",
		Do:   "Use one of the catalog's labels.",
		Fires: deskWithLabels + `scopes: acme: scopes: {emea: labels: ["plot"], apac: {}}
`,
		Fixed: deskWithLabels + `scopes: acme: scopes: {emea: labels: ["pilot"], apac: {}}
`,
		Gaps: "If the catalog does not say `closedLabels: true`, another label is `unlisted-label`, a warning.",
	},
}

// deskWithLabels is a catalog that allows only its labels.
const deskWithLabels = `catalog: {
	levels: ["company", "desk"]
	labels: pilot: {}
	closedLabels: true
	permissions: "tickets:read": level: "desk"
	roles: agent: {level: "desk", permissions: "tickets:read": {}}
}
`
