package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// WrongGroupKind flags a role or grant of a group of a kind that cannot have it.
var WrongGroupKind = &lint.Rule{
	ID:       "wrong-group-kind",
	Severity: diag.Error,
	Doc: lint.Doc{
		What: "A role or grant of a group of a kind that cannot have it.",
		Why:  "The product cannot do this: the access does not exist, or the kind is wrong.",
		Do:   "Remove the entry, or correct the group's `kind`.",
		Fires: team + `	kind: "access"
	roles: [{role: "knowledge-manager", scope: "prod"}]
}
`,
		Fixed: team + `	kind: "owner"
	roles: [{role: "knowledge-manager", scope: "prod"}]
}
`,
		Gaps: "A group without `kind` can have anything.",
	},
	Entry:  wrongGroupKind,
	Faulty: true,
}

// team is the beginning of an example with a team.
const team = `product: "dynamics-365-customer-service"
scopes: prod: {}
users: "ana@contoso.example": roles: [{role: "basic-user", scope: "prod"}]
groups: authors: {
	members: ["ana@contoso.example"]
`

func wrongGroupKind(p *lint.Pass, e *lint.Subject) bool {
	if e.Fault != policy.WrongGroupKind {
		return false
	}
	cannot := "hold no roles"
	if e.Permission != nil {
		cannot = "cannot be granted permissions"
	}
	d := describeEntry(e, lint.Findingf(e.Pos, "groups of kind %q %s, so %q gives nothing", e.Group.Kind.ID, cannot,
		itemID(e.Entry)))
	d.Help = "remove it, or change the kind of group " + diag.Quote(e.Group.ID)
	p.Report(d)
	return true
}
