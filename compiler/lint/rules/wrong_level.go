package rules

import (
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// WrongLevel flags a role or grant on a scope of the wrong level.
var WrongLevel = &lint.Rule{
	ID:       "wrong-level",
	Severity: diag.Error,
	Doc: lint.Doc{
		What: "A role or grant on a scope of the wrong level.",
		Why:  "The product cannot do this: the access does not exist, or another scope was meant.",
		Do:   "Name a scope of a level that fits.",
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
	d := describeEntry(e, lint.Findingf(e.ScopePos, "%q can be given at level %s, but scope %q is at level %s",
		itemID(e.Entry), strings.Join(levels, " or "), e.Scope.Path, p.Policy.Catalog.Levels[e.Scope.Level]))
	d.Help = "name a scope at level " + strings.Join(levels, " or ")
	p.Report(d)
	return true
}
