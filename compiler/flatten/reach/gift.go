package reach

import (
	"slices"

	"permc.dev/permc/compiler/policy"
)

// bits is a set of actions or roles, by number.
type bits []uint64

func newBits(n int) bits { return make(bits, (n+63)/64) }

func (b bits) set(i int32)      { b[i>>6] |= 1 << (i & 63) }
func (b bits) has(i int32) bool { return b[i>>6]>>(i&63)&1 != 0 }

// add adds all of another set, or of none.
func (b bits) add(more bits) {
	for i := range more {
		b[i] |= more[i]
	}
}

// without returns a set without those of another.
func (b bits) without(others bits) bits {
	rest := slices.Clone(b)
	for i := range rest {
		rest[i] &^= others[i]
	}
	return rest
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

// gift is no less than what something gives anywhere, and which roles come with it. Actions are numbered by whose
// records they reach: see known.number.
type gift struct {
	actions, roles bits
	wide           bits // actions but for those that only a cell of the role itself gives, near its scope
}

func (g gift) add(more gift) {
	g.actions.add(more.actions)
	g.roles.add(more.roles)
	g.wide.add(more.wide)
}

func (k *known) newGift() gift {
	return gift{newBits(k.numbers()), newBits(len(k.catalog.Roles)), newBits(k.numbers())}
}

// ofRole returns what a role can give: itself, through the roles that it includes, and by implication.
func (k *known) ofRole(r *policy.Role) gift {
	g, ok := k.roles[r]
	if !ok {
		g = k.newGift()
		k.addRole(g, r, true)
		k.roles[r] = g
	}
	return g
}

func (k *known) addRole(g gift, r *policy.Role, itself bool) {
	if g.roles.has(int32(r.Index)) {
		return
	}
	g.roles.set(int32(r.Index))
	for i := range r.Cells {
		c := &r.Cells[i]
		k.addActions(g, c.Permission, c.Actions, c.Records(), !itself || !isNear(c))
	}
	for i := range r.Includes {
		k.addRole(g, r.Includes[i].Role, false)
	}
}

// isNear reports whether a cell gives one permission, and not in the whole tree.
func isNear(c *policy.Cell) bool {
	return c.Reach.Kind != policy.Tree && len(c.Permission.Implies) == 0
}

// addActions adds some actions of a permission on some records, and all of those that it implies.
func (k *known) addActions(g gift, p *policy.Permission, actions policy.Actions, records policy.Records, wide bool) {
	for i := range p.Actions {
		if actions>>i&1 != 0 {
			n := k.number(p, i, records)
			if g.actions.set(n); wide {
				g.wide.set(n)
			}
		}
	}
	for _, q := range p.Implies {
		k.addActions(g, q, q.All(), policy.AllRecords, true)
	}
}

// ofPermission returns what a permission gives: itself, and by implication.
func (k *known) ofPermission(p *policy.Permission) gift {
	g, ok := k.grants[p]
	if !ok {
		g = k.newGift()
		k.addActions(g, p, p.All(), policy.AllRecords, true)
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

// isDerivedOld reports whether a set has all that is derived once something is given to somebody with some base, if of
// that only some actions are new to them.
func (k *known) isDerivedOld(u *policy.User, given gift, some bits, base func() gift, full bits) bool {
	more, direct, all := gift{actions: some, roles: given.roles}, given, gift{}
	for _, p := range k.catalog.Derived { // in dependency order
		if !k.affects(p.When, more, direct) {
			continue
		}
		derived := k.ofPermission(p)
		if len(all.actions) == 0 {
			more, direct, all = k.copyOf(more), k.copyOf(direct), k.copyOf(given)
			all.add(base())
		}
		more.add(derived)
		direct.add(derived)
		if !derived.actions.within(full) && k.mayMeet(p.When, u, all) {
			return false
		}
		all.add(derived)
	}
	return true
}

func (k *known) copyOf(g gift) gift {
	c := k.newGift()
	c.add(g)
	return c
}

// affects reports whether a requirement may be met because of a gift, or of what is derived from it. A requirement of
// what is held directly may be met by a direct gift of what a group gives already.
func (k *known) affects(r *policy.Requirement, given, direct gift) bool {
	some := func(list []*policy.Requirement) bool {
		return slices.ContainsFunc(list, func(x *policy.Requirement) bool { return k.affects(x, given, direct) })
	}
	set := given
	if r.Direct {
		set = direct
	}
	return r.Role != nil && set.roles.has(int32(r.Role.Index)) ||
		r.Permission != nil && k.hasSome(set.actions, r.Permission) ||
		some(r.AllOf) || some(r.AnyOf)
}

// hasSome reports whether a set has an action of a permission.
func (k *known) hasSome(set bits, p *policy.Permission) bool {
	for i := range p.Actions {
		for records := range kinds {
			if set.has(k.number(p, i, records)) {
				return true
			}
		}
	}
	return false
}

// mayMeet reports whether somebody with no more than some actions and roles, wherever, could meet a requirement.
func (k *known) mayMeet(r *policy.Requirement, u *policy.User, all gift) bool {
	if r.Role != nil && !all.roles.has(int32(r.Role.Index)) ||
		r.Permission != nil && !k.hasSome(all.actions, r.Permission) || !r.HasUser(u) {
		return false
	}
	may := func(x *policy.Requirement) bool { return k.mayMeet(x, u, all) }
	return !slices.ContainsFunc(r.AllOf, func(x *policy.Requirement) bool { return !may(x) }) &&
		(len(r.AnyOf) == 0 || slices.ContainsFunc(r.AnyOf, may))
}
