package rules

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// RedundantGrant flags a grant that a role of the same holder already gives for the whole period.
var RedundantGrant = &lint.Rule{
	ID:       "redundant-grant",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What: "A grant that a role of the same holder already gives for the whole period.",
		Why:  "When the role is removed, the grant stays behind unnoticed.",
		Do:   "Remove the grant, or waive the finding and say why the grant must outlive the role.",
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
		Gaps: "Roles that cover the grant only in combination are not added up, and access that a role gives by " +
			"implication is not considered.",
	},
	Entry: redundantGrant,
}

func redundantGrant(p *lint.Pass, e *lint.Subject) bool {
	if e.Permission == nil {
		return false
	}
	found := findCovering(p, e)
	if found == nil {
		return false
	}
	d := describeEntry(e, lint.Findingf(e.Pos, "role %q on %q already gives %q here", found.Role.ID, found.Scope.Path,
		e.Permission.ID)).
		WithRelated(found.Pos, "role assigned here")
	d.Help = "remove the grant"
	p.Report(d)
	return true
}

// findCovering returns the first role entry that gives what the grant gives.
func findCovering(p *lint.Pass, e *lint.Subject) *policy.Entry {
	found := firstCovering(p, e, e.Entries, nil)
	if e.User == nil {
		if !p.RolesAround(e.Group) {
			return found
		}
		for _, outer := range e.Group.Outer() {
			found = cmp.Or(found, firstCovering(p, e, outer.Group.Entries, outer.Periods))
		}
		return found
	}
	for _, m := range e.User.Memberships {
		found = cmp.Or(found, firstCovering(p, e, m.Group.Entries, m.Periods))
	}
	if r := e.User.Default; r != nil && covers(e, r) {
		found = cmp.Or(found, r)
	}
	return found
}

// firstCovering returns the first of some role entries, which count in some periods, that gives what the grant gives.
func firstCovering(p *lint.Pass, e *lint.Subject, list []policy.Entry, periods *policy.Periods) *policy.Entry {
	whole := policy.Period{Starts: e.Starts, Ends: e.Ends}
	if periods != nil && !slices.ContainsFunc(*periods, whole.Within) {
		return nil
	}
	if len(list) > lint.Few {
		for _, i := range p.Listing(list).Above(e.Scope) {
			if covers(e, &list[i]) {
				return &list[i]
			}
		}
		return nil
	}
	for i := range list {
		if covers(e, &list[i]) {
			return &list[i]
		}
	}
	return nil
}

// covers reports whether an entry is a role that gives what the grant gives.
func covers(e *lint.Subject, r *policy.Entry) bool {
	return r.Role != nil && r.Starts <= e.Starts && r.Ends.End() >= e.Ends.End() && countsForAll(e, r) &&
		roleCovers(r.Role, r.Scope, e.Entry)
}

// countsForAll reports whether the role counts for everybody whom the grant is for.
func countsForAll(e *lint.Subject, r *policy.Entry) bool {
	if e.User != nil {
		return r.FaultFor(e.User) == 0
	}
	return r.Fault == 0 && !slices.ContainsFunc(e.Group.Users, func(u *policy.User) bool { return r.FaultFor(u) != 0 })
}

// roleCovers reports whether a role on a scope gives everything that a grant gives.
func roleCovers(r *policy.Role, on *policy.Scope, e *policy.Entry) bool {
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

// includesGiver reports whether a role includes another one that gives a permission, on any scope.
func includesGiver(r *policy.Role, p *policy.Permission) bool {
	for _, inc := range r.Includes {
		if includesGiver(inc.Role, p) || slices.ContainsFunc(inc.Role.Cells, func(c policy.Cell) bool {
			return c.Permission == p
		}) {
			return true
		}
	}
	return false
}

func coversItself(r *policy.Role, on *policy.Scope, e *policy.Entry) bool {
	var given policy.Actions
	for i := range r.Cells {
		c := &r.Cells[i]
		if c.Permission == e.Permission && !c.Own && c.When == nil && c.Reaches(on, e.Scope) {
			given |= c.Actions
		}
	}
	return given != 0 && e.Actions&^given == 0
}
