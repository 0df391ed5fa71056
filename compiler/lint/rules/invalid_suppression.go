package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// InvalidSuppression flags a permc:ignore comment that is malformed, gives no reason, or names a rule
// that is unknown or cannot be silenced.
var InvalidSuppression = &lint.Rule{
	ID:       "invalid-suppression",
	Severity: diag.Error,
	Doc: lint.Doc{
		What: "A permc:ignore comment that is malformed, gives no reason, or names a rule that is unknown or cannot " +
			"be silenced.",
		Why: "Somebody believes that the finding is dealt with. Without a reason, nobody can check.",
		Do:  "Write the rule, two dashes and the reason.",
		Fires: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
	grants: [{permission: "health", scope: "contoso/emea"}] // permc:ignore redundant-grant
}
`,
		Fixed: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
	grants: [{permission: "health", scope: "contoso/emea"}] // permc:ignore redundant-grant -- the role ends in July
}
`,
		Gaps: "A comment in which permc:ignore does not come first is an ordinary comment.",
	},
}
