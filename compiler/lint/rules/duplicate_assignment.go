package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// DuplicateAssignment flags a role assigned twice to one holder on one scope for the same period.
var DuplicateAssignment = &lint.Rule{
	ID:       "duplicate-assignment",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What: "A role assigned twice to one holder on one scope for the same period.",
		Why:  "If only one of the two is removed, the access stays.",
		Do:   "Remove one of them.",
		Fires: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [
		{role: "workspace-administrator", scope: "contoso/emea"},
		{role: "workspace-administrator", scope: "contoso/emea", reason: "covers for Bo"},
	]
}
`,
		Fixed: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
}
`,
		Gaps: "Assignments whose periods only overlap are not compared. Nor is a direct assignment compared with a " +
			"group's.",
	},
	Entry: duplicateAssignment,
}

func duplicateAssignment(p *lint.Pass, e *lint.Subject) bool {
	return e.Role != nil && reportDuplicate(p, e)
}
