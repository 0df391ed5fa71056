package who

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Comparison lists what only one side has, what both have but differently, and what both have alike.
type Comparison[T any] struct{ Left, Right, Different, Alike []Pair[T] }

// Pair is one role or permission on both sides; nil means that a side lacks it.
type Pair[T any] struct {
	Left, Right *T
	Differs     []string // one or more of actions, withheld, access, expires, reach
}

// Equal reports whether neither side has anything beyond the other.
func (c *Comparison[T]) Equal() bool { return len(c.Left)+len(c.Right)+len(c.Different) == 0 }

// pairUp pairs two lists that are in the same order.
func pairUp[T any](left, right []T, order func(x, y *T) int, differs func(x, y *T) []string) (c Comparison[T]) {
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

// eachPair calls f for every pair.
func (c *Comparison[T]) eachPair(f func(*Pair[T])) {
	for _, list := range [][]Pair[T]{c.Left, c.Right, c.Different, c.Alike} {
		for i := range list {
			f(&list[i])
		}
	}
}

// Users is what one user has beyond another, scope by scope. If each has scopes that the other lacks, it also
// compares them regardless of scope.
type Users struct {
	Users       [2]*policy.User
	Scope       *policy.Scope // with its subtree, or nil
	Roles       Comparison[RoleRow]
	Permissions Comparison[policy.Row]

	Apart               bool // each has a scope on which the other has nothing
	Shared              int  // scopes on which both have something
	AnywhereRoles       Comparison[Somewhere]
	AnywherePermissions Comparison[Somewhere]
}

// Somewhere is a role or permission regardless of scope, with the most that any scope gives.
type Somewhere struct {
	Role       *policy.Role
	Permission *policy.Permission
	Scopes     []*policy.Scope
	Actions    policy.Actions
	Records    policy.Records
	Ends       policy.Date
}

// CompareUsers compares two users on a scope and below it, or everywhere. Only held permissions count.
func CompareUsers(left, right *policy.Access, within *policy.Scope) *Users {
	on := func(s *policy.Scope) bool { return within == nil || s.Within(within) }
	var roles [2][]RoleRow
	var rows [2][]policy.Row
	var copies policy.ViaCopies
	for i, a := range []*policy.Access{left, right} {
		roles[i] = collectRoleRows(a, func(h *policy.Held) bool { return on(h.Scope) })
		for j := range a.Rows {
			if r := &a.Rows[j]; r.Held() && on(r.Scope) {
				rows[i] = append(rows[i], copies.Clone(r))
			}
		}
	}
	c := &Users{Users: [2]*policy.User{left.User, right.User}, Scope: within,
		Roles:       pairUp(roles[0], roles[1], orderRoles, roleDiffers),
		Permissions: pairUp(rows[0], rows[1], orderRows, rowDiffers)}
	c.countScopes()
	c.AnywhereRoles = pairUp(mergeRoles(roles[0]), mergeRoles(roles[1]), orderSomewhere, somewhereDiffers)
	c.AnywherePermissions = pairUp(mergeRows(rows[0]), mergeRows(rows[1]), orderSomewhere, somewhereDiffers)
	return c
}

// countScopes counts the scopes that both have, and sets Apart.
func (c *Users) countScopes() {
	var on [2]map[*policy.Scope]bool
	on[0], on[1] = map[*policy.Scope]bool{}, map[*policy.Scope]bool{}
	c.Roles.eachPair(func(p *Pair[RoleRow]) {
		if p.Left != nil {
			on[0][p.Left.Scope] = true
		}
		if p.Right != nil {
			on[1][p.Right.Scope] = true
		}
	})
	c.Permissions.eachPair(func(p *Pair[policy.Row]) {
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

// difference is one way in which a pair may differ.
type difference struct {
	word string
	yes  bool
}

// pickDiffering returns the words of the differences that are set.
func pickDiffering(list ...difference) (words []string) {
	for _, d := range list {
		if d.yes {
			words = append(words, d.word)
		}
	}
	return words
}

func roleDiffers(x, y *RoleRow) []string {
	return pickDiffering(difference{"expires", x.Ends != y.Ends})
}

func rowDiffers(x, y *policy.Row) []string {
	return pickDiffering(difference{"actions", x.Actions != y.Actions},
		difference{"withheld", !slices.Equal(x.Withheld, y.Withheld)},
		difference{"access", rowsDiffer(x, y, x.Records != y.Records, (*policy.Row).RecordsOf)},
		difference{"expires", rowsDiffer(x, y, x.Ends != y.Ends, (*policy.Row).EndsFor)})
}

// rowsDiffer reports whether two rows differ, as a whole or in an action that both have.
func rowsDiffer[T comparable](x, y *policy.Row, rows bool, of func(*policy.Row, policy.Actions) T) bool {
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
	return pickDiffering(difference{"actions", x.Actions != y.Actions}, difference{"access", x.Records != y.Records},
		difference{"expires", x.Ends != y.Ends})
}

// mergeRoles returns the roles of rows, regardless of scope, in order.
func mergeRoles(rows []RoleRow) []Somewhere {
	all := anywhere[*policy.Role]{}
	for i := range rows {
		r := &rows[i]
		all.add(r.Role, Somewhere{Role: r.Role, Scopes: []*policy.Scope{r.Scope}, Ends: r.Ends})
	}
	return all.sorted()
}

// mergeRows returns the permissions of rows, regardless of scope, in order.
func mergeRows(rows []policy.Row) []Somewhere {
	all := anywhere[*policy.Permission]{}
	for i := range rows {
		r := &rows[i]
		all.add(r.Permission, Somewhere{
			Permission: r.Permission,
			Scopes:     []*policy.Scope{r.Scope},
			Actions:    r.Actions,
			Records:    r.Records,
			Ends:       r.Ends,
		})
	}
	return all.sorted()
}

// anywhere holds roles or permissions regardless of scope.
type anywhere[K comparable] map[K]*Somewhere

// add adds the access on one more scope.
func (all anywhere[K]) add(of K, more Somewhere) {
	s := all[of]
	if s == nil {
		all[of] = &more
		return
	}
	s.Scopes = append(s.Scopes, more.Scopes...)
	s.Actions |= more.Actions
	s.Records = min(s.Records, more.Records)
	s.Ends = policy.Later(s.Ends, more.Ends)
}

func (all anywhere[K]) sorted() (list []Somewhere) {
	for _, s := range all {
		list = append(list, *s)
	}
	slices.SortFunc(list, func(x, y Somewhere) int { return orderSomewhere(&x, &y) })
	return list
}
