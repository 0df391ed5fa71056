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
	if hasRejected(u, p.Policy.AsOf) || p.NeverMembers().Has(u) {
		return // its own finding says why
	}
	d := lint.Findingf(u.Pos, "%s has no access", diag.Quote(u.ID))
	d.User, d.Help = u.ID, "remove the user, or give the access that was meant"
	p.Report(d)
}

// hasRejected reports whether an entry of the user, or of one of the user's groups, is rejected.
func hasRejected(u *policy.User, today policy.Date) bool {
	rejected := func(e policy.Entry) bool { return e.FaultFor(u) != 0 }
	return slices.ContainsFunc(u.Entries, rejected) || slices.ContainsFunc(u.Memberships,
		func(m policy.Membership) bool {
			return !m.Periods.Over(today) && slices.ContainsFunc(m.Group.Entries, rejected)
		})
}
