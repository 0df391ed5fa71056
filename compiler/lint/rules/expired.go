package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// Expired flags an entry whose last day is over.
var Expired = &lint.Rule{
	ID:       "expired",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What: "An entry whose last day is over.",
		Why:  "It gives nothing any more, and a reader may think it does.",
		Do:   "Remove it, or extend it if the access is still needed.",
		Fires: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
	grants: [{permission: "support-contact", scope: "contoso/apac", expires: "2026-01-31"}]
}
`,
		Fixed: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
}
`,
		Gaps: "Only assignments and grants have an end; users and memberships do not.",
	},
	Entry: expired,
}

func expired(p *lint.Pass, e *lint.Subject) bool {
	if e.Ends.End() >= p.Policy.AsOf {
		return false
	}
	d := about(e, lint.Reportf(e.EndsAt(), "%q on %q ended on %s", what(e.Entry), e.Scope.Path, e.Ends))
	d.Help = "remove the entry, or move its end if the access is still needed"
	p.Report(d)
	return true
}
