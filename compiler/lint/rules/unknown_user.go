package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// UnknownUser flags a user who is neither declared nor invited.
var UnknownUser = &lint.Rule{
	ID:       "unknown-user",
	Severity: diag.Error,
	Stops:    true,
	Doc: lint.Doc{
		What: "A user who is neither declared nor invited.",
		Why:  "A group member who does not exist gets access as soon as somebody takes the name.",
		Do:   "Declare the user, or correct the name.",
		Fires: hub + `users: "ana@contoso.example": affiliation: "customer"
groups: "emea-support": {
	members: ["annna@contoso.example"]
	grants: [{permission: "support-contact", scope: "contoso/emea"}]
}
`,
		Fixed: hub + `users: "ana@contoso.example": affiliation: "customer"
groups: "emea-support": {
	members: ["ana@contoso.example"]
	grants: [{permission: "support-contact", scope: "contoso/emea"}]
}
`,
	},
}
