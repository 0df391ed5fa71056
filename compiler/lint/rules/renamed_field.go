package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// RenamedField flags a field that is declared under an old name.
var RenamedField = &lint.Rule{
	ID:       "renamed-field",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What: "A field under its old name.",
		Why:  "The old name is still read, but a later version will reject it.",
		Do:   "Rename it: `permc fix` does.",
		Fires: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
}
review: failOnGain: true
`,
		Fixed: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
}
gates: failOnGain: true
`,
		Gaps: "Only whole fields are looked at, not values.",
	},
	Policy: checkFieldNames,
}

// checkFieldNames looks at the one field that has had another name.
func checkFieldNames(p *lint.Pass) {
	g := p.Policy.Gates
	if g == nil || !g.OldName.IsValid() {
		return
	}
	d := lint.Findingf(g.OldName, "%q is now called %q", "review", "gates").WithHelp("rename it to %q", "gates")
	d.Wrong, d.Right = "review", "gates"
	p.Report(d)
}
