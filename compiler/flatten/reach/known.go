package reach

import (
	"slices"

	"permc.dev/permc/compiler/flatten"
	"permc.dev/permc/compiler/policy"
)

// A role that reaches its whole tree gives the same from each of N scopes, to the same people. Once somebody has
// reached all that it can give, on all scopes of the tree, its other N-1 acts give nothing new but the role itself.
// Without flattening what each of them gives, they take N instead of N² time.

// manyScopes is the smallest tree for which it pays to count what is known on all scopes.
const manyScopes = 2

// mostTallies limits what is counted in one search, to about 10 MB for the largest catalogs.
const mostTallies = 1 << 8

// known counts what people are known to reach on all scopes of a tree. It is a part of a finder.
type known struct {
	catalog *policy.Catalog
	first   []int32 // by permission: how many actions come before its own; one more at the end
	roles   map[*policy.Role]gift
	grants  map[*policy.Permission]gift
	trees   map[*policy.Scope]*scopesIn // by root; nil: too small
	tallies map[inTree]*tally           // nil: there are too many
	last    inTree
	tally   *tally // of the last one, or nil
	base    map[int]gift
	held    map[giver]map[*policy.Scope]*tally  // by the root of a tree
	near    map[*policy.Role]*flatten.Flattener // see nearby
}

// giver names somebody after some acts.
type giver struct {
	who  int
	acts string
}

// inTree names somebody in a tree.
type inTree struct {
	who  int
	root *policy.Scope
}

// tally counts on how many scopes of a tree something is not known yet, by the number of an action.
type tally struct {
	left []int32
	full bits // known on all
}

// kinds is how many kinds of records there are.
const kinds = policy.GroupRecords + 1

// number returns the number of an action on records of some kind. Whoever reaches more records
// reaches fewer, too.
func (k *known) number(p *policy.Permission, action int, records policy.Records) int32 {
	return (k.first[p.Index]+int32(action))*int32(kinds) + int32(records)
}

// numbers returns how many numbers there are.
func (k *known) numbers() int { return int(k.first[len(k.first)-1]) * int(kinds) }

// newKnown returns nothing known, or nil if more access of somebody could undo what a deny rule takes away, or if
// something is derived from what they lack or from what they have in other trees.
func newKnown(p *policy.Policy) *known {
	if slices.ContainsFunc(p.Denies, func(r *policy.Rule) bool {
		return r.Deny.Written != nil || r.Deny.Unless != nil && looksAt(r.Deny.Unless, true)
	}) || slices.ContainsFunc(p.Catalog.Derived, func(d *policy.Permission) bool {
		return !d.When.NeedsAccess() || d.When.Excludes() || looksAt(d.When, false)
	}) {
		return nil
	}
	k := &known{catalog: p.Catalog, roles: map[*policy.Role]gift{}, grants: map[*policy.Permission]gift{},
		trees: map[*policy.Scope]*scopesIn{}, tallies: map[inTree]*tally{}, base: map[int]gift{},
		held: map[giver]map[*policy.Scope]*tally{}, near: map[*policy.Role]*flatten.Flattener{}}
	n := int32(0)
	for _, perm := range p.Catalog.Permissions {
		k.first = append(k.first, n)
		n += int32(len(perm.Actions))
	}
	k.first = append(k.first, n)
	return k
}

// looksAt reports whether a requirement looks at what somebody holds, anywhere or in other trees.
func looksAt(r *policy.Requirement, anywhere bool) bool {
	some := func(list []*policy.Requirement) bool {
		return slices.ContainsFunc(list, func(x *policy.Requirement) bool { return looksAt(x, anywhere) })
	}
	return (r.Role != nil || r.Permission != nil) && (anywhere || r.At > policy.InTree) ||
		some(r.AllOf) || some(r.AnyOf) || some(r.NoneOf)
}

// reset forgets the last search.
func (k *known) reset() {
	if k != nil {
		clear(k.tallies)
		clear(k.base)
		clear(k.held)
		k.last, k.tally = inTree{}, nil
	}
}

// note notes that somebody reaches an action on some records, and not only on fewer of them, or on none.
func (k *known) note(x *fact, records, fewer policy.Records) {
	if at := (inTree{x.who, x.scope.Root()}); at != k.last {
		k.last, k.tally = at, k.tallyOf(at)
	}
	if k.tally == nil {
		return
	}
	k.tally.count(k.number(x.permission, x.action, records), fewer-records)
}

// count counts one scope more, for an action on some records and for as many kinds of fewer records.
func (t *tally) count(i int32, n policy.Records) {
	for end := i + int32(n); i < end; i++ {
		if t.left[i]--; t.left[i] == 0 {
			t.full.set(i)
		}
	}
}

// tallyOf returns the tally of somebody in a tree, or nil if it is not counted.
func (k *known) tallyOf(at inTree) *tally {
	if t, ok := k.tallies[at]; ok {
		return t
	}
	tree := k.treeOf(at.root)
	if tree == nil {
		return nil
	}
	var t *tally
	if len(k.tallies) < mostTallies {
		t = k.newTally(tree)
	}
	k.tallies[at] = t
	return t
}

// newTally returns a tally of a tree of which nothing is known.
func (k *known) newTally(tree *scopesIn) *tally {
	n := k.numbers()
	t := &tally{make([]int32, n), newBits(n)}
	for _, p := range k.catalog.Permissions {
		scopes := int32(0)
		for level, size := range tree.sizes {
			if p.Levels.Has(level) {
				scopes += size
			}
		}
		for i := k.number(p, 0, 0); i < k.number(p, len(p.Actions), 0); i++ {
			if t.left[i] = scopes; scopes == 0 {
				t.full.set(i)
			}
		}
	}
	return t
}

// scopesIn are the scopes of a tree.
type scopesIn struct {
	list  []*policy.Scope
	sizes []int32 // how many, by level
}

// treeOf returns the tree of a scope that is in no other, or nil if it is small.
func (k *known) treeOf(root *policy.Scope) *scopesIn {
	tree, ok := k.trees[root]
	if !ok {
		tree = &scopesIn{sizes: make([]int32, len(k.catalog.Levels))}
		policy.Reach{Kind: policy.Tree}.Each(root, ^policy.LevelSet(0), func(s *policy.Scope) {
			tree.sizes[s.Level]++
			tree.list = append(tree.list, s)
		})
		if len(tree.list) < manyScopes {
			tree = nil
		}
		k.trees[root] = tree
	}
	return tree
}

// flattenerOfNew returns a flattener of what may be new to somebody after some acts: of the roles of the last act alone
// if all that it gives is known, or of what it gives near its scope, too. It returns nil if more may be new.
func (s *Finder) flattenerOfNew(who int, acts []int) *flatten.Flattener {
	k := s.known
	if k == nil || len(acts) == 0 {
		return nil
	}
	last := &s.acts[acts[len(acts)-1]]
	if last.Scope == nil {
		return nil
	}
	t := k.tallies[inTree{who, last.Scope.Root()}]
	if t == nil || !k.of(last.Role, last.Permission).wide.within(t.full) {
		return nil
	}
	given, ok := s.given(who, acts)
	if !ok || !k.isDerivedOld(s.people[who], given, s.newTo(who, last, given, len(acts)), s.baseFor(who), t.full) {
		return nil
	}
	if s.isNearOld(last.Role, last.Scope, t, func(x part) bool { return s.isReached(s.factOf(who, x), x) }) {
		return s.nearby(nil)
	}
	return s.nearby(last.Role)
}

// newTo returns the actions of a gift that somebody has not got already, before all acts.
func (s *Finder) newTo(who int, last *step, given gift, acts int) bits {
	t := s.heldInTree(&premise{who: who}, last.Scope.Root())
	if t == nil {
		return given.actions
	}
	some := given.actions.without(t.full)
	held := s.heldBy(who, nil)
	if acts == 1 && s.isNearOld(last.Role, last.Scope, t, func(x part) bool { return held.lacking(parts{x}) < 0 }) {
		for i := range some { // what is near is not new either
			some[i] &= given.wide[i]
		}
	}
	return some
}

// nearby returns a flattener of the permissions that a role gives near its scope, or nil if they depend on what else
// somebody has. Without a role, it is one of roles alone.
func (s *Finder) nearby(r *policy.Role) *flatten.Flattener {
	f, ok := s.known.near[r]
	if ok {
		return f
	}
	only := make([]bool, len(s.policy.Catalog.Permissions))
	mixed := false
	var cells []policy.Cell
	if r != nil {
		cells = r.Cells
	}
	for i := range cells {
		if c := &cells[i]; isNear(c) {
			only[c.Permission.Index] = true
			mixed = mixed || !s.apart && s.mixed.list[c.Permission.Index]
		}
	}
	if !mixed {
		f = flatten.NewOf(s.policy, only)
	}
	s.known.near[r] = f
	return f
}

// isAllKnown reports whether acts give somebody together nothing that is derived and not known on all scopes of the
// trees.
func (s *Finder) isAllKnown(who int, acts []int) bool {
	if s.known == nil || s.apart {
		return false
	}
	given, ok := s.given(who, acts)
	if !ok {
		return false
	}
	done := map[*policy.Scope]bool{}
	for _, i := range acts {
		if !s.benefits(who, &s.acts[i]) {
			continue
		}
		root := s.acts[i].Scope.Root()
		if done[root] {
			continue
		}
		done[root] = true
		t := s.known.tallies[inTree{who, root}]
		if t == nil || !s.known.isDerivedOld(s.people[who], given, given.actions, s.baseFor(who), t.full) {
			return false
		}
	}
	return true
}

// given returns what acts can give to somebody, unless somebody joins a group.
func (s *Finder) given(who int, acts []int) (g gift, ok bool) {
	k := s.known
	if len(acts) == 1 && s.benefits(who, &s.acts[acts[0]]) {
		return k.of(s.acts[acts[0]].Role, s.acts[acts[0]].Permission), true
	}
	g = k.newGift()
	for _, i := range acts {
		a := &s.acts[i]
		if a.Join {
			return g, false
		}
		if s.benefits(who, a) {
			g.add(k.of(a.Role, a.Permission))
		}
	}
	return g, true
}

// benefits reports whether an act gives something to somebody, if nobody joins a group.
func (s *Finder) benefits(who int, a *step) bool {
	if a.to != toGroup {
		return a.to == who && !a.Join
	}
	_, in := s.people[who].FindMembership(a.Group)
	return in
}

func (s *Finder) baseFor(who int) func() gift { return func() gift { return s.baseOf(who) } }

// baseOf returns what somebody has before all acts.
func (s *Finder) baseOf(who int) gift {
	k := s.known
	g, ok := k.base[who]
	if ok {
		return g
	}
	g = k.newGift()
	access := s.flatten.User(s.people[who])
	for i := range access.Roles {
		g.roles.set(int32(access.Roles[i].Role.Index))
	}
	for i := range access.Rows {
		k.addActions(g, access.Rows[i].Permission, access.Rows[i].Actions, policy.AllRecords, true)
	}
	k.base[who] = g
	return g
}
