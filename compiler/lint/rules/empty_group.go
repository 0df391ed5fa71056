package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// EmptyGroup flags a group with no members, direct or nested.
var EmptyGroup = &lint.Rule{
	ID:       "empty-group",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What: "A group with no members, direct or nested.",
		Why:  "Its roles look like access that somebody has.",
		Do:   "Remove the group, or add members.",
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
		Gaps: "A group whose members are all invited but not active yet counts as having members. A built-in group, " +
			"such as " +
			"everyone:guest, may be empty.",
	},
	Policy: emptyGroup,
}

func emptyGroup(p *lint.Pass) {
	for _, g := range p.Policy.Groups {
		if len(g.Users) == 0 && !g.IsBuiltIn() && !p.NeverMembers().In(g) {
			d := lint.Findingf(g.Pos, "group %q has no members", g.ID)
			d.Group, d.Help = g.ID, "remove the group, or add members"
			p.Report(d)
		}
	}
}
