package reach

import "permc.dev/permc/compiler/policy"

// key identifies a deed or a fact by the person, the thing, and the scope or group.
type key struct{ who, what, scope, group int32 }

// fact is something that somebody can reach.
type fact struct {
	who        int
	role       *policy.Role
	permission *policy.Permission
	action     int
	owned      *policy.Group
	scope      *policy.Scope
}

// look calls f for each new thing that somebody has.
func (s *Finder) look(who int, u *policy.User, a *policy.Access, f func(Gain)) {
	s.each(who, u, a, func(x *fact, records policy.Records) {
		if s.learn(x, records) {
			gain := Gain{Role: x.role, Permission: x.permission, Owned: x.owned, Scope: x.scope}
			if x.permission != nil {
				gain.Actions = 1 << x.action
			}
			f(gain)
		}
	})
}

// each calls f with all that somebody has, in order. f must not look at anybody else.
func (s *Finder) each(who int, u *policy.User, a *policy.Access, f func(*fact, policy.Records)) {
	x := &s.fact
	*x = fact{who: who}
	for i := range a.Roles {
		x.role, x.scope = a.Roles[i].Role, a.Roles[i].Scope
		f(x, policy.AllRecords)
	}
	x.role = nil
	for i := range a.Rows {
		r := &a.Rows[i]
		x.permission, x.scope = r.Permission, r.Scope
		for action := range r.Permission.Actions {
			if bit := policy.Actions(1) << action; r.Actions&bit != 0 {
				x.action = action
				f(x, r.RecordsOf(bit))
			}
		}
	}
	*x = fact{who: who}
	for _, g := range s.of(u, s.policy.AsOf) {
		x.owned = g
		f(x, policy.AllRecords)
	}
}

// keyOf returns the key of a fact.
func (s *Finder) keyOf(x *fact) key {
	k := key{who: int32(x.who), what: -1, scope: -1, group: -1}
	switch {
	case x.owned != nil:
		k.group = int32(x.owned.Index)
		return k
	case x.role != nil:
		k.what = int32(x.role.Index)
	default:
		k.what = s.permissionKey(x.permission) + int32(x.action)
	}
	k.scope = int32(x.scope.Index)
	return k
}

// permissionKey returns the key of a permission's first action: keys of roles come before.
func (s *Finder) permissionKey(p *policy.Permission) int32 {
	return int32(len(s.policy.Catalog.Roles) + mostActions*p.Index)
}

// permissionOf returns the permission and the number of its action that have a key.
func (s *Finder) permissionOf(key int32) (p *policy.Permission, action int) {
	key -= int32(len(s.policy.Catalog.Roles))
	return s.policy.Catalog.Permissions[key/mostActions], int(key % mostActions)
}

// mostActions is how many actions a permission can have.
const mostActions = 64

// learn notes a fact, and reports whether it was unknown, or known with fewer records.
func (s *Finder) learn(x *fact, records policy.Records) bool {
	k := s.keyOf(x)
	known, ok := s.facts[k]
	if ok && known <= records {
		return false
	}
	s.facts[k] = records
	if s.known != nil && x.permission != nil {
		if !ok {
			known = kinds
		}
		s.known.note(x, records, known)
	}
	return true
}
