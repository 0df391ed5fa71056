package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// InvalidPeriod flags an entry that starts after it ends.
var InvalidPeriod = &lint.Rule{
	ID:       "invalid-period",
	Severity: diag.Error,
	Doc: lint.Doc{
		What: "An entry or a membership that starts after it ends.",
		Why:  "It is never in force, and one of the two dates is wrong.",
		Do:   "Correct one of the dates.",
		Fires: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	grants: [{permission: "health", scope: "contoso/emea"}]
	roles: [{role: "workspace-administrator", scope: "contoso/apac", starts: "2027-01-01", expires: "2026-12-31"}]
}
`,
		Fixed: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	grants: [{permission: "health", scope: "contoso/emea"}]
	roles: [{role: "workspace-administrator", scope: "contoso/apac", starts: "2027-01-01", expires: "2027-12-31"}]
}
`,
	},
	Entry:  invalidPeriod,
	Faulty: true,
	Member: neverMember,
}

func neverMember(p *lint.Pass, m *lint.Member) bool {
	if _, ok := m.Terms.Period(); ok {
		return false
	}
	d := describeMember(m,
		lint.Findingf(m.Terms.StartsAt, "membership of %s in group %q starts on %s, after it expires on %s",
			m.Name(), m.Group.ID, m.Terms.Starts, m.Terms.Ends)).
		WithRelated(m.Terms.EndsAt, "expires here")
	d.Help = "correct one of the dates"
	p.Report(d)
	return true
}

func invalidPeriod(p *lint.Pass, e *lint.Subject) bool {
	if e.Fault != policy.InvalidPeriod {
		return false
	}
	d := describeEntry(e, lint.Findingf(e.StartsAt(), "starts on %s, after it expires on %s", e.Starts, e.Ends)).
		WithRelated(e.EndsAt(), "expires here")
	d.Help = "correct one of the dates"
	p.Report(d)
	return true
}
