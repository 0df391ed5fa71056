package rules

import (
	"fmt"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// ExpiresSoon flags an entry that expires within the horizon, 30 days by default.
var ExpiresSoon = &lint.Rule{
	ID:       "expires-soon",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What: "An entry or a membership that expires soon.",
		Why: "Access that lapses unnoticed stops somebody's work; access that is extended unnoticed is never " +
			"reviewed.",
		Do: "Decide now: extend it, or let it lapse.",
		Fires: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea", expires: "2026-06-30"}]
}
`,
		Fixed: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea", expires: "2026-12-31"}]
}
`,
		Gaps:     "An expiry that is extended again and again, a month at a time, is not noticed.",
		Settings: `The horizon: settings: horizon: "60d" (30 days by default).`,
	},
	Entry:  expiresSoon,
	Member: leavesSoon,
}

func leavesSoon(p *lint.Pass, m *lint.Member) bool {
	if m.Terms == nil || m.Terms.Ends == 0 || m.Terms.Ends > p.Policy.AsOf+policy.Date(p.Policy.HorizonDays) {
		return false
	}
	d := describeMember(m, lint.Findingf(m.Terms.EndsAt, "membership of %s in group %q expires on %s, %s", m.Name(),
		m.Group.ID, m.Terms.Ends,
		inDays(int(m.Terms.Ends-p.Policy.AsOf))))
	d.Help = "extend `expires`, or let it lapse"
	p.Report(d)
	return true
}

func expiresSoon(p *lint.Pass, e *lint.Subject) bool {
	if e.Ends == 0 || e.Ends > p.Policy.AsOf+policy.Date(p.Policy.HorizonDays) {
		return false
	}
	d := describeEntry(e, lint.Findingf(e.EndsAt(), "%q on %q expires on %s, %s", itemID(e.Entry), e.Scope.Path, e.Ends,
		inDays(int(e.Ends-p.Policy.AsOf))))
	d.Help = "extend `expires`, or let it lapse"
	p.Report(d)
	return true
}

func inDays(n int) string {
	switch n {
	case 0:
		return "today"
	case 1:
		return "tomorrow"
	}
	return fmt.Sprintf("in %d days", n)
}
