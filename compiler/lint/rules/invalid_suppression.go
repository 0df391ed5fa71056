package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// InvalidSuppression flags a comment that begins with permc:ignore and cannot be read, names no reason, or a rule that is unknown or cannot be silenced.
var InvalidSuppression = &lint.Rule{
	ID:       "invalid-suppression",
	Severity: diag.Error,
	Doc: lint.Doc{
		What: "A comment that begins with permc:ignore and cannot be read, names no reason, or a rule that is unknown or cannot be silenced.",
		Why:  "Somebody believes that a finding is dealt with; without a reason, nobody can tell whether it was.",
		Do:   "Write the rule and, behind two dashes, the reason.",
		Fires: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
	grants: [{permission: "health", scope: "contoso/emea"}] // permc:ignore redundant-grant
}
`,
		Fixed: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
	grants: [{permission: "health", scope: "contoso/emea"}] // permc:ignore redundant-grant -- outlives the role, which goes in July
}
`,
		Gaps: "A comment in which permc:ignore does not come first is a comment like any other.",
	},
}
