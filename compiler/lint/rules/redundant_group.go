package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// RedundantGroup flags a group without which everybody has the same access on every day.
var RedundantGroup = &lint.Rule{
	ID:       "redundant-group",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What: "A group whose members all have what it gives from elsewhere.",
		Why:  "If somebody leaves the group, the access stays.",
		Do:   "Remove the group, or what gives its members the same.",
		Fires: hub + `users: "ana@contoso.example": affiliation: "customer"
groups: {
	night: {
		members: ["ana@contoso.example"]
		grants: [{permission: "support-contact", scope: "contoso/emea"}]
	}
	support: {
		members: ["ana@contoso.example"]
		grants: [
			{permission: "support-contact", scope: "contoso/emea"},
			{permission: "support-contact", scope: "contoso/apac"},
		]
	}
}
`,
		Fixed: hub + `users: "ana@contoso.example": affiliation: "customer"
groups: support: {
	members: ["ana@contoso.example"]
	grants: [
		{permission: "support-contact", scope: "contoso/emea"},
		{permission: "support-contact", scope: "contoso/apac"},
	]
}
`,
		Gaps: "A group that a rule, an expectation or a gate names, or that owns another group, is never redundant. " +
			"Access that one permission implies or that is derived covers nothing.",
	},
	Policy: redundantGroup,
}

func redundantGroup(p *lint.Pass) {
	for _, g := range p.Redundant().Groups {
		if p.NeverMembers().In(g) {
			continue // it gives something once the dates are right
		}
		d := lint.Findingf(g.Pos, "group %q gives its members nothing that they lack without it", g.ID)
		d.Group, d.Help = g.ID, "remove the group, or what gives its members the same"
		p.Report(d)
	}
}
