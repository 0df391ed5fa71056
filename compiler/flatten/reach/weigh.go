package reach

import "permc.dev/permc/compiler/policy"

// weighInTree compares what somebody holds with what they would give, without flattening that: they hold all of it,
// wherever it counts, or lack some of it. If neither is certain, it returns false.
func (s *Finder) weighInTree(p *premise, e *policy.Entry) (v verdict, ok bool) {
	t := s.heldInTree(p, e.Scope.Root())
	if t == nil {
		return v, false
	}
	u := policy.User{Affiliation: s.people[p.who].Affiliation}
	held, given := s.heldBy(p.who, p.acts), s.known.of(e.Role, e.Permission)
	holds := func(x part) bool { return held.lacking(parts{x}) < 0 }
	if given.wide.within(t.full) && s.isNearOld(e.Role, e.Scope, t, holds) &&
		s.known.isDerivedOld(&u, given, given.actions, s.known.newGift, t.full) {
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

// isNearOld reports whether all that cells of a role give near a scope is old: on all scopes of the tree, or where they
// give it.
func (s *Finder) isNearOld(r *policy.Role, on *policy.Scope, t *tally, old func(part) bool) bool {
	if r == nil {
		return true
	}
	for i := range r.Cells {
		c := &r.Cells[i]
		if !isNear(c) {
			continue
		}
		same := true
		s.eachPart(c, t, func(x part) bool {
			c.Reach.Each(on, c.Permission.Levels, func(at *policy.Scope) {
				x.scope = int32(at.Index)
				same = same && old(x)
			})
			return same
		})
		if !same {
			return false
		}
	}
	return true
}

// eachPart calls f with each part of a cell that is not full, without its scope, until it returns false.
func (s *Finder) eachPart(c *policy.Cell, t *tally, f func(part) bool) {
	for action := range c.Permission.Actions {
		if c.Actions>>action&1 != 0 && !t.full.has(s.known.number(c.Permission, action, c.Records())) &&
			!f(part{what: s.permissionKey(c.Permission) + int32(action), records: c.Records()}) {
			return
		}
	}
}

// eachLacked calls f with what somebody certainly lacks of a role, on one scope each, until it returns false.
func (s *Finder) eachLacked(p *premise, e *policy.Entry, t *tally, f func(part) bool) {
	if e.Role == nil || e.FaultFor(&policy.User{Affiliation: s.people[p.who].Affiliation}) != 0 {
		return
	}
	held, more := s.heldBy(p.who, p.acts), true
	for i := range e.Role.Cells {
		c := &e.Role.Cells[i]
		if c.When != nil || !more {
			continue
		}
		s.eachPart(c, t, func(x part) bool {
			for _, at := range s.scopesOf(c, e.Scope) {
				if x.scope = int32(at.Index); c.Reaches(e.Scope, at) && held.lacking(parts{x}) == 0 {
					more = f(x)
					break
				}
			}
			return more
		})
	}
}

// scopesOf returns the scopes on which it is worth to look for what a cell gives: all of the tree, or one alone.
func (s *Finder) scopesOf(c *policy.Cell, on *policy.Scope) []*policy.Scope {
	if c.Reach.Kind == policy.Tree {
		return s.known.treeOf(on.Root()).list
	}
	return []*policy.Scope{on}
}

// heldInTree counts on how many scopes of a tree a giver holds something. It returns nil if they hold nothing there, or
// if that is not worth it.
func (s *Finder) heldInTree(p *premise, root *policy.Scope) *tally {
	if s.known == nil || s.known.treeOf(root) == nil {
		return nil
	}
	who := giver{p.who, nameActs(p.acts)}
	all := s.known.held[who]
	if all == nil {
		if len(s.known.held) >= mostTallies {
			clear(s.known.held)
		}
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
		t := all[root]
		if t == nil && len(all) < mostTallies {
			if tree := s.known.treeOf(root); tree != nil {
				t = s.known.newTally(tree)
				all[root] = t
			}
		}
		if t != nil {
			permission, action := s.permissionOf(x.what)
			t.count(s.known.number(permission, action, x.records), kinds-x.records)
		}
	}
	return all
}
