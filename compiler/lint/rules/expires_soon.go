package rules

import (
	"fmt"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// ExpiresSoon flags an entry that ends within the horizon, thirty days unless the settings say otherwise.
var ExpiresSoon = &lint.Rule{
	ID:       "expires-soon",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What: "An entry that ends within the horizon, thirty days unless the settings say otherwise.",
		Why:  "Access that ends unnoticed stops somebody's work; access that is extended unnoticed is never reviewed.",
		Do:   "Decide now whether it is still needed.",
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
		Gaps:     "An end that is moved on and on, a month at a time, is not noticed.",
		Settings: `How far ahead it looks: settings: horizon: "60d" (30 days if left out).`,
	},
	Entry: expiresSoon,
}

func expiresSoon(p *lint.Pass, e *lint.Subject) bool {
	if e.Ends == 0 || e.Ends > p.Policy.AsOf+policy.Date(p.Policy.HorizonDays) {
		return false
	}
	d := about(e, lint.Reportf(e.EndsAt(), "%q on %q ends on %s, %s", what(e.Entry), e.Scope.Path, e.Ends, inDays(int(e.Ends-p.Policy.AsOf))))
	d.Help = "decide whether it is still needed, and move its end or let it go"
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
