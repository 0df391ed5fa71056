package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// TwoSpellings flags a user whose id is written in two ways.
var TwoSpellings = &lint.Rule{
	ID:       "two-spellings",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What: "A user declared under several spellings of one id, such as `Ana@contoso.example` and " +
			"`ana@contoso.example`.",
		Why: "Case does not distinguish users, so permc takes them for one user. A search for one spelling misses " +
			"what " +
			"the other one has.",
		Do: "Use one spelling: `permc fix` does.",
		Fires: hub + `users: {
	"ana@contoso.example": {
		affiliation: "customer"
		roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
	}
	"Ana@contoso.example": roles: [{role: "workspace-administrator", scope: "contoso/apac"}]
}
`,
		Fixed: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [
		{role: "workspace-administrator", scope: "contoso/emea"},
		{role: "workspace-administrator", scope: "contoso/apac"},
	]
}
`,
		Settings: "A catalog with `userIds: \"exact\"` takes them for different users.",
		Gaps:     "References, such as members of groups, may be in any spelling.",
	},
	Policy: func(p *lint.Pass) {
		for _, s := range p.Policy.Spelled {
			right := s.Right.Name
			d := lint.Findingf(s.Pos, "user %s is spelled %s elsewhere", diag.Quote(s.Name), diag.Quote(right)).
				WithHelp("write %s here, too", diag.Quote(right)).WithRelated(s.Right.Pos, "%s here", diag.Quote(right))
			d.User, d.Wrong, d.Right = right, s.Name, right
			p.Report(d)
		}
	},
}
