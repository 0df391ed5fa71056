package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// WrongAffiliation flags a role or permission held by a kind of user that may not have it.
var WrongAffiliation = &lint.Rule{
	ID:       "wrong-affiliation",
	Severity: diag.Error,
	Doc: lint.Doc{
		What: "A role or permission held by a kind of user that may not have it.",
		Why:  "A customer with a Microsoft role, say, could administer other people's data.",
		Do:   "Assign a role that is meant for this kind of user.",
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
		Gaps: "Whether somebody is of the kind that the declaration says cannot be told; domains help.",
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
	d := about(e, lint.Reportf(e.Pos, "%q is for %s users, and %s is a %s user",
		what(e.Entry), orNobody(allowed), diag.Quote(e.User.ID), e.User.Affiliation))
	d.Help = rolesFor(p.Policy.Catalog, e.User.Affiliation, e.Scope.Level)
	if e.Group != nil {
		d.Help = "take them out of group " + e.Group.ID + ", or " + what(e.Entry) + " out of the group"
	}
	p.Report(d)
	return true
}
