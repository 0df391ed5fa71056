// Package who answers questions about a policy: who holds something, and
// what one user or role has beyond another. It looks at what flatten made of
// users, and decides nothing anew.
package who

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// RoleRow is a role that a user holds on a scope, with every source.
type RoleRow struct {
	User  *policy.User
	Role  *policy.Role
	Scope *policy.Scope
	Ends  policy.Date // when the last source ends; 0: never
	Via   []policy.Via
}

// Leading returns the sources that are worth writing out, and how many it leaves
// out, as that of a row of the table does.
func (r *RoleRow) Leading() ([]policy.Via, int) {
	return (&policy.Row{Via: r.Via}).Leading()
}

// roleRows are the roles that a user holds, in order of scope and role.
func roleRows(a *policy.Access, wanted func(*policy.Held) bool) (rows []RoleRow) {
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
		r.Via = append(r.Via, sourceOf(h))
	}
	slices.SortFunc(rows, func(x, y RoleRow) int {
		return cmp.Or(cmp.Compare(x.Scope.Index, y.Scope.Index), cmp.Compare(x.Role.Index, y.Role.Index))
	})
	for i := range rows {
		rows[i].Via = inOrder(rows[i].Via)
	}
	return rows
}

// sourceOf is how a role is held, said as the source of a row.
func sourceOf(h *policy.Held) policy.Via {
	v := policy.Via{Kind: policy.FromRole, Role: h.Role, From: h.From, Group: h.Group, Scope: h.Entry.Scope, Ends: h.Ends, Pos: h.Entry.Pos}
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

// inOrder are sources in the order in which rows have them, each once.
func inOrder(list []policy.Via) []policy.Via {
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
