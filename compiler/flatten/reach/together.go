package reach

import (
	"slices"

	"permc.dev/permc/compiler/flatten"
	"permc.dev/permc/compiler/policy"
)

// together looks for something that acts give only together, such as a permission that needs two roles. It reports
// whether it found anything.
func (s *Finder) together() (found bool) {
	if !s.combine || len(s.acts) == 0 {
		return false
	}
	all := make([]int, len(s.acts))
	for i := range all {
		all[i] = i
	}
	for who := range s.receivers() {
		for !s.isAllKnown(who, all) {
			wanted, records, ok := s.unknown(who, all)
			if !ok {
				break
			}
			acts := s.fewest(who, all, wanted, records)
			if !s.possible(acts) {
				s.learn(&wanted, records) // only by an order of acts that undo each other
				continue
			}
			u := s.after(who, acts)
			access := s.flatten.User(u)
			s.note(who, acts, u, &access)
			found = true
		}
	}
	return found
}

// unknown returns the first thing that somebody has after some acts and that is new.
func (s *Finder) unknown(who int, acts []int) (first fact, records policy.Records, ok bool) {
	u := s.after(who, acts)
	access := s.flattenerOf(acts).User(u)
	s.each(who, u, &access, func(x *fact, r policy.Records) {
		if known, old := s.facts[s.keyOf(x)]; !ok && (!old || r < known) {
			first, records, ok = *x, r, true
		}
	})
	return first, records, ok
}

// flattenerOf returns a flattener of what may be new after acts that were each looked at: if nobody joins a group, only
// mixed permissions.
func (s *Finder) flattenerOf(acts []int) *flatten.Flattener {
	if s.apart || slices.ContainsFunc(acts, func(i int) bool { return s.acts[i].Join }) {
		return s.flatten
	}
	return s.needed
}

// has reports whether somebody has something after some acts.
func (s *Finder) has(who int, acts []int, wanted fact, records policy.Records) (has bool) {
	u := s.after(who, acts)
	access := s.flattenerOf(acts).User(u)
	s.each(who, u, &access, func(x *fact, r policy.Records) { has = has || *x == wanted && r <= records })
	return has
}

// fewest drops acts that something does not need: those that take most acts before them, then many at a time, then one
// by one.
func (s *Finder) fewest(who int, acts []int, wanted fact, records policy.Records) []int {
	before := 0
	for _, i := range acts {
		before = max(before, len(s.acts[i].before))
	}
	for ; before > 0; before-- {
		fewer := slices.DeleteFunc(slices.Clone(acts), func(i int) bool { return len(s.acts[i].before) >= before })
		if !s.has(who, fewer, wanted, records) {
			break
		}
		acts = fewer
	}
	for size := (len(acts) + 1) / 2; size > 0; size /= 2 {
		for end := len(acts); end > 0; end -= size {
			end = min(end, len(acts))
			fewer := s.without(acts, acts[max(0, end-size):end])
			if s.has(who, fewer, wanted, records) {
				acts = fewer
			}
		}
	}
	return acts
}

// without drops some acts and those that they make possible.
func (s *Finder) without(acts, drop []int) (rest []int) {
	gone := map[int]bool{}
	for _, i := range drop {
		gone[i] = true
	}
	for _, i := range acts {
		if gone[i] || slices.ContainsFunc(s.acts[i].before, func(j int) bool { return gone[j] }) {
			gone[i] = true
			continue
		}
		rest = append(rest, i)
	}
	return rest
}

// possible reports whether each act is possible after those before it.
func (s *Finder) possible(acts []int) bool {
	for n, i := range acts {
		why := s.acts[i].Why
		if why.Attribute != "" {
			continue
		}
		holds := false
		by := s.acts[i].by
		u := s.after(by, acts[:n])
		access := s.flatten.User(u)
		s.each(by, u, &access, func(x *fact, _ policy.Records) {
			holds = holds || x.role == why.Role && x.permission == why.Permission && x.owned == why.Owned &&
				x.scope == why.Scope
		})
		if !holds {
			return false
		}
	}
	return true
}
