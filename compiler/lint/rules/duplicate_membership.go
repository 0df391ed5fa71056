package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// DuplicateMembership flags a membership that is declared twice for the same period.
var DuplicateMembership = &lint.Rule{
	ID:       "duplicate-membership",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What: "A membership that is declared twice, at the group or at the user, for the same period.",
		Why:  "If only one of the two is removed, the user stays in the group.",
		Do:   "Remove one of them.",
		Fires: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	groups: ["support"]
}
groups: support: {
	members: ["ana@contoso.example"]
	grants: [{permission: "support-contact", scope: "contoso/emea"}]
}
`,
		Fixed: hub + `users: "ana@contoso.example": affiliation: "customer"
groups: support: {
	members: ["ana@contoso.example"]
	grants: [{permission: "support-contact", scope: "contoso/emea"}]
}
`,
		Gaps: "Memberships with different periods are not compared. Nor is a membership compared with one through an " +
			"inner group.",
	},
	Member: duplicateMembership,
}

func duplicateMembership(p *lint.Pass, m *lint.Member) bool {
	if !m.First.IsValid() {
		return false
	}
	d := describeMember(m, lint.Findingf(m.Pos, "%s is in group %q twice", m.Name(), m.Group.ID)).
		WithRelated(m.First, "first here")
	d.Help = "remove one of them"
	p.Report(d)
	return true
}
