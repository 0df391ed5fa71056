package flatten

import "permc.dev/permc/compiler/policy"

// Most users lack the role or permission that a requirement needs, or have the permission on few of the scopes in their
// trees. Trying no other scopes takes a third off the time of deriving.

// narrower knows on which scopes a user has rows of the permissions that requirements need.
type narrower struct {
	needed      []bool                 // permissions, by index
	onScope     [][]*policy.Permission // by derived permission: one of these is needed on the scope itself; nil: not known
	first, last []int32                // rows of a needed permission, by its index; -1: none
	rows        []placed
}

// placed is the scope of a row, with the next row of the same permission, or -1.
type placed struct {
	scope *policy.Scope
	next  int32
}

func newNarrower(c *policy.Catalog) narrower {
	n := len(c.Permissions)
	x := narrower{needed: make([]bool, n), onScope: make([][]*policy.Permission, n), first: make([]int32, n),
		last: make([]int32, n)}
	for _, p := range c.Derived {
		eachNeed(p.When, func(q *policy.Permission) { x.needed[q.Index] = true })
		x.onScope[p.Index], _ = neededOnScope(nil, p.When)
	}
	return x
}

// neededOnScope appends permissions such that a requirement is met only if the scope itself has one of them. It returns
// false if there are none.
func neededOnScope(list []*policy.Permission, r *policy.Requirement) ([]*policy.Permission, bool) {
	if r.Permission != nil && r.At == policy.Same {
		return append(list, r.Permission), true
	}
	for _, x := range r.AllOf {
		if more, ok := neededOnScope(list, x); ok {
			return more, true
		}
	}
	more := list
	for _, x := range r.AnyOf {
		var ok bool
		if more, ok = neededOnScope(more, x); !ok {
			return list, false
		}
	}
	return more, len(r.AnyOf) > 0
}

// load takes over the rows of a user.
func (x *narrower) load(rows []policy.Row) {
	for i := range x.first {
		x.first[i] = -1
	}
	x.rows = x.rows[:0]
	for i := range rows {
		x.add(&rows[i])
	}
}

// add adds a row.
func (x *narrower) add(r *policy.Row) {
	p := r.Permission.Index
	if !x.needed[p] {
		return
	}
	at := int32(len(x.rows))
	x.rows = append(x.rows, placed{r.Scope, -1})
	if x.first[p] < 0 {
		x.first[p] = at
	} else {
		x.rows[x.last[p]].next = at
	}
	x.last[p] = at
}

// mayMeet reports whether a user has any of the roles and rows that a requirement needs.
func (x *narrower) mayMeet(r *policy.Requirement, roles []policy.Held) bool {
	if r.Permission != nil && x.first[r.Permission.Index] < 0 || r.Role != nil && !hasRole(roles, r.Role) {
		return false
	}
	for _, y := range r.AllOf {
		if !x.mayMeet(y, roles) {
			return false
		}
	}
	for _, y := range r.AnyOf {
		if x.mayMeet(y, roles) {
			return true
		}
	}
	return len(r.AnyOf) == 0
}

func hasRole(roles []policy.Held, r *policy.Role) bool {
	for i := range roles {
		if roles[i].Role == r {
			return true
		}
	}
	return false
}

// scopes appends the scopes at the permission's levels in some trees on which one of several permissions has a row.
func (x *narrower) scopes(list []*policy.Scope, p *policy.Permission, in trees) []*policy.Scope {
	for _, q := range x.onScope[p.Index] {
		for i := x.first[q.Index]; i >= 0; i = x.rows[i].next {
			if s := x.rows[i].scope; p.Levels.Has(s.Level) && in.has(s) {
				list = append(list, s)
			}
		}
	}
	return list
}
