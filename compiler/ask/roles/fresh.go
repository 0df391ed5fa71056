package roles

import (
	"cmp"
	"fmt"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Candidate is a role that the project could have in place of grants that many people have in common.
type Candidate struct {
	Level  int
	Grants []Grant // sorted by permission
	Users  []*policy.User
	Places []Place // where they have just these actions: sorted by user, then scope
}

// Place is a scope on which a user has something.
type Place struct {
	User  *policy.User
	Scope *policy.Scope
}

// Grant is a permission with some of its actions.
type Grant struct {
	Permission *policy.Permission
	Actions    policy.Actions
}

// Saved returns how many entries fewer the project would have.
func (c *Candidate) Saved() int { return len(c.Places) * (len(c.Grants) - 1) }

const (
	leastPlaces = 3   // as many people must have the same grants
	mostSets    = 500 // sets of grants that are compared with each other
	mostNew     = 10
)

// bundle is what somebody is granted on a scope.
type bundle struct {
	user   *policy.User
	scope  *policy.Scope
	grants []Grant
}

// newRoles returns roles that would take the place of most grants, the most useful first.
func newRoles(s *study) (list []Candidate) {
	if s.anyRole || len(s.counted) > 0 {
		return nil // one more role may break a rule
	}
	var bundles []bundle
	for _, u := range s.policy.Users {
		bundles = append(bundles, s.bundlesOf(u)...)
	}
	for len(list) < mostNew {
		best := bestCandidate(bundles)
		if best == nil {
			return list
		}
		list = append(list, *best)
		bundles = without(bundles, best)
	}
	return list
}

// bundlesOf returns the grants of a user that a role could give as well: without dates and guesses.
func (s *study) bundlesOf(u *policy.User) (list []bundle) {
	if s.policy.Catalog.DefaultForAll && countRoles(u) == 0 {
		return nil // with a role, the user would lose the default role
	}
	at := map[*policy.Scope]int{}
	for i := range u.Entries {
		e := &u.Entries[i]
		if e.Permission == nil || e.FaultFor(u) != 0 || e.Starts != 0 || e.Ends != 0 || !s.roleCanGive(e, u) {
			continue
		}
		n, known := at[e.Scope]
		if !known {
			n = len(list)
			at[e.Scope], list = n, append(list, bundle{user: u, scope: e.Scope})
		}
		list[n].grants = append(list[n].grants, Grant{e.Permission, e.Actions})
	}
	for i := range list {
		list[i].grants = joinGrants(list[i].grants)
	}
	opens := s.opensTree(u)
	return slices.DeleteFunc(list, func(b bundle) bool { return len(b.grants) < 2 || opens(b.scope) })
}

// opensTree returns a function that reports whether a role on a scope could give the user derived permissions in its
// tree, where deny rules may withhold all that the grants give. With a role or something left, the user has them there
// already.
func (s *study) opensTree(u *policy.User) func(*policy.Scope) bool {
	if len(s.policy.Denies) == 0 || !slices.ContainsFunc(s.policy.Catalog.Permissions,
		func(p *policy.Permission) bool { return p.When != nil }) {
		return func(*policy.Scope) bool { return false }
	}
	open := map[*policy.Scope]bool{}
	for i := range u.Entries {
		e := &u.Entries[i]
		if e.Role != nil && e.FaultFor(u) == 0 && e.Starts == 0 && e.Ends == 0 {
			open[e.Scope.Root()] = true
		}
	}
	return func(at *policy.Scope) bool { return !open[at.Root()] }
}

// roleCanGive reports whether a role of the project could surely give what a grant gives, and no more.
func (s *study) roleCanGive(e *policy.Entry, u *policy.User) bool {
	p, home := e.Permission, s.policy.Catalog.Home
	return p.Confidence() == policy.Stated && p.Depths == nil && p.SharedWith == nil && !s.shared[p] &&
		!(home != nil && home.Binds(u.Home, e.Scope, false))
}

// joinGrants sorts grants. Two of one permission are one.
func joinGrants(list []Grant) (out []Grant) {
	slices.SortFunc(list, compareGrants)
	for _, g := range list {
		if n := len(out); n > 0 && out[n-1].Permission == g.Permission {
			out[n-1].Actions |= g.Actions
			continue
		}
		out = append(out, g)
	}
	return out
}

func compareGrants(a, b Grant) int { return cmp.Compare(a.Permission.Index, b.Permission.Index) }

// group is the bundles that are the same on one level.
type group struct {
	level  int
	grants []Grant
	key    string
	list   []bundle
}

// bestCandidate returns the set of grants whose role would save most entries, or nil.
func bestCandidate(bundles []bundle) (best *Candidate) {
	groups := groupBundles(bundles)
	tried := map[string]bool{}
	try := func(level int, grants []Grant) {
		key := fmt.Sprint(level, grantsKey(grants))
		if len(grants) < 2 || tried[key] {
			return
		}
		tried[key] = true
		c := candidateOf(groups, level, grants)
		if len(c.Places) >= leastPlaces && (best == nil || c.Saved() > best.Saved()) {
			best = c
		}
	}
	for i := range groups {
		try(groups[i].level, groups[i].grants)
	}
	some := groups[:min(len(groups), mostSets)]
	for i := range some {
		for j := range i {
			if some[i].level == some[j].level {
				try(some[i].level, common(some[i].grants, some[j].grants))
			}
		}
	}
	return best
}

// groupBundles groups the same bundles, the largest groups first.
func groupBundles(bundles []bundle) (groups []group) {
	at := map[string]int{}
	for _, b := range bundles {
		key := fmt.Sprint(b.scope.Level, grantsKey(b.grants))
		n, ok := at[key]
		if !ok {
			n = len(groups)
			at[key], groups = n, append(groups, group{level: b.scope.Level, grants: b.grants, key: key})
		}
		groups[n].list = append(groups[n].list, b)
	}
	slices.SortStableFunc(groups, func(a, b group) int {
		return cmp.Or(cmp.Compare(len(b.list), len(a.list)), cmp.Compare(a.key, b.key))
	})
	return groups
}

func grantsKey(list []Grant) string {
	var b []byte
	for _, g := range list {
		b = fmt.Appendf(b, " %d:%x", g.Permission.Index, g.Actions)
	}
	return string(b)
}

// common returns the grants that two sorted sets have alike.
func common(a, b []Grant) (list []Grant) {
	for _, g := range a {
		at, ok := slices.BinarySearchFunc(b, g, compareGrants)
		if b = b[at:]; ok && b[0] == g {
			list = append(list, g)
		}
	}
	return list
}

// candidateOf returns the role for some grants, with everybody who has them.
func candidateOf(groups []group, level int, grants []Grant) *Candidate {
	c := &Candidate{Level: level, Grants: grants}
	for i := range groups {
		if g := &groups[i]; g.level != level || len(common(grants, g.grants)) < len(grants) {
			continue
		}
		for _, b := range groups[i].list {
			c.Places = append(c.Places, Place{b.user, b.scope})
		}
	}
	slices.SortFunc(c.Places, func(a, b Place) int {
		return cmp.Or(cmp.Compare(a.User.ID, b.User.ID), cmp.Compare(a.Scope.Path, b.Scope.Path))
	})
	for _, at := range c.Places {
		if n := len(c.Users); n == 0 || c.Users[n-1] != at.User {
			c.Users = append(c.Users, at.User)
		}
	}
	return c
}

// without returns the bundles without the grants of a new role.
func without(bundles []bundle, c *Candidate) (rest []bundle) {
	for _, b := range bundles {
		if b.scope.Level == c.Level && len(common(c.Grants, b.grants)) == len(c.Grants) {
			b.grants = slices.DeleteFunc(slices.Clone(b.grants), func(g Grant) bool {
				_, ok := slices.BinarySearchFunc(c.Grants, g, compareGrants)
				return ok
			})
		}
		if len(b.grants) > 1 {
			rest = append(rest, b)
		}
	}
	return rest
}
