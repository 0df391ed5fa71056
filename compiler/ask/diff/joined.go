package diff

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// link is a membership as declared, at a group or at a user.
type link struct {
	policy.DeclaredMember
	group string
}

// period returns when the membership counts.
func (l *link) period() policy.Period {
	p, _ := l.Terms.Period()
	return p
}

// on reports whether the membership counts on a day.
func (l *link) on(day policy.Date) bool { return l.period().Covers(day) }

// memberOn returns how a user is in a group on a day, or nil.
func memberOn(a *policy.Access, g *policy.Group, day policy.Date) *policy.Membership {
	if m := membershipIn(a, g); m != nil && m.In(day) {
		return m
	}
	return nil
}

// joined returns the lines that put somebody in a group here and not on the other side, or for another time: where a
// user or an inner group is added, or where a date is changed.
func (p *Policies) joined(s side, g *policy.Group) []Cause {
	here, there := p.head, p.base
	if s.base {
		here, there = there, here
	}
	path := s.memory.pathTo(here, g, s.own.User, s.day)
	if there != nil {
		for _, same := range []func(a, b *link) bool{
			func(_, b *link) bool { return b.on(s.day) },
			func(a, b *link) bool { return a.period() == b.period() },
		} {
			for i := range path {
				if c, ok := s.linkCause(&path[i], there, same); ok {
					return []Cause{c}
				}
			}
		}
	}
	return []Cause{{s.base, membershipIn(s.own, g).Pos, "member of " + g.ID}}
}

// linkCause returns the line by which a membership is here and not on the other side.
func (s side) linkCause(l *link, there *policy.Policy, same func(a, b *link) bool) (Cause, bool) {
	c := Cause{s.base, l.Pos, "member of " + l.group}
	list := s.memory.linksOf(there, groupOf(there, l.group), l.Name, s.users())
	if slices.ContainsFunc(list, func(o link) bool { return same(l, &o) }) {
		return c, false
	}
	if len(list) == 0 {
		return c, true
	}
	head, other := l, &list[0]
	if s.base {
		head = other
	}
	c.Base, c.Pos = false, head.Pos
	before, after := other.period().Starts > s.day, other.period().Ends.End() < s.day
	switch t := head.Terms; {
	case t == nil:
	case before && t.StartsAt.IsValid():
		c.Pos = t.StartsAt
	case (after || !before && l.period().Ends != other.period().Ends) && t.EndsAt.IsValid():
		c.Pos = t.EndsAt
	}
	switch p := head.period(); {
	case s.base && p.Ends.End() < s.asOf:
		c.Why += ", ended on " + p.Ends.String()
	case s.base && p.Starts > s.asOf:
		c.Why += ", starts on " + p.Starts.String()
	}
	return c, true
}

// users returns the user on both sides.
func (s side) users() (list []*policy.User) {
	for _, a := range []*policy.Access{s.own, s.other} {
		if a != nil {
			list = append(list, a.User)
		}
	}
	return list
}

// linksOf returns the memberships of somebody in a group, which may be nil: of a user, if the name is that of one of
// the users, or of an inner group.
func (m *Memory) linksOf(p *policy.Policy, g *policy.Group, name string, users []*policy.User) (list []link) {
	if g == nil {
		return nil
	}
	for _, i := range m.members.Of(p.Catalog, g).Named[p.Catalog.MemberKey(name)] {
		list = append(list, link{g.Members[i], g.ID})
	}
	for i, u := range users {
		if p.Catalog.MemberKey(u.ID) != p.Catalog.MemberKey(name) || i > 0 && u.ID == users[0].ID {
			continue
		}
		for _, j := range g.JoinsOf(u) {
			list = append(list, link{policy.DeclaredMember{Ref: policy.Ref{Name: u.ID, Pos: j.Pos}, Terms: j.Terms},
				g.ID})
		}
	}
	return list
}

// pathTo returns how a group holds a user, from the group inwards, or nil: on a day if it does, or else on another.
func (m *Memory) pathTo(p *policy.Policy, g *policy.Group, u *policy.User, day policy.Date) []link {
	if path := m.pathOn(p, g, u, day, map[string]bool{}); path != nil {
		return path
	}
	return m.pathOn(p, g, u, 0, map[string]bool{})
}

// pathOn returns how a group holds a user on a day, or on any if that is zero.
func (m *Memory) pathOn(p *policy.Policy, g *policy.Group, u *policy.User, day policy.Date,
	seen map[string]bool) []link {
	if seen[g.ID] {
		return nil
	}
	seen[g.ID] = true
	for _, l := range m.linksOf(p, g, u.ID, []*policy.User{u}) {
		if day == 0 || l.on(day) {
			return []link{l}
		}
	}
	for _, i := range m.members.Of(p.Catalog, g).Inner {
		l := link{g.Members[i], g.ID}
		inner := groupOf(p, strings.TrimPrefix(l.Name, "group:"))
		if inner != nil && (day == 0 || l.on(day)) {
			if path := m.pathOn(p, inner, u, day, seen); path != nil {
				return append([]link{l}, path...)
			}
		}
	}
	return nil
}
