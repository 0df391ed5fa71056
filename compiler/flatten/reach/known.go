package reach

import (
	"slices"

	"permc.dev/permc/compiler/flatten"
	"permc.dev/permc/compiler/policy"
)

// A role that reaches its whole tree gives the same from each of N scopes, to the same people. Once somebody has reached
// all that it can give, on all scopes of the tree, its other N-1 acts give nothing new but the role itself. Without
// flattening what each of them gives, they take N instead of N² time.

// manyScopes is from how many scopes of a tree on it pays off to count what is known on all of them.
const manyScopes = 2

// bits is a set of actions or roles, by number.
type bits []uint64

func newBits(n int) bits { return make(bits, (n+63)/64) }

func (b bits) set(i int32)      { b[i>>6] |= 1 << (i & 63) }
func (b bits) has(i int32) bool { return b[i>>6]>>(i&63)&1 != 0 }

// add adds all of another set.
func (b bits) add(more bits) {
	for i := range b {
		b[i] |= more[i]
	}
}

// within reports whether another set has all of these.
func (b bits) within(all bits) bool {
	for i := range b {
		if b[i]&^all[i] != 0 {
			return false
		}
	}
	return true
}

// gift is no less than what something gives anywhere, and which roles come with it.
type gift struct{ actions, roles bits }

func (g gift) add(more gift) {
	g.actions.add(more.actions)
	g.roles.add(more.roles)
}

// known counts what people are known to reach on all scopes of a tree. It is a part of a finder.
type known struct {
	catalog *policy.Catalog
	first   []int32 // by permission: the number of its first action; one more at the end
	roles   map[*policy.Role]gift
	grants  map[*policy.Permission]gift
	sizes   map[*policy.Scope][]int32 // by root and level, the number of scopes; nil: too few
	tallies map[inTree]*tally
	last    inTree
	tally   *tally // of the last one, or nil
	base    map[int]gift
	held    map[giver]map[*policy.Scope]*tally // by the root of a tree
	bare    *flatten.Flattener                 // of roles alone
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

// tally counts on how many scopes of a tree something is not known yet, by action.
type tally struct {
	left []int32
	full bits // known on all
}

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
		sizes: map[*policy.Scope][]int32{}, tallies: map[inTree]*tally{}, base: map[int]gift{}, held: map[giver]map[*policy.Scope]*tally{},
		bare: flatten.NewOf(p, make([]bool, len(p.Catalog.Permissions)))}
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

// note notes that somebody reaches an action, on all records.
func (k *known) note(x *fact) {
	if at := (inTree{x.who, x.scope.Root()}); at != k.last {
		k.last, k.tally = at, k.tallyOf(at)
	}
	if k.tally == nil {
		return
	}
	k.tally.count(k.first[x.permission.Index] + int32(x.action))
}

// count counts one scope more.
func (t *tally) count(i int32) {
	if t.left[i]--; t.left[i] == 0 {
		t.full.set(i)
	}
}

// tallyOf returns the tally of somebody in a tree, or nil if there are too few scopes.
func (k *known) tallyOf(at inTree) *tally {
	if t, ok := k.tallies[at]; ok {
		return t
	}
	sizes := k.sizesOf(at.root)
	if sizes == nil {
		return nil
	}
	t := k.newTally(sizes)
	k.tallies[at] = t
	return t
}

// newTally returns a tally of a tree of which nothing is known.
func (k *known) newTally(sizes []int32) *tally {
	n := k.first[len(k.catalog.Permissions)]
	t := &tally{make([]int32, n), newBits(int(n))}
	for _, p := range k.catalog.Permissions {
		scopes := int32(0)
		for level, size := range sizes {
			if p.Levels.Has(level) {
				scopes += size
			}
		}
		for i := k.first[p.Index]; i < k.first[p.Index+1]; i++ {
			if t.left[i] = scopes; scopes == 0 {
				t.full.set(i)
			}
		}
	}
	return t
}

// sizesOf returns how many scopes a tree has, by level, or nil if they are few.
func (k *known) sizesOf(root *policy.Scope) []int32 {
	sizes, ok := k.sizes[root]
	if !ok {
		sizes = make([]int32, len(k.catalog.Levels))
		n := 0
		policy.Reach{Kind: policy.Tree}.Each(root, ^policy.LevelSet(0), func(s *policy.Scope) {
			sizes[s.Level]++
			n++
		})
		if n < manyScopes {
			sizes = nil
		}
		k.sizes[root] = sizes
	}
	return sizes
}

func (k *known) newGift() gift {
	return gift{newBits(int(k.first[len(k.first)-1])), newBits(len(k.catalog.Roles))}
}

// ofRole returns what a role can give: itself, through the roles that it includes, and by implication.
func (k *known) ofRole(r *policy.Role) gift {
	g, ok := k.roles[r]
	if !ok {
		g = k.newGift()
		k.addRole(g, r)
		k.roles[r] = g
	}
	return g
}

func (k *known) addRole(g gift, r *policy.Role) {
	if g.roles.has(int32(r.Index)) {
		return
	}
	g.roles.set(int32(r.Index))
	for i := range r.Cells {
		k.addActions(g, r.Cells[i].Permission, r.Cells[i].Actions)
	}
	for i := range r.Includes {
		k.addRole(g, r.Includes[i].Role)
	}
}

// addActions adds some actions of a permission, and all of those that it implies.
func (k *known) addActions(g gift, p *policy.Permission, actions policy.Actions) {
	for i := range p.Actions {
		if actions>>i&1 != 0 {
			g.actions.set(k.first[p.Index] + int32(i))
		}
	}
	for _, q := range p.Implies {
		k.addActions(g, q, q.All())
	}
}

// ofPermission returns what a permission gives: itself, and by implication.
func (k *known) ofPermission(p *policy.Permission) gift {
	g, ok := k.grants[p]
	if !ok {
		g = k.newGift()
		k.addActions(g, p, p.All())
		k.grants[p] = g
	}
	return g
}

// of returns what an entry can give.
func (k *known) of(r *policy.Role, p *policy.Permission) gift {
	if r != nil {
		return k.ofRole(r)
	}
	return k.ofPermission(p)
}

// isOld reports whether a set has all that may be new once something is given to somebody with some base: what is given,
// and what is derived from it.
func (k *known) isOld(u *policy.User, given gift, base func() gift, full bits) bool {
	return given.actions.within(full) && k.isDerivedOld(u, given, base, full)
}

// isDerivedOld reports whether a set has all that is derived once something is given to somebody with some base.
func (k *known) isDerivedOld(u *policy.User, given gift, base func() gift, full bits) bool {
	more, all := given, gift{}
	for _, p := range k.catalog.Derived { // in dependency order
		if !k.affects(p.When, more) {
			continue
		}
		derived := k.ofPermission(p)
		if len(all.actions) == 0 {
			more, all = k.newGift(), k.newGift()
			more.add(given)
			all.add(given)
			all.add(base())
		}
		more.add(derived)
		if !derived.actions.within(full) && k.mayMeet(p.When, u, all) {
			return false
		}
		all.add(derived)
	}
	return true
}

// affects reports whether something given, or derived from it, makes a difference to a requirement.
func (k *known) affects(r *policy.Requirement, given gift) bool {
	some := func(list []*policy.Requirement) bool {
		return slices.ContainsFunc(list, func(x *policy.Requirement) bool { return k.affects(x, given) })
	}
	return r.Role != nil && given.roles.has(int32(r.Role.Index)) ||
		r.Permission != nil && k.hasSome(given.actions, r.Permission) ||
		some(r.AllOf) || some(r.AnyOf)
}

// hasSome reports whether a set has an action of a permission.
func (k *known) hasSome(set bits, p *policy.Permission) bool {
	for i := k.first[p.Index]; i < k.first[p.Index+1]; i++ {
		if set.has(i) {
			return true
		}
	}
	return false
}

// mayMeet reports whether somebody with no more than some actions and roles, wherever, could meet a requirement.
func (k *known) mayMeet(r *policy.Requirement, u *policy.User, all gift) bool {
	if r.Role != nil && !all.roles.has(int32(r.Role.Index)) || r.Permission != nil && !k.hasSome(all.actions, r.Permission) ||
		!r.HasUser(u) || r.Matching != "" && len(u.Attributes[r.Matching]) == 0 {
		return false
	}
	may := func(x *policy.Requirement) bool { return k.mayMeet(x, u, all) }
	return !slices.ContainsFunc(r.AllOf, func(x *policy.Requirement) bool { return !may(x) }) &&
		(len(r.AnyOf) == 0 || slices.ContainsFunc(r.AnyOf, may))
}

// isKnown reports whether acts give somebody nothing new but the roles of the last one: it is known on all scopes of
// the tree.
func (s *Finder) isKnown(who int, acts []int) bool {
	if s.known == nil || len(acts) == 0 {
		return false
	}
	last := s.acts[acts[len(acts)-1]]
	if last.Scope == nil {
		return false
	}
	t := s.known.tallies[inTree{who, last.Scope.Root()}]
	if t == nil {
		return false
	}
	given, ok := s.given(who, acts)
	return ok && s.known.isOld(s.people[who], given, func() gift { return s.baseOf(who) }, t.full)
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
		if s.acts[i].to != who {
			continue
		}
		root := s.acts[i].Scope.Root()
		if done[root] {
			continue
		}
		done[root] = true
		t := s.known.tallies[inTree{who, root}]
		if t == nil || !s.known.isDerivedOld(s.people[who], given, func() gift { return s.baseOf(who) }, t.full) {
			return false
		}
	}
	return true
}

// given returns what acts can give to somebody, unless that depends on groups.
func (s *Finder) given(who int, acts []int) (g gift, ok bool) {
	k := s.known
	if len(acts) == 1 && s.acts[acts[0]].to == who && !s.acts[acts[0]].Join {
		return k.of(s.acts[acts[0]].Role, s.acts[acts[0]].Permission), true
	}
	g = k.newGift()
	for _, i := range acts {
		switch a := &s.acts[i]; {
		case a.to == toGroup || a.Join:
			return g, false
		case a.to == who:
			g.add(k.of(a.Role, a.Permission))
		}
	}
	return g, true
}

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
		k.addActions(g, access.Rows[i].Permission, access.Rows[i].Actions)
	}
	k.base[who] = g
	return g
}

// weighInTree compares what somebody holds with what they would give, without flattening that: they hold all of it, on
// all scopes of the tree, or lack something where they would give it. If neither is certain, it returns false.
func (s *Finder) weighInTree(p *premise, e *policy.Entry) (v verdict, ok bool) {
	t := s.heldInTree(p, e.Scope.Root())
	if t == nil {
		return v, false
	}
	u := policy.User{Affiliation: s.people[p.who].Affiliation}
	if given := s.known.of(e.Role, e.Permission); s.known.isOld(&u, given, s.known.newGift, t.full) {
		return verdict{within: true}, true
	}
	s.eachLacked(p, e, t, func(x part) bool {
		v.lacked, ok = s.factOf(p.who, x), true
		return s.isReached(v.lacked, x)
	})
	return v, ok
}

// unreachedThere returns something that somebody lacks where they would give it, and has not reached.
func (s *Finder) unreachedThere(p *premise, e *policy.Entry) (lacked key, ok bool) {
	if t := s.heldInTree(p, e.Scope.Root()); t != nil {
		s.eachLacked(p, e, t, func(x part) bool {
			lacked = s.factOf(p.who, x)
			ok = !s.isReached(lacked, x)
			return !ok
		})
	}
	return lacked, ok
}

// isReached reports whether a part is reached by some acts.
func (s *Finder) isReached(fact key, x part) bool {
	records, ok := s.facts[fact]
	return ok && records <= x.records
}

// eachLacked calls f with what somebody certainly lacks of a role on its own scope, until it returns false.
func (s *Finder) eachLacked(p *premise, e *policy.Entry, t *tally, f func(part) bool) {
	if e.Role == nil || e.FaultFor(&policy.User{Affiliation: s.people[p.who].Affiliation}) != 0 {
		return
	}
	held := s.heldBy(p.who, p.acts)
	for i := range e.Role.Cells {
		c := &e.Role.Cells[i]
		if c.When != nil || !c.Reaches(e.Scope, e.Scope) {
			continue
		}
		for action := range c.Permission.Actions {
			x := part{s.permissionKey(c.Permission) + int32(action), int32(e.Scope.Index), c.Records()}
			if c.Actions>>action&1 != 0 && !t.full.has(s.known.first[c.Permission.Index]+int32(action)) &&
				held.lacking(parts{x}) == 0 && !f(x) {
				return
			}
		}
	}
}

// heldInTree counts on how many scopes of a tree a giver holds something on all records. It returns nil if they hold
// nothing there, or if that is not worth it.
func (s *Finder) heldInTree(p *premise, root *policy.Scope) *tally {
	if s.known == nil || s.known.sizesOf(root) == nil {
		return nil
	}
	who := giver{p.who, nameActs(p.acts)}
	all := s.known.held[who]
	if all == nil {
		all = s.heldIn(s.heldBy(p.who, p.acts))
		s.known.held[who] = all
	}
	return all[root]
}

// heldIn does so for each tree, by its root.
func (s *Finder) heldIn(held parts) map[*policy.Scope]*tally {
	all := map[*policy.Scope]*tally{}
	for _, x := range held {
		root := s.policy.Scopes[x.scope].Root()
		t, ok := all[root]
		if !ok {
			if sizes := s.known.sizesOf(root); sizes != nil {
				t = s.known.newTally(sizes)
			}
			all[root] = t
		}
		if t != nil && x.records == policy.AllRecords {
			permission, action := s.permissionOf(x.what)
			t.count(s.known.first[permission] + action)
		}
	}
	return all
}
