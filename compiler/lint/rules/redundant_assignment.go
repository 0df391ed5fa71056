package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/lint/redundant"
	"permc.dev/permc/compiler/policy"
)

// RedundantAssignment flags an assignment without which everybody has the same access on every day.
var RedundantAssignment = &lint.Rule{
	ID:       "redundant-assignment",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What: "An assignment of a role that the holder has from elsewhere, for the whole period and as long: through " +
			"a " +
			"group, or as part of another role. Several of these may cover it together.",
		Why: "If only one of them is removed, the access stays.",
		Do:  "Remove the assignment, or waive the finding and say why it must outlive the other.",
		Fires: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
}
groups: "emea-admins": {
	members: ["ana@contoso.example"]
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
}
`,
		Fixed: hub + `users: "ana@contoso.example": affiliation: "customer"
groups: "emea-admins": {
	members: ["ana@contoso.example"]
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
}
`,
		Gaps: "A role that comes with another one only as far as the catalog can tell covers nothing. An assignment " +
			"of a " +
			"group is redundant only if none of its members needs it.",
	},
	Policy: redundantAssignment,
}

func redundantAssignment(p *lint.Pass) {
	for _, x := range p.Redundant().Entries {
		if x.Group != nil && p.NeverMembers().In(x.Group) {
			continue // it gives something once the dates are right
		}
		p.Report(describeRedundant(&x))
	}
}

func describeRedundant(x *redundant.Entry) diag.Finding {
	s := &lint.Subject{User: x.User, Group: x.Group, Index: x.Index}
	var from string
	if x.User != nil {
		s.Entries, from = x.User.Entries, diag.Quote(x.User.ID)+" has"
	} else {
		s.Entries, from = x.Group.Entries, "all members of group "+diag.Quote(x.Group.ID)+" have"
	}
	s.Entry = &s.Entries[x.Index]
	d := describeEntry(s, lint.Findingf(s.Pos, "%s role %q on %q from elsewhere, too", from, s.Role.ID, s.Scope.Path)).
		WithRelated(x.By.Pos, "%s", wordSource(x.By))
	d.Help = "remove the assignment"
	return d
}

// wordSource says what an entry gives.
func wordSource(e *policy.Entry) string {
	return "role " + diag.Quote(e.Role.ID) + " on " + diag.Quote(e.Scope.Path) + " assigned here"
}
