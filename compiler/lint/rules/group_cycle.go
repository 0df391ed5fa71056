package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// GroupCycle flags groups that are members of each other.
var GroupCycle = &lint.Rule{
	ID:       "group-cycle",
	Severity: diag.Error,
	Stops:    true,
	Doc: lint.Doc{
		What: "Groups that are members of each other.",
		Why:  "Their members cannot be determined.",
		Do:   "Remove one of the memberships.",
		Fires: hub + `users: "ana@contoso.example": affiliation: "customer"
groups: {
	leads: members: ["group:support"]
	support: {
		members: ["ana@contoso.example", "group:leads"]
		grants: [{permission: "support-contact", scope: "contoso/emea"}]
	}
}
`,
		Fixed: hub + `users: "ana@contoso.example": affiliation: "customer"
groups: {
	leads: members: ["ana@contoso.example"]
	support: {
		members: ["group:leads"]
		grants: [{permission: "support-contact", scope: "contoso/emea"}]
	}
}
`,
	},
}
