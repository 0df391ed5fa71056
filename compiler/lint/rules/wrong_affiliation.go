package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// WrongAffiliation flags a role or permission that users of the holder's affiliation may not have.
var WrongAffiliation = &lint.Rule{
	ID:       "wrong-affiliation",
	Severity: diag.Error,
	Doc: lint.Doc{
		What: "A role or permission that users of the holder's affiliation may not have.",
		Why:  "A customer with a Microsoft role, for example, could administer other people's data.",
		Do:   "Assign a role meant for this kind of user.",
		Fires: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [
		{role: "workspace-administrator", scope: "contoso/emea"},
		{role: "incident-manager", scope: "contoso"},
	]
}
`,
		Fixed: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [
		{role: "workspace-administrator", scope: "contoso/emea"},
		{role: "global-administrator", scope: "contoso"},
	]
}
`,
		Gaps: "permc cannot tell whether a declared affiliation is true; restricting domains helps.",
	},
	PerMember: true,
	Entry:     wrongAffiliation,
	Faulty:    true,
}

func wrongAffiliation(p *lint.Pass, e *lint.Subject) bool {
	if e.User == nil || e.FaultFor(e.User) != policy.WrongAffiliation {
		return false
	}
	var allowed []string
	if e.Role != nil {
		allowed = e.Role.Affiliations
	} else {
		allowed = e.Permission.GrantTo
	}
	d := describeEntry(e, lint.Findingf(e.Pos, "%q is for %s users, but %s is a %s user",
		itemID(e.Entry), orNobody(allowed), diag.Quote(e.User.ID), e.User.Affiliation))
	d.Help = rolesFor(p.Policy.Catalog, e.User.Affiliation, e.Scope.Level)
	if e.Group != nil {
		d.Help = "remove them from group " + e.Group.ID + ", or remove " + itemID(e.Entry) + " from the group"
	}
	p.Report(d)
	return true
}
