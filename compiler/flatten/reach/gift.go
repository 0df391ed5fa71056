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
