package diff

import (
	"slices"

	"permc.dev/permc/compiler/policy"
)

// side is one of the two tables on one day.
type side struct {
	base   bool
	own    *policy.Access // of the user here, or nil
	other  *policy.Access // of the user on the other side, or nil
	asOf   policy.Date
	day    policy.Date
	memory *Memory
}

// lastCause is the line that explained the last source of a user's own: the rows
// of an entry come one after the other.
type lastCause struct {
	base  bool
	day   policy.Date
	via   *policy.Via // nil where there is none
	cause Cause
}

// is reports whether a source is explained by the same line.
func (l *lastCause) is(s side, v *policy.Via) bool {
	w := l.via
	return w != nil && l.base == s.base && l.day == s.day && v.Group == nil && v.Pos == w.Pos && v.Role == w.Role &&
		v.From == w.From &&
		v.Scope == w.Scope && v.Ends == w.Ends
}

// sides returns the head and the base on a day; 0 is the day of the comparison.
func (t *timeline) sides(day policy.Date) (here, there side) {
	base, head, asOf := t.pair.Base, t.pair.Head, t.head.AsOf
	day = max(day, asOf)
	m := t.pair.memory()
	return side{false, head, base, asOf, day, m}, side{true, base, head, asOf, day, m}
}

// entriesOf returns the entries of a user, or of a group that the user is in on a day.
func entriesOf(a *policy.Access, g *policy.Group, day policy.Date) []policy.Entry {
	if a == nil {
		return nil
	}
	if g == nil {
		return a.User.Entries
	}
	if m := memberOn(a, g, day); m != nil {
		return m.Group.Entries
	}
	return nil
}

// entryOf returns the entry that a source comes from, or nil.
func (s side) entryOf(v *policy.Via) *policy.Entry {
	in := policy.Date(0)
	if v.Group != nil {
		if m := membershipIn(s.own, v.Group); m != nil {
			in, _ = m.Periods.On(s.day)
		}
	}
	assigned := v.Role
	if v.From != nil {
		assigned = v.From
	}
	for _, e := range s.memory.entriesAt(entriesOf(s.own, v.Group, s.day), v.Pos) {
		if v.Role == nil ||
			roleID(e.Role) == assigned.ID && e.Scope.Path == v.Scope.Path && policy.Earlier(e.Ends, in) == v.Ends {
			return e
		}
	}
	return nil
}

// counterpart returns what an entry of this side is on the other one: the same,
// or else one for the same role or permission on the same scope that is not the
// same as another entry here. It returns nil if the entry is added or removed.
func (s side) counterpart(e *policy.Entry, g *policy.Group) (other *policy.Entry, same bool) {
	here := s.memory.entriesAbout(entriesOf(s.own, g, s.day), e)
	there := s.memory.entriesAbout(entriesOf(s.other, g, s.day), e)
	switch {
	case len(there) == 0:
		return nil, false
	case len(here) >= policy.Long:
		return s.memory.counterpartOf(e, here, there)
	}
	return counterpartAmong(e, here, there)
}

// counterpartAmong returns what an entry here is among those that are about the same on the other side.
func counterpartAmong(e *policy.Entry, here, there []*policy.Entry) (other *policy.Entry, same bool) {
	there = slices.Clone(there)
	rest := here[:0:0]
	for _, x := range here {
		i := slices.IndexFunc(there, func(y *policy.Entry) bool { return sameEntry(*x, *y) })
		switch {
		case i < 0:
			rest = append(rest, x)
			continue
		case x.Pos == e.Pos && sameEntry(*x, *e):
			return there[i], true
		}
		there = slices.Delete(there, i, i+1)
	}
	i := slices.IndexFunc(rest, func(x *policy.Entry) bool { return x.Pos == e.Pos && sameEntry(*x, *e) })
	if i < 0 || i >= len(there) {
		return nil, false
	}
	return there[i], false
}

// entryCause returns the line that makes an entry count here and not on the other
// side: in the head if it is added or changed, and in the base if it is removed.
// It reports false if the entry is the same on both sides.
func (s side) entryCause(e *policy.Entry, g *policy.Group) (Cause, bool) {
	other, same := s.counterpart(e, g)
	if other == nil {
		return Cause{Base: s.base, Pos: e.Pos}, true
	}
	head, base := e, other
	if s.base {
		head, base = other, e
		if fault := head.FaultFor(s.other.User); fault != 0 {
			return Cause{false, head.Pos, fault.String()}, true
		}
	} else if base.FaultFor(s.other.User) != 0 {
		return Cause{Pos: head.Pos}, true
	}
	if same {
		return Cause{}, false
	}
	c := Cause{Pos: head.Pos}
	switch {
	case other.Starts > s.day && head.Starts != base.Starts && head.StartsAt().IsValid():
		c.Pos = head.StartsAt()
	case other.Ends.End() < s.day && head.Ends != base.Ends && head.EndsAt().IsValid():
		c.Pos = head.EndsAt()
	}
	switch {
	case s.base && head.Ends.End() < s.asOf:
		c.Why = "ended on " + head.Ends.String()
	case s.base && head.Starts > s.asOf:
		c.Why = "starts on " + head.Starts.String()
	}
	return c, true
}
