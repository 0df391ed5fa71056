package policy

import (
	"math/bits"
	"slices"
)

// WayFinder finds how a user is in groups, one after the other. Each goroutine needs its own.
type WayFinder struct {
	user   *User
	listed bool
	named  []*Membership // in groups that name the user, once listed
	inner  *Group
	known  *ancestors // of inner, or nil
}

// Of sets whose ways are asked for.
func (x *WayFinder) Of(u *User) { x.user, x.listed = u, false }

// Into returns the groups from the one that names the user to the one in question, each inside the next, and the
// position of the membership. It is a way in on the policy's day or, if there is none then, on any day.
func (x *WayFinder) Into(g *Group) ([]*Group, Pos) {
	w, inner, at := x.wayInto(g)
	if inner == nil {
		return []*Group{g}, at
	}
	return x.between(w, inner, g), at
}

// PathTo does what WayFinder.Into does, once.
func (u *User) PathTo(g *Group) ([]*Group, Pos) {
	x := WayFinder{user: u}
	return x.Into(g)
}

// naming returns the memberships of the user in groups that name them.
func (x *WayFinder) naming() []*Membership {
	if !x.listed {
		x.named, x.listed = x.named[:0], true
		for i := range x.user.Memberships {
			if m := &x.user.Memberships[i]; m.Direct > 0 {
				x.named = append(x.named, m)
			}
		}
	}
	return x.named
}

// wayInto returns the group that names the user on the way into another one, or nil, and the position there.
func (x *WayFinder) wayInto(g *Group) (w way, inner *Group, at Pos) {
	u := x.user
	w = way{any: true}
	m := u.MembershipIn(g)
	if m != nil {
		at, w = m.Pos, way{day: g.AsOf, any: !m.In(g.AsOf)}
	}
	if m == nil || !g.Nests {
		return w, g, at
	}
	if inner = w.namedAt(x.naming(), g, at); inner == nil {
		inner = w.innermost(u, g, func(m *Membership) bool { return m.Pos == at })
	}
	if inner == g && !w.isNamed(u, m) { // the group that names the user does so in another place, too
		inner = w.innermost(u, g, func(m *Membership) bool { return w.isNamed(u, m) })
	}
	return w, inner, at
}

// namedAt returns the only group of some that name the user that does so at a place, if it is, or is in, a group without
// dated memberships: all those with the user from there are around it. It returns nil if it is not sure.
func (w way) namedAt(list []*Membership, g *Group, at Pos) (inner *Group) {
	if g.Dated {
		return nil
	}
	for _, m := range list {
		if m.Pos == at {
			if inner != nil || !w.counts(m) {
				return nil
			}
			inner = m.Group
		}
	}
	if inner == nil || inner != g && !w.isWithin(inner, g) {
		return nil
	}
	return inner
}

// innermost returns the innermost group with the user in or within a group, of some memberships, or nil.
func (w way) innermost(u *User, g *Group, of func(*Membership) bool) (inner *Group) {
	for i := range u.Memberships {
		m := &u.Memberships[i]
		if x := m.Group; of(m) && w.counts(m) && (x == g || w.isWithin(x, g)) &&
			(inner == nil || w.isWithin(x, inner)) {
			inner = x
		}
	}
	return inner
}

// NameWay names a group, and the one in it through which the user is in it: learners, through support-emea.
func (u *User) NameWay(g *Group, name func(*Group) string) string {
	if g.Nests {
		x := WayFinder{user: u}
		if _, inner, _ := x.wayInto(g); inner != nil && inner != g {
			return name(g) + ", through " + name(inner)
		}
	}
	return name(g)
}

// IDOf returns the id of a group.
func IDOf(g *Group) string { return g.ID }

// way asks about memberships on one day, or on any.
type way struct {
	day Date
	any bool
}

func (w way) counts(m *Membership) bool { return w.any || m.In(w.day) }

// NoteNamed notes that the group names a user: this matters where it does so for other days than the policy's, or for
// none.
func (g *Group) NoteNamed(u *User, terms *Terms) {
	if p, ok := terms.Period(); ok && p.Covers(g.AsOf) {
		return
	}
	if g.idle == nil {
		g.idle = map[*User]int32{}
	}
	g.idle[u]++
}

// isNamed reports whether a group names the user itself.
func (w way) isNamed(u *User, m *Membership) bool {
	return m.Direct > 0 && (w.any || m.Direct > m.Group.idle[u])
}

// isWithin reports whether a group is in another one.
func (w way) isWithin(g, o *Group) bool {
	m := g.outerIn(o)
	return m != nil && w.counts(m)
}

// between returns groups from an inner one to an outer one, each inside the next, with no other in between. Of several
// that could follow, it is the one with the most groups around it.
func (x *WayFinder) between(w way, inner, outer *Group) []*Group {
	if inner == outer {
		return []*Group{inner}
	}
	if inner.Around != nil && len(inner.Around.dated) == 0 {
		return x.stepsBetween(inner, outer)
	}
	outers := inner.Outer()
	var list []*Group // those with more groups around them first
	for i := range outers {
		if m := &outers[i]; w.counts(m) && len(m.Group.Outer()) > len(outer.Outer()) && w.isWithin(m.Group, outer) {
			list = append(list, m.Group)
		}
	}
	slices.SortStableFunc(list, func(a, b *Group) int { return len(b.Outer()) - len(a.Outer()) })
	path := []*Group{inner}
	for _, g := range list {
		if w.isWithin(path[len(path)-1], g) {
			path = append(path, g)
		}
	}
	return append(path, outer)
}

// stepsBetween asks between where no membership around the inner group has a date. The group that follows is one that
// names the group, because any other is around such a one, and has fewer groups around it.
func (x *WayFinder) stepsBetween(inner, outer *Group) []*Group {
	s := steps{ways: x, inner: inner, outer: outer, next: map[*Group]*Group{}}
	if !s.inwards(len(inner.Outer())) {
		clear(s.next)
		s.outwards(inner)
	}
	path := []*Group{inner}
	for g := s.next[inner]; g != nil && g != outer; g = s.next[g] {
		path = append(path, g)
	}
	return append(path, outer)
}

// steps finds which group follows which on the way from an inner to an outer one.
type steps struct {
	ways         *WayFinder
	inner, outer *Group
	next         map[*Group]*Group
}

// inwards finds the steps from all groups inside the outer one, unless there are too many. It reports whether it did.
func (s *steps) inwards(most int) bool {
	for list := []*Group{s.outer}; len(list) > 0; list = list[1:] {
		g := list[0]
		if most -= 1 + len(g.inside); most < 0 && g != s.outer {
			return false
		}
		for _, y := range g.inside {
			if s.next[y] == nil && y != s.inner {
				list = append(list, y)
			}
			s.offer(y, g)
		}
	}
	return true
}

// outwards finds the steps from a group and those around it, and reports whether they lead to the outer one.
func (s *steps) outwards(g *Group) bool {
	if next, known := s.next[g]; known || g == s.outer {
		return next != nil || g == s.outer
	}
	s.next[g] = nil
	if g.Around != nil {
		for _, y := range g.Around.direct {
			if s.outwards(y) {
				s.offer(g, y)
			}
		}
	}
	return s.next[g] != nil
}

// offer notes that a group may follow another.
func (s *steps) offer(g, y *Group) {
	old := s.next[g]
	if old == nil || old != y && s.ways.isBefore(s.inner, y, old) {
		s.next[g] = y
	}
}

// isBefore reports whether one of two groups around an inner one comes first.
func (x *WayFinder) isBefore(inner, a, b *Group) bool {
	if x.inner != inner {
		x.inner, x.known = inner, newAncestors(inner)
	}
	m, n := x.known.count(a), x.known.count(b)
	return m > n || m == n && a.Index < b.Index
}

// ancestors knows, of a group and those around it, which of them are around which: as bits, since there are many pairs.
type ancestors struct {
	numbers map[*Group]int
	sets    map[*Group][]uint64
	counts  map[*Group]int
}

// newAncestors returns the ancestors of a group in which nothing has a date.
func newAncestors(g *Group) *ancestors {
	a := &ancestors{map[*Group]int{g: 0}, map[*Group][]uint64{}, map[*Group]int{}}
	for i, m := range g.Outer() {
		a.numbers[m.Group] = i + 1
	}
	return a
}

// of returns what is around a group.
func (a *ancestors) of(g *Group) []uint64 {
	set, ok := a.sets[g]
	if ok || g.Around == nil {
		return set
	}
	set = make([]uint64, len(a.numbers)/64+1)
	for _, x := range g.Around.direct {
		set[a.numbers[x]/64] |= 1 << (a.numbers[x] % 64)
		for i, word := range a.of(x) {
			set[i] |= word
		}
	}
	a.sets[g] = set
	return set
}

// count counts what is around a group.
func (a *ancestors) count(g *Group) int {
	n, known := a.counts[g]
	if !known {
		for _, word := range a.of(g) {
			n += bits.OnesCount64(word)
		}
		a.counts[g] = n
	}
	return n
}
