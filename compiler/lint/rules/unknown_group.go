package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// UnknownGroup flags a group that is not declared.
var UnknownGroup = &lint.Rule{
	ID:       "unknown-group",
	Severity: diag.Error,
	Stops:    true,
	Doc: lint.Doc{
		What: "A group that is not declared.",
		Why:  "The access that the group should give is missing from the table.",
		Do:   "Declare the group, or correct the name.",
		Fires: hub + `users: "ana@contoso.example": affiliation: "customer"
groups: {
	leads: members: ["ana@contoso.example"]
	"emea-support": {
		members: ["group:leds"]
		grants: [{permission: "support-contact", scope: "contoso/emea"}]
	}
}
`,
		Fixed: hub + `users: "ana@contoso.example": affiliation: "customer"
groups: {
	leads: members: ["ana@contoso.example"]
	"emea-support": {
		members: ["group:leads"]
		grants: [{permission: "support-contact", scope: "contoso/emea"}]
	}
}
`,
	},
}
