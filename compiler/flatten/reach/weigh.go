package reach

import "permc.dev/permc/compiler/policy"

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
