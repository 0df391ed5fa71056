package resolve

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Binding is a policy that can follow changes of its users.
type Binding struct {
	Policy *policy.Policy
	binder *policyBinder
}

// Spellings returns users that are declared in another spelling, too, with the
// spelling that counts.
func (x *Binding) Spellings() map[string]string {
	if x == nil {
		return nil
	}
	return x.binder.spellings
}

// Update binds the changed users of a list: those at the fresh indexes are new, and the old users in
// the files are gone. It returns false, and changes nothing, if more than that must be bound again.
func (x *Binding) Update(fresh []int, files []int32) (gone, come []*policy.User, ok bool) {
	b := x.binder
	b.faults, b.joins = nil, nil
	dangling := len(b.dangling)
	users := make([]*policy.User, 0, b.declared.Users.Len())
	old := x.Policy.Users
	next := func() {
		for ; len(old) > 0 && slices.Contains(files, old[0].Pos.File); old = old[1:] {
			gone = append(gone, old[0])
		}
	}
	reader := b.declared.Users.Reader()
	var d policy.DeclaredUser
	for i := range b.declared.Users.Len() {
		if len(fresh) == 0 || fresh[0] != i {
			next()
			if len(old) == 0 {
				return nil, nil, false
			}
			users = append(users, old[0])
			old = old[1:]
			continue
		}
		fresh = fresh[1:]
		u := &policy.User{}
		if !reader.Read(i, &d) {
			return nil, nil, false
		}
		if b.user(&d, u); len(b.faults) > 0 || len(b.joins) > 0 || u.IDs != nil ||
			len(b.dangling) > dangling {
			return nil, nil, false // groups have other members, or two users the same id
		}
		users, come = append(users, u), append(come, u)
	}
	if next(); len(old) > 0 || !b.follow(gone, come) {
		return nil, nil, false
	}
	x.Policy.Users = users
	for _, u := range gone {
		delete(b.unlistedOf, u)
	}
	x.Policy.UnlistedOf = b.unlistedOf
	clear(b.users)
	return gone, come, true
}

// follow gives new users the groups of those they replace. It returns false if a user was added or
// removed whom something else may name.
func (b *policyBinder) follow(gone, come []*policy.User) bool {
	if b.policy.Reviews != nil {
		return false // what they confirm may have changed
	}
	named := len(b.policy.Groups) > 0 || len(b.policy.Waivers) > 0 || len(b.policy.Expects) > 0 ||
		b.policy.Gates != nil ||
		len(b.policy.Owners) > 0
	before := map[string]*policy.User{}
	for _, u := range gone {
		if slices.ContainsFunc(b.dangling, func(d policy.Dangling) bool { return d.User == u.ID }) {
			return false
		}
		if slices.ContainsFunc(u.Memberships, func(m policy.Membership) bool { return len(m.Group.JoinsOf(u)) > 0 }) {
			return false
		}
		before[u.ID] = u
	}
	replaced := 0
	for _, u := range come {
		switch old := before[u.ID]; {
		case old != nil && len(b.policy.Waivers)+len(b.policy.Owners) > 0 && old.Name != u.Name:
			return false // an approver may be named so
		case b.byHome && (old == nil || old.Home != u.Home):
			return false // the groups may change
		case b.everyone && (old == nil || old.Affiliation != u.Affiliation):
			return false // so may the built-in ones
		case old != nil:
			replaced++
			u.Memberships = old.Memberships
		case !b.plain || !isFolded(u.ID):
			return false // somebody's id in other case may be the same
		}
		if b.defaultFor(u); len(b.faults) > 0 {
			return false
		}
	}
	if named && replaced < len(gone) {
		return false
	}
	for _, u := range come {
		for _, m := range u.Memberships {
			members := m.Group.Users
			if i, ok := slices.BinarySearchFunc(members, u.ID, func(x *policy.User, id string) int {
				return strings.Compare(x.ID, id)
			}); ok {
				members[i] = u
			}
		}
	}
	return true
}
