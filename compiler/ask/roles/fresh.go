package roles

import (
	"cmp"
	"slices"
	"strconv"

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
	groups := groupBundles(bundles)
	for len(list) < mostNew {
		best := bestCandidate(groups)
		if best == nil {
			return list
		}
		list = append(list, *best)
		groups = without(groups, best)
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
	marks  uint64 // see marksOf
	key    string
	list   []bundle
}

func newGroup(level int, grants []Grant, key string) group {
	return group{level: level, grants: grants, marks: marksOf(grants), key: key}
}

// marksOf returns a bit for each of some grants, which it may share with others: who lacks a bit of them lacks a grant.
func marksOf(grants []Grant) (marks uint64) {
	for _, g := range grants {
		marks |= 1 << ((uint64(g.Permission.Index)*7 + uint64(g.Actions)) % 64)
	}
	return marks
}

// gives reports whether a group has all of some grants on a level.
func (g *group) gives(level int, grants []Grant, marks uint64) bool {
	if g.level != level || marks&^g.marks != 0 || len(grants) > len(g.grants) {
		return false
	}
	rest := g.grants
	for _, x := range grants {
		for len(rest) > 0 && rest[0].Permission.Index < x.Permission.Index {
			rest = rest[1:]
		}
		if len(rest) == 0 || rest[0] != x {
			return false
		}
		rest = rest[1:]
	}
	return true
}

// bestCandidate returns the set of grants whose role would save most entries, or nil.
func bestCandidate(groups []group) *Candidate {
	var best Candidate
	var key []byte
	most, tried := 0, map[string]bool{}
	try := func(level int, grants []Grant) {
		if len(grants) < 2 {
			return
		}
		if key = appendKey(key[:0], level, grants); tried[string(key)] {
			return
		}
		tried[string(key)] = true
		places := countPlaces(groups, level, grants)
		if saved := places * (len(grants) - 1); places >= leastPlaces && saved > most {
			best, most = Candidate{Level: level, Grants: slices.Clone(grants)}, saved
		}
	}
	for i := range groups {
		try(groups[i].level, groups[i].grants)
	}
	some := groups[:min(len(groups), mostSets)]
	var both []Grant
	for i := range some {
		for j := range i {
			if some[i].level == some[j].level {
				both = appendCommon(both[:0], some[i].grants, some[j].grants)
				try(some[i].level, both)
			}
		}
	}
	if most == 0 {
		return nil
	}
	best.fill(groups)
	return &best
}

// groupBundles groups the same bundles, the largest groups first.
func groupBundles(bundles []bundle) (groups []group) {
	at := map[string]int{}
	var key []byte
	for _, b := range bundles {
		key = appendKey(key[:0], b.scope.Level, b.grants)
		n, ok := at[string(key)]
		if !ok {
			n = len(groups)
			groups = append(groups, newGroup(b.scope.Level, b.grants, string(key)))
			at[groups[n].key] = n
		}
		groups[n].list = append(groups[n].list, b)
	}
	sortGroups(groups)
	return groups
}

func sortGroups(groups []group) {
	slices.SortFunc(groups, func(a, b group) int {
		return cmp.Or(cmp.Compare(len(b.list), len(a.list)), cmp.Compare(a.key, b.key))
	})
}

// appendKey appends a text that is the same only for the same grants on the same level.
func appendKey(b []byte, level int, grants []Grant) []byte {
	b = strconv.AppendInt(b, int64(level), 10)
	for _, g := range grants {
		b = strconv.AppendInt(append(b, ' '), int64(g.Permission.Index), 10)
		b = strconv.AppendUint(append(b, ':'), uint64(g.Actions), 16)
	}
	return b
}

// appendCommon appends the grants that two sorted sets have alike.
func appendCommon(list, a, b []Grant) []Grant {
	for _, g := range a {
		for len(b) > 0 && b[0].Permission.Index < g.Permission.Index {
			b = b[1:]
		}
		if len(b) > 0 && b[0] == g {
			list = append(list, g)
		}
	}
	return list
}

// countPlaces counts the bundles on a level that have all of some grants.
func countPlaces(groups []group, level int, grants []Grant) (n int) {
	marks := marksOf(grants)
	for i := range groups {
		if groups[i].gives(level, grants, marks) {
			n += len(groups[i].list)
		}
	}
	return n
}

// fill lists the people who have the grants, and where they do.
func (c *Candidate) fill(groups []group) {
	marks := marksOf(c.Grants)
	for i := range groups {
		if !groups[i].gives(c.Level, c.Grants, marks) {
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
}

// without returns the groups without the grants of a new role.
func without(groups []group, c *Candidate) (rest []group) {
	at, marks := map[string]int{}, marksOf(c.Grants)
	for _, g := range groups {
		if g.gives(c.Level, c.Grants, marks) {
			left := slices.DeleteFunc(slices.Clone(g.grants), func(x Grant) bool {
				_, ok := slices.BinarySearchFunc(c.Grants, x, compareGrants)
				return ok
			})
			if len(left) < 2 {
				continue
			}
			list := g.list
			g = newGroup(g.level, left, string(appendKey(nil, g.level, left)))
			g.list = list
		}
		if n, known := at[g.key]; known {
			rest[n].list = slices.Concat(rest[n].list, g.list)
			continue
		}
		at[g.key], rest = len(rest), append(rest, g)
	}
	sortGroups(rest)
	return rest
}
