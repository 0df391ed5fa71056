package rules

import (
	"cmp"
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
		What: "A grant of what a role of the same holder gives for the whole period anyway.",
		Why:  "When the role is removed, the grant stays behind unseen.",
		Do:   "Drop the grant, or waive it with the reason why it must outlive the role.",
		Fires: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
	grants: [{permission: "health", scope: "contoso/emea"}]
}
`,
		Fixed: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
}
`,
		Gaps: "Several roles that cover the grant only together are not added up, and what a role gives by implication is not looked at.",
	},
	Entry: redundantGrant,
	Only:  lint.Grants,
}

func redundantGrant(p *lint.Pass, e *lint.Subject) bool {
	if e.Permission == nil {
		return false
	}
	found := coverer(e)
	if found == nil {
		return false
	}
	d := about(e, lint.Reportf(e.Pos, "role %q on %q gives %q here already", found.Role.ID, found.Scope.Path, e.Permission.ID)).
		WithRelated(found.Pos, "the role here")
	d.Help = "drop the grant"
	p.Report(d)
	return true
}

// coverer is the first entry of a role that gives what the grant does.
func coverer(e *lint.Subject) *policy.Entry {
	found := covering(e, e.Entries)
	if e.User == nil {
		for _, outer := range e.Group.Outer {
			found = cmp.Or(found, covering(e, outer.Entries))
		}
		return found
	}
	for _, m := range e.User.Memberships {
		found = cmp.Or(found, covering(e, m.Group.Entries))
	}
	if e.User.Default != nil {
		found = cmp.Or(found, covering(e, []policy.Entry{*e.User.Default}))
	}
	return found
}

func covering(e *lint.Subject, list []policy.Entry) *policy.Entry {
	for i := range list {
		r := &list[i]
		if r.Role != nil && r.Starts <= e.Starts && r.Ends.End() >= e.Ends.End() && usable(e, r) && covers(r.Role, r.Scope, e.Entry) {
			return r
		}
	}
	return nil
}

// usable reports whether the role counts for everybody whom the grant is for.
func usable(e *lint.Subject, r *policy.Entry) bool {
	if e.User != nil {
		return r.FaultFor(e.User) == 0
	}
	return r.Fault == 0 && !slices.ContainsFunc(e.Group.Users, func(u *policy.User) bool { return r.FaultFor(u) != 0 })
}

// covers reports whether a role on a scope gives all that a grant does.
func covers(r *policy.Role, on *policy.Scope, e *policy.Entry) bool {
	if coversItself(r, on, e) {
		return true
	}
	if !includesGiver(r, e.Permission) {
		return false
	}
	return slices.ContainsFunc((policy.RoleOn{Role: r, Scope: on}).Closure(), func(held policy.RoleOn) bool {
		return coversItself(held.Role, held.Scope, e)
	})
}

// includesGiver reports whether a role includes one that gives a permission
// somewhere.
func includesGiver(r *policy.Role, p *policy.Permission) bool {
	for _, inc := range r.Includes {
		if includesGiver(inc.Role, p) || slices.ContainsFunc(inc.Role.Cells, func(c policy.Cell) bool { return c.Permission == p }) {
			return true
		}
	}
	return false
}

func coversItself(r *policy.Role, on *policy.Scope, e *policy.Entry) bool {
	for i := range r.Cells {
		c := &r.Cells[i]
		if c.Permission == e.Permission && !c.Own && e.Actions&^c.Actions == 0 && c.Reaches(on, e.Scope) {
			return true
		}
	}
	return false
}
