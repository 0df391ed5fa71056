package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy/lookalike"
)

// ConfusableUser flags a user whose id looks like another user's.
var ConfusableUser = &lint.Rule{
	ID:       "confusable-user",
	Severity: diag.Error,
	Doc: lint.Doc{
		What: "A user whose id looks like another user's.",
		Why:  "A reviewer mistakes one account for the other, for example one spelled with a Cyrillic letter.",
		Do:   "Check who owns each account, and remove the wrong one.",
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
		Gaps: "Plain ASCII look-alikes, such as user1 and userl, are not found. Nor are domains that look alike " +
			"only in their xn-- form.",
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

// Confusable returns the finding about a user whose id looks like another's.
func Confusable(pair lookalike.Pair) diag.Finding {
	odd := lookalike.Odd(pair.User.ID)
	if odd == "" {
		odd = lookalike.Odd(pair.Like.ID)
	}
	d := lint.Findingf(pair.User.Pos, "user %s looks like %s but is a different user (%s)", diag.Quote(pair.User.ID),
		diag.Quote(pair.Like.ID), odd)
	d.User, d.Help = pair.User.ID, "if they are one person, spell the id as the directory does; if not, remove the "+
		"wrong account"
	return d.WithRelated(pair.Like.Pos, "%s here", diag.Quote(pair.Like.ID))
}
