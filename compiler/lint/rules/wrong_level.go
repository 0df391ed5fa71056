package rules

import (
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// WrongLevel flags a role or grant on a scope of a level where it cannot stand.
var WrongLevel = &lint.Rule{
	ID:       "wrong-level",
	Severity: diag.Error,
	Doc: lint.Doc{
		What: "A role or grant on a scope of a level where it cannot stand.",
		Why:  "The product cannot do this, so somebody believes in access that is not there, or means another scope.",
		Do:   "Name a scope of a fitting level.",
		Fires: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [
		{role: "global-administrator", scope: "contoso"},
		{role: "workspace-administrator", scope: "contoso"},
	]
}
`,
		Fixed: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [
		{role: "global-administrator", scope: "contoso"},
		{role: "workspace-administrator", scope: "contoso/emea"},
	]
}
`,
	},
	Entry:  wrongLevel,
	Faulty: true,
}

func wrongLevel(p *lint.Pass, e *lint.Subject) bool {
	if e.Fault != policy.WrongLevel {
		return false
	}
	levels := levelsOf(p.Policy, e.Entry)
	d := about(e, lint.Reportf(e.ScopePos, "%q stands at level %s, and scope %q is of level %s",
		what(e.Entry), strings.Join(levels, " or "), e.Scope.Path, p.Policy.Catalog.Levels[e.Scope.Level]))
	d.Help = "name a scope of level " + strings.Join(levels, " or ")
	p.Report(d)
	return true
}
