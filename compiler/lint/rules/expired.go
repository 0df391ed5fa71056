package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
)

// Expired flags an expired entry.
var Expired = &lint.Rule{
	ID:       "expired",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What: "An expired entry.",
		Why:  "It gives nothing any more, but still reads as if it did.",
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
		Gaps: "Only assignments and grants expire; users and memberships do not.",
	},
	Entry: reportExpired,
}

func reportExpired(p *lint.Pass, e *lint.Subject) bool {
	if e.Ends.End() >= p.Policy.AsOf {
		return false
	}
	d := describeEntry(e, lint.Findingf(e.EndsAt(), "%q on %q expired on %s", itemID(e.Entry), e.Scope.Path, e.Ends))
	d.Help = "remove the entry, or extend `expires` if the access is still needed"
	p.Report(d)
	return true
}
