// Package who answers questions about a policy: who holds a role or permission, and what one user or role has beyond
// another. It reads what flatten made of the users and decides nothing by itself.
package who

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// RoleRow is a role held on a scope, with every source.
type RoleRow struct {
	User  *policy.User
	Role  *policy.Role
	Scope *policy.Scope
	Ends  policy.Date // when the last source expires; 0: never
	Via   []policy.Via
}

// Leading returns the sources worth printing, and the number of the others, like policy.Row.Leading.
func (r *RoleRow) Leading() ([]policy.Via, int) {
	return (&policy.Row{Via: r.Via}).Leading()
}

// collectRoleRows returns the roles that a user holds, in order of scope and role.
func collectRoleRows(a *policy.Access, wanted func(*policy.Held) bool) (rows []RoleRow) {
	at := map[policy.RoleOn]int{}
	for i := range a.Roles {
		h := &a.Roles[i]
		if !wanted(h) {
			continue
		}
		on := policy.RoleOn{Role: h.Role, Scope: h.Scope}
		n, seen := at[on]
		if !seen {
			n = len(rows)
			at[on] = n
			rows = append(rows, RoleRow{User: a.User, Role: h.Role, Scope: h.Scope, Ends: h.Ends})
		}
		r := &rows[n]
		r.Ends = policy.Later(r.Ends, h.Ends)
		r.Via = append(r.Via, describeSource(h))
	}
	slices.SortFunc(rows, func(x, y RoleRow) int {
		return cmp.Or(cmp.Compare(x.Scope.Index, y.Scope.Index), cmp.Compare(x.Role.Index, y.Role.Index))
	})
	for i := range rows {
		rows[i].Via = sortSources(rows[i].Via)
	}
	return rows
}

// describeSource returns the way a role is held as the source of a row.
func describeSource(h *policy.Held) policy.Via {
	v := policy.Via{
		Kind:  policy.FromRole,
		Role:  h.Role,
		From:  h.From,
		Group: h.Group,
		Scope: h.Entry.Scope,
		Ends:  h.Ends,
		Pos:   h.Entry.Pos,
	}
	switch {
	case h.From != nil:
		v.Kind = policy.FromIncludedRole
	case h.Entry.ByDefault:
		v.Kind = policy.FromDefaultRole
	case h.Group != nil:
		v.Kind = policy.FromGroupRole
	}
	return v
}

// sortSources sorts sources as rows do, and drops duplicates.
func sortSources(list []policy.Via) []policy.Via {
	slices.SortStableFunc(list, func(x, y policy.Via) int {
		switch {
		case x.Kind != y.Kind:
			return cmp.Compare(x.Kind, y.Kind)
		case x.Pos.Before(y.Pos):
			return -1
		case y.Pos.Before(x.Pos):
			return 1
		}
		return 0
	})
	return slices.Compact(list)
}
