package rules

import (
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// RedundantGrant flags a grant of what a role of the same holder gives for the whole period anyway.
var RedundantGrant = &lint.Rule{
	ID:       "redundant-grant",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What:    "A grant of what a role of the same holder gives for the whole period anyway.",
		Why:     "When the role is removed, the grant stays behind unseen.",
		Do:      "Drop the grant, or waive it with the reason why it must outlive the role.",
		Example: `users: "ana@contoso.example": {affiliation: "customer", roles: [{role: "workspace-administrator", scope: "contoso/emea"}], grants: [{permission: "health", scope: "contoso/emea"}]}`,
		Gaps:    "Several roles that cover the grant only together are not added up.",
	},
	Entry: redundantGrant,
}

func redundantGrant(p *lint.Pass, e *lint.Subject) bool {
	if e.Permission == nil {
		return false
	}
	var found *policy.Entry
	look := func(list []policy.Entry) {
		for i := range list {
			if r := &list[i]; found == nil && r.Role != nil && usable(e, r) && r.Starts <= e.Starts && r.Ends.End() >= e.Ends.End() &&
				covers(r.Role, r.Scope, e.Entry) {
				found = r
			}
		}
	}
	look(e.Entries)
	if e.User != nil {
		for _, m := range e.User.Memberships {
			look(m.Group.Entries)
		}
		if e.User.Default != nil {
			look([]policy.Entry{*e.User.Default})
		}
	} else {
		for _, outer := range e.Group.Outer {
			look(outer.Entries)
		}
	}
	if found == nil {
		return false
	}
	d := about(e, lint.Reportf(e.Pos, "role %q on %q gives %q here already", found.Role.ID, found.Scope.Path, e.Permission.ID)).
		WithRelated(found.Pos, "the role here")
	d.Help = "drop the grant"
	p.Report(d)
	return true
}

// usable reports whether the role counts for everybody whom the grant is for.
func usable(e *lint.Subject, r *policy.Entry) bool {
	if e.User != nil {
		return r.FaultFor(e.User) == ""
	}
	return r.Fault == "" && !slices.ContainsFunc(e.Group.Users, func(u *policy.User) bool { return r.FaultFor(u) != "" })
}

// covers reports whether a role on a scope gives all that a grant does.
func covers(r *policy.Role, on *policy.Scope, e *policy.Entry) bool {
	for _, held := range (policy.RoleOn{Role: r, Scope: on}).Closure() {
		for i := range held.Role.Cells {
			c := &held.Role.Cells[i]
			if c.Permission == e.Permission && !c.Own && e.Actions&^c.Actions == 0 && c.Reaches(held.Scope, e.Scope) {
				return true
			}
		}
	}
	return false
}
