package who

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Comparison is what two sides have: only the one, only the other, both in
// different ways, and both alike.
type Comparison[T any] struct{ Left, Right, Different, Alike []Pair[T] }

// Pair is what two sides have of one thing; nil is nothing.
type Pair[T any] struct {
	Left, Right *T
	Differs     []string // actions, withheld, access, expires, reach, scopes
}

// Equal reports whether neither side has anything beyond the other.
func (c *Comparison[T]) Equal() bool { return len(c.Left)+len(c.Right)+len(c.Different) == 0 }

// compare goes through two lists in the same order.
func compare[T any](left, right []T, order func(x, y *T) int, differs func(x, y *T) []string) (c Comparison[T]) {
	for len(left)+len(right) > 0 {
		which := 0
		switch {
		case len(left) == 0:
			which = 1
		case len(right) == 0:
			which = -1
		default:
			which = order(&left[0], &right[0])
		}
		var p Pair[T]
		if which <= 0 {
			p.Left, left = &left[0], left[1:]
		}
		if which >= 0 {
			p.Right, right = &right[0], right[1:]
		}
		c.add(p, differs)
	}
	return c
}

func (c *Comparison[T]) add(p Pair[T], differs func(x, y *T) []string) {
	if p.Left != nil && p.Right != nil {
		p.Differs = differs(p.Left, p.Right)
	}
	switch {
	case p.Right == nil:
		c.Left = append(c.Left, p)
	case p.Left == nil:
		c.Right = append(c.Right, p)
	case len(p.Differs) > 0:
		c.Different = append(c.Different, p)
	default:
		c.Alike = append(c.Alike, p)
	}
}

// each visits all pairs.
func (c *Comparison[T]) each(f func(*Pair[T])) {
	for _, list := range [][]Pair[T]{c.Left, c.Right, c.Different, c.Alike} {
		for i := range list {
			f(&list[i])
		}
	}
}

// Users is what one user has beyond another, scope by scope, and, where the
// two do not stand on the same scopes, seen without them.
type Users struct {
	Users       [2]*policy.User
	Scope       *policy.Scope // with its subtree, or nil
	Roles       Comparison[RoleRow]
	Permissions Comparison[policy.Row]

	Apart               bool // each has something on a scope on which the other has nothing
	Shared              int  // scopes on which both have something
	AnywhereRoles       Comparison[Somewhere]
	AnywherePermissions Comparison[Somewhere]
}

// Somewhere is a role or a permission on whichever scopes: the most that any
// of them gives.
type Somewhere struct {
	Role       *policy.Role
	Permission *policy.Permission
	Scopes     []*policy.Scope
	Actions    policy.Actions
	Records    policy.Records
	Ends       policy.Date
}

// CompareUsers compares what two users have, on a scope and under it, or
// everywhere. Of permissions only what is held counts.
func CompareUsers(left, right *policy.Access, within *policy.Scope) *Users {
	on := func(s *policy.Scope) bool { return within == nil || s.Within(within) }
	var roles [2][]RoleRow
	var rows [2][]policy.Row
	for i, a := range []*policy.Access{left, right} {
		roles[i] = roleRows(a, func(h *policy.Held) bool { return on(h.Scope) })
		for j := range a.Rows {
			if r := &a.Rows[j]; r.Held() && on(r.Scope) {
				rows[i] = append(rows[i], *r.Clone())
			}
		}
	}
	c := &Users{Users: [2]*policy.User{left.User, right.User}, Scope: within,
		Roles: compare(roles[0], roles[1], orderRoles, roleDiffers), Permissions: compare(rows[0], rows[1], orderRows, rowDiffers)}
	c.apart()
	c.AnywhereRoles = compare(rolesSomewhere(roles[0]), rolesSomewhere(roles[1]), orderSomewhere, somewhereDiffers)
	c.AnywherePermissions = compare(rowsSomewhere(rows[0]), rowsSomewhere(rows[1]), orderSomewhere, somewhereDiffers)
	return c
}

// apart finds whether the two stand on the same scopes.
func (c *Users) apart() {
	var on [2]map[*policy.Scope]bool
	on[0], on[1] = map[*policy.Scope]bool{}, map[*policy.Scope]bool{}
	c.Roles.each(func(p *Pair[RoleRow]) {
		if p.Left != nil {
			on[0][p.Left.Scope] = true
		}
		if p.Right != nil {
			on[1][p.Right.Scope] = true
		}
	})
	c.Permissions.each(func(p *Pair[policy.Row]) {
		if p.Left != nil {
			on[0][p.Left.Scope] = true
		}
		if p.Right != nil {
			on[1][p.Right.Scope] = true
		}
	})
	for s := range on[0] {
		if on[1][s] {
			c.Shared++
		}
	}
	c.Apart = c.Shared < len(on[0]) && c.Shared < len(on[1])
}

func orderRoles(x, y *RoleRow) int {
	return cmp.Or(cmp.Compare(x.Scope.Index, y.Scope.Index), cmp.Compare(x.Role.Index, y.Role.Index))
}

func orderRows(x, y *policy.Row) int {
	return cmp.Or(cmp.Compare(x.Scope.Index, y.Scope.Index), cmp.Compare(x.Permission.Index, y.Permission.Index))
}

func orderSomewhere(x, y *Somewhere) int {
	if x.Role != nil {
		return cmp.Compare(x.Role.Index, y.Role.Index)
	}
	return cmp.Compare(x.Permission.Index, y.Permission.Index)
}

// difference is one way in which two things may differ.
type difference struct {
	word string
	yes  bool
}

// differences are the words of those that are there.
func differences(list ...difference) (words []string) {
	for _, d := range list {
		if d.yes {
			words = append(words, d.word)
		}
	}
	return words
}

func roleDiffers(x, y *RoleRow) []string { return differences(difference{"expires", x.Ends != y.Ends}) }

func rowDiffers(x, y *policy.Row) []string {
	return differences(difference{"actions", x.Actions != y.Actions}, difference{"withheld", !slices.Equal(x.Withheld, y.Withheld)},
		difference{"access", differs(x, y, x.Records != y.Records, (*policy.Row).RecordsOf)},
		difference{"expires", differs(x, y, x.Ends != y.Ends, (*policy.Row).EndsFor)})
}

// differs reports whether something of two rows differs: of the rows, or of one
// of the actions that both have.
func differs[T comparable](x, y *policy.Row, rows bool, of func(*policy.Row, policy.Actions) T) bool {
	if rows || !x.Mixed() && !y.Mixed() {
		return rows
	}
	for left := x.Actions & y.Actions; left != 0; left &= left - 1 {
		if a := left & -left; of(x, a) != of(y, a) {
			return true
		}
	}
	return false
}

func somewhereDiffers(x, y *Somewhere) []string {
	return differences(difference{"actions", x.Actions != y.Actions}, difference{"access", x.Records != y.Records}, difference{"expires", x.Ends != y.Ends})
}

// rolesSomewhere are the roles of rows, in order.
func rolesSomewhere(rows []RoleRow) (list []Somewhere) {
	for i := range rows {
		r := &rows[i]
		list = addUp(list, Somewhere{Role: r.Role, Scopes: []*policy.Scope{r.Scope}, Ends: r.Ends})
	}
	slices.SortFunc(list, func(x, y Somewhere) int { return orderSomewhere(&x, &y) })
	return list
}

// rowsSomewhere are the permissions of rows, in order.
func rowsSomewhere(rows []policy.Row) (list []Somewhere) {
	for i := range rows {
		r := &rows[i]
		list = addUp(list, Somewhere{Permission: r.Permission, Scopes: []*policy.Scope{r.Scope}, Actions: r.Actions, Records: r.Records, Ends: r.Ends})
	}
	slices.SortFunc(list, func(x, y Somewhere) int { return orderSomewhere(&x, &y) })
	return list
}

// addUp adds what one scope gives to what others do.
func addUp(list []Somewhere, more Somewhere) []Somewhere {
	i := slices.IndexFunc(list, func(s Somewhere) bool { return s.Role == more.Role && s.Permission == more.Permission })
	if i < 0 {
		return append(list, more)
	}
	s := &list[i]
	s.Scopes = append(s.Scopes, more.Scopes...)
	s.Actions |= more.Actions
	s.Records = min(s.Records, more.Records)
	s.Ends = policy.Later(s.Ends, more.Ends)
	return list
}
