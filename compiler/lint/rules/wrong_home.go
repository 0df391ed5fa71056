package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// WrongHome flags a role that is not assigned where its holder is at home.
var WrongHome = &lint.Rule{
	ID:       "wrong-home",
	Severity: diag.Error,
	Doc: lint.Doc{
		What: "A role on another scope than the one its user or group is at home on.",
		Why:  "The product cannot do this: the access does not exist, or another scope was meant.",
		Do:   "Assign the role at home, or correct `home`.",
		Fires: homes +
			`	roles: [
		{role: "basic-user", scope: "prod/service"},
		{role: "customer-service-representative", scope: "prod"},
	]
}
`,
		Fixed: homes +
			`	roles: [
		{role: "basic-user", scope: "prod/service"},
		{role: "customer-service-representative", scope: "prod/service"},
	]
}
`,
		Gaps: "Users and groups without `home` may be assigned roles anywhere.",
	},
	Entry:  wrongHome,
	Faulty: true,
}

// homes is the beginning of an example with a user who is at home in a business unit.
const homes = `product: "dynamics-365-customer-service"
scopes: prod: scopes: service: {}
users: "ana@contoso.example": {
	home: "prod/service"
`

func wrongHome(p *lint.Pass, e *lint.Subject) bool {
	if e.Fault != policy.WrongHome {
		return false
	}
	whose, home := "its group", (*policy.Scope)(nil)
	switch {
	case e.Group != nil:
		home = e.Group.Home
	case e.User != nil:
		whose, home = "its user", e.User.Home
	}
	d := describeEntry(e, lint.Findingf(e.ScopePos, "role %q is on %q, but %s is at home on %q", e.Role.ID,
		e.Scope.Path, whose, home.Path))
	if !e.ScopePos.IsValid() {
		d.Pos = e.Pos
	}
	d.Help = "assign it on " + diag.Quote(home.Path) + ", or change home"
	if h := p.Policy.Catalog.Home; e.Group == nil && len(h.Elsewhere) > 0 {
		d.Help += "; on scopes with " + (&policy.Requirement{ScopeAttributes: h.Elsewhere}).String() +
			" users may hold roles wherever they are at home"
	}
	p.Report(d)
	return true
}
