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
		What: "An expired entry or membership.",
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
		Gaps: "Only assignments, grants and memberships expire; users do not.",
	},
	Entry:  reportExpired,
	Member: expiredMember,
}

func expiredMember(p *lint.Pass, m *lint.Member) bool {
	if m.Terms == nil || m.Terms.Ends.End() >= p.Policy.AsOf {
		return false
	}
	d := describeMember(m, lint.Findingf(m.Terms.EndsAt, "membership of %s in group %q expired on %s", m.Name(),
		m.Group.ID, m.Terms.Ends))
	d.Help = "remove the membership, or extend `expires` if it is still needed"
	p.Report(d)
	return true
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
