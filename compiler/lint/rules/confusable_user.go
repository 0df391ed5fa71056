package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy/lookalike"
)

// ConfusableUser flags an id that looks like that of another user.
var ConfusableUser = &lint.Rule{
	ID:       "confusable-user",
	Severity: diag.Error,
	Doc: lint.Doc{
		What: "A user whose id looks like that of another user.",
		Why:  "Whoever reads the table or a change takes one account for the other, such as an id with a Cyrillic letter for the one without.",
		Do:   "Check whose account it is, and remove the one that nobody should have.",
		Fires: hub + `users: {
	"bo@contoso.example": {
		affiliation: "customer"
		roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
	}
	"b\u043E@contoso.example": {
		affiliation: "customer"
		roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
	}
}
`,
		Fixed: hub + `users: {
	"bo@contoso.example": {
		affiliation: "customer"
		roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
	}
}
`,
		Gaps: "Two ids of plain ASCII, such as user1 and userl, are not found, nor are domains that look alike only as xn--.",
	},
	Policy: confusableUsers,
}

func confusableUsers(p *lint.Pass) {
	if !p.Policy.ForeignIDs {
		return
	}
	for _, pair := range lookalike.Find(p.Policy.Users) {
		p.Report(Confusable(pair))
	}
}

// Confusable returns the finding about a user who looks like another.
func Confusable(pair lookalike.Pair) diag.Diagnostic {
	odd := lookalike.Odd(pair.User.ID)
	if odd == "" {
		odd = lookalike.Odd(pair.Like.ID)
	}
	d := lint.Reportf(pair.User.Pos, "user %s looks like %s, and is another user (%s)", diag.Quote(pair.User.ID), diag.Quote(pair.Like.ID), odd)
	d.User, d.Help = pair.User.ID, "if they are one person, spell the id as the directory does; if not, remove the one that nobody should have"
	return d.WithRelated(pair.Like.Pos, "%s here", diag.Quote(pair.Like.ID))
}
