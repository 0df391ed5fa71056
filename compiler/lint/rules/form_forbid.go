package rules

import (
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// checkForbidden reports each row that the selectors match and that still has an action.
func checkForbidden(p *lint.Pass, r *policy.Rule) {
	user := *r.Forbid
	user.Roles = nil // a row matches by the role it comes through
	if !user.MatchesUser(p.Access) {
		return
	}
	written := writer{pass: p, rule: r}
	for i := range p.Access.Rows {
		row := &p.Access.Rows[i]
		hit := row.Actions & r.Forbid.Selects(row.Permission)
		if hit == 0 || !r.Forbid.Covers(row.User, row.Scope, p.Access.On) {
			continue
		}
		if r.Forbid.Written != nil {
			written.check(row, hit)
			continue
		}
		if v := findThrough(row, hit, r.Forbid.Roles); v != nil {
			d := declaredFinding(r, v.Pos, "%s holds %q on %q%s", diag.Quote(row.User.ID), row.Permission.ID,
				row.Scope.Path, describeHit(row.Permission, hit))
			d.User, d.Permission, d.Scope = row.User.ID, row.Permission.ID, row.Scope.Path
			if v.Group != nil {
				d.Group = v.Group.ID
			}
			d.Extent = forbiddenExtent(row, hit, r.Forbid.Roles)
			p.Report(d)
		}
	}
}

// describeHit says which actions of a permission are forbidden, unless it has none that the catalog names.
func describeHit(p *policy.Permission, hit policy.Actions) string {
	if len(p.Actions) == 1 && p.Actions[0] == "use" {
		return ""
	}
	return ": " + policy.JoinNames(p.Names(hit), ", ")
}

// forbiddenExtent returns how far a forbidden row goes: which actions, through which of the roles that
// the rule names, and which actions on all records.
func forbiddenExtent(row *policy.Row, hit policy.Actions, roles []*policy.Role) (list []string) {
	for i, a := range row.Permission.Actions {
		one := policy.Actions(1) << i
		if hit&one == 0 {
			continue
		}
		if list = append(list, "action:"+a); row.RecordsOf(one) == policy.AllRecords {
			list = append(list, "all:"+a)
		}
	}
	for _, r := range roles {
		if slices.ContainsFunc(row.Via, func(v policy.Via) bool { return v.Through(row, r) }) {
			list = append(list, "role:"+r.ID)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// findThrough returns the first source through one of the roles, or through anything if no role is named. One that
// gives a forbidden action comes before those that only add to the row.
func findThrough(row *policy.Row, hit policy.Actions, roles []*policy.Role) (first *policy.Via) {
	for i := range row.Via {
		v := &row.Via[i]
		switch {
		case !throughAny(v, row, roles):
		case v.Actions&hit != 0:
			return v
		case first == nil:
			first = v
		}
	}
	return first
}
