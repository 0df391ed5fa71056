package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// EmptyGroup flags a group that nobody is in, however deep.
var EmptyGroup = &lint.Rule{
	ID:       "empty-group",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What: "A group that nobody is in, however deep.",
		Why:  "Its roles look like access that somebody has.",
		Do:   "Remove it, or name its members.",
		Fires: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
}
groups: "apac-support": {
	members: []
	grants: [{permission: "support-contact", scope: "contoso/apac"}]
}
`,
		Fixed: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
}
groups: "apac-support": {
	members: ["ana@contoso.example"]
	grants: [{permission: "support-contact", scope: "contoso/apac"}]
}
`,
		Gaps: "A group of people who are invited and have not answered counts as one with members.",
	},
	Policy: emptyGroup,
}

func emptyGroup(p *lint.Pass) {
	for _, g := range p.Policy.Groups {
		if len(g.Users) == 0 {
			d := lint.Reportf(g.Pos, "nobody is in group %q", g.ID)
			d.Group, d.Help = g.ID, "remove it, or name its members"
			p.Report(d)
		}
	}
}
