package rules

import (
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// UserWithoutAccess flags a user with no access.
var UserWithoutAccess = &lint.Rule{
	ID:       "user-without-access",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What: "A user with no access.",
		Why:  "It is a forgotten account, or an entry that does not do what was meant.",
		Do:   "Remove the user, or give the access that was meant.",
		Fires: hub + `users: "ana@contoso.example": affiliation: "customer"
`,
		Fixed: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
}
`,
		Gaps: "Invited and disabled users are not checked.",
	},
	User: userWithoutAccess,
}

func userWithoutAccess(p *lint.Pass) {
	u := p.Access.User
	if u.Waits() {
		return
	}
	for i := range p.Access.Rows {
		if p.Access.Rows[i].Held() {
			return
		}
	}
	later := func(list []policy.Entry, periods *policy.Periods) bool {
		return slices.ContainsFunc(list, func(e policy.Entry) bool {
			return e.StartsAfter(p.Policy.AsOf, periods) && e.FaultFor(u) == 0
		})
	}
	if later(u.Entries, nil) || slices.ContainsFunc(u.Memberships, func(m policy.Membership) bool {
		return later(m.Group.Entries, m.Periods)
	}) {
		return
	}
	d := lint.Findingf(u.Pos, "%s has no access", diag.Quote(u.ID))
	d.User, d.Help = u.ID, "remove the user, or give the access that was meant"
	if slices.ContainsFunc(u.Entries, func(e policy.Entry) bool { return e.FaultFor(u) != 0 }) {
		d.Help = "fix the rejected entry"
	}
	p.Report(d)
}
