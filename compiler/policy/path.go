package policy

import (
	"math/bits"
	"slices"
)

// PathTo returns the groups from the one that names the user to the one in question, each inside the next, and
// the position of the membership. It is a way in on the policy's day or, if there is none then, on any day.
func (u *User) PathTo(g *Group) ([]*Group, Pos) {
	w, inner, at := u.wayInto(g)
	if inner == nil {
		return []*Group{g}, at
	}
	return w.between(inner, g), at
}

// wayInto returns the group that names the user on the way into another one, or nil, and the position there.
func (u *User) wayInto(g *Group) (w way, inner *Group, at Pos) {
	w = way{any: true}
	m := u.MembershipIn(g)
	if m != nil {
		at, w = m.Pos, way{day: g.AsOf, any: !m.In(g.AsOf)}
	}
	if m == nil || !g.Nests {
		return w, g, at
	}
	if inner = w.namedAt(u, g, at); inner == nil {
		inner = w.innermost(u, g, func(m *Membership) bool { return m.Pos == at })
	}
	if inner == g && !w.isNamed(u, m) { // the group that names the user does so in another place, too
		inner = w.innermost(u, g, func(m *Membership) bool { return w.isNamed(u, m) })
	}
	return w, inner, at
}

// namedAt returns the only group that names the user at a place, if it is, or is in, a group without dated memberships:
// all those with the user from there are around it. It returns nil if it is not sure.
func (w way) namedAt(u *User, g *Group, at Pos) (inner *Group) {
	if g.Dated {
		return nil
	}
	for i := range u.Memberships {
		if m := &u.Memberships[i]; m.Direct > 0 && m.Pos == at {
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
		if _, inner, _ := u.wayInto(g); inner != nil && inner != g {
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

// between returns groups from an inner one to an outer one, each inside the next, with no other in between.
func (w way) between(inner, outer *Group) []*Group {
	if inner == outer {
		return []*Group{inner}
	}
	around, isWithin := func(g *Group) int { return len(g.Outer()) }, w.isWithin
	if known := newAncestors(inner); known != nil {
		around, isWithin = known.count, known.has
	}
	outers := inner.Outer()
	var list []*Group // those with more groups around them first
	for i := range outers {
		if m := &outers[i]; w.counts(m) && around(m.Group) > around(outer) && isWithin(m.Group, outer) {
			list = append(list, m.Group)
		}
	}
	slices.SortStableFunc(list, func(a, b *Group) int { return around(b) - around(a) })
	path := []*Group{inner}
	for _, g := range list {
		if isWithin(path[len(path)-1], g) {
			path = append(path, g)
		}
	}
	return append(path, outer)
}

// ancestors knows, of a group and those around it, which of them are around which: as bits, since there are many pairs.
type ancestors struct {
	numbers map[*Group]int
	sets    map[*Group][]uint64
}

// newAncestors returns the ancestors of a group, or nil if something in them has a date.
func newAncestors(g *Group) *ancestors {
	if g.Around != nil && len(g.Around.dated) > 0 {
		return nil
	}
	a := &ancestors{map[*Group]int{g: 0}, map[*Group][]uint64{}}
	for i, m := range g.Outer() {
		a.numbers[m.Group] = i + 1
	}
	a.of(g)
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

func (a *ancestors) has(g, o *Group) bool {
	set, n := a.of(g), a.numbers[o]
	return set != nil && set[n/64]>>(n%64)&1 != 0
}

func (a *ancestors) count(g *Group) (n int) {
	for _, word := range a.of(g) {
		n += bits.OnesCount64(word)
	}
	return n
}
