package policy

import (
	"cmp"
	"slices"
)

// Join is a membership that is declared at the user.
type Join struct {
	User  *User
	Pos   Pos // of the group's name
	Terms *Terms
}

// Member is a membership that says more than a name, or repeats another one: of a user or of an inner group.
type Member struct {
	User  *User  // or nil
	Inner *Group // or nil
	Pos   Pos    // of the member, or of the group as the user names it
	Terms *Terms // or nil
	First Pos    // of the same membership before this one, or the zero Pos
}

// Period is some days. A zero Date is no limit.
type Period struct{ Starts, Ends Date }

// Within reports whether all days of a period are days of another.
func (p Period) Within(o Period) bool { return o.Starts <= p.Starts && p.Ends.End() <= o.Ends.End() }

// Covers reports whether a day is one of the period.
func (p Period) Covers(day Date) bool { return p.Starts <= day && day <= p.Ends.End() }

// And returns the days of both periods, and reports whether there are any.
func (p Period) And(o Period) (Period, bool) {
	both := Period{max(p.Starts, o.Starts), Earlier(p.Ends, o.Ends)}
	return both, both.Starts <= both.Ends.End()
}

// Period returns when a membership with these terms counts, and reports whether it ever does.
func (t *Terms) Period() (Period, bool) {
	if t == nil {
		return Period{}, true
	}
	return Period{t.Starts, t.Ends}, t.Starts <= t.Ends.End()
}

// IsDated reports whether a membership with these terms has a first or a last day.
func (t *Terms) IsDated() bool { return t != nil && (t.Starts != 0 || t.Ends != 0) }

// Periods are the periods of a membership, one for each way into the group that no other covers: sorted, so that both
// first and last days grow. Nil is always; an empty list is never.
type Periods []Period

// Add returns the periods with one more.
func (p Periods) Add(more Period) Periods {
	if slices.ContainsFunc(p, more.Within) {
		return p
	}
	p = slices.DeleteFunc(p, func(x Period) bool { return x.Within(more) })
	at, _ := slices.BinarySearchFunc(p, more, func(a, b Period) int { return cmp.Compare(a.Starts, b.Starts) })
	return slices.Insert(p, at, more)
}

// On reports whether a day is in one of the periods, and returns when the last of these ends.
func (p *Periods) On(day Date) (ends Date, ok bool) {
	if p == nil {
		return 0, true
	}
	for i := len(*p) - 1; i >= 0; i-- {
		if x := (*p)[i]; x.Starts <= day {
			return x.Ends, day <= x.Ends.End()
		}
	}
	return 0, false
}

// Over reports whether all periods have ended before a day.
func (p *Periods) Over(day Date) bool {
	return p != nil && (len(*p) == 0 || (*p)[len(*p)-1].Ends.End() < day)
}

// All returns the periods; always is one without limits.
func (p *Periods) All() Periods {
	if p == nil {
		return Periods{{}}
	}
	return *p
}

// Equal reports whether two memberships count on the same days, and end on the same day as seen from each of them.
func (p *Periods) Equal(o *Periods) bool { return slices.Equal(p.All(), o.All()) }

// CoverSame reports whether two memberships count on the same days. One way may end there, and another go on.
func (p *Periods) CoverSame(o *Periods) bool { return slices.Equal(p.All().joined(), o.All().joined()) }

// joined returns the same days in as few periods as possible.
func (p Periods) joined() (out Periods) {
	for _, x := range p {
		if n := len(out); n > 0 && (out[n-1].Ends == 0 || x.Starts <= out[n-1].Ends+1) {
			out[n-1].Ends = x.Ends
			continue
		}
		out = append(out, x)
	}
	return out
}

// Groups returns the groups that a user is in on a day.
func (u *User) Groups(day Date) (list []Membership) {
	for _, m := range u.Memberships {
		if _, ok := m.Periods.On(day); ok {
			list = append(list, m)
		}
	}
	return list
}

// MembershipIn returns how a user is in a group, or nil.
func (u *User) MembershipIn(g *Group) *Membership {
	i, ok := u.FindMembership(g)
	if !ok || u.Memberships[i].Group != g {
		return nil
	}
	return &u.Memberships[i]
}

// FindMembership returns the number of a user's membership in a group, maybe as the group was changed for that user.
func (u *User) FindMembership(g *Group) (at int, ok bool) {
	return slices.BinarySearchFunc(u.Memberships, g.Index, func(m Membership, index int) int {
		return m.Group.Index - index
	})
}

// IsIn reports whether a user is in a group on a day.
func (u *User) IsIn(g *Group, day Date) bool {
	m := u.MembershipIn(g)
	return m != nil && m.In(day)
}

// JoinsOf returns the memberships in the group that a user declares.
func (g *Group) JoinsOf(u *User) []Join {
	from, ok := slices.BinarySearchFunc(g.Joined, u.ID, func(j Join,
		id string) int {
		return cmp.Compare(j.User.ID, id)
	})
	if !ok {
		return nil
	}
	to := from
	for to < len(g.Joined) && g.Joined[to].User.ID == u.ID {
		to++
	}
	return g.Joined[from:to]
}

// StartsAfter reports whether an entry, which counts in some periods, begins to count after a day.
func (e *Entry) StartsAfter(day Date, periods *Periods) bool {
	if periods == nil {
		return e.Starts > day
	}
	return slices.ContainsFunc(*periods, func(p Period) bool {
		both, ok := p.And(Period{e.Starts, e.Ends})
		return ok && both.Starts > day
	})
}

// In reports whether a membership counts on a day. Nil is no group: it always does.
func (m *Membership) In(day Date) bool {
	if m == nil {
		return true
	}
	_, ok := m.Periods.On(day)
	return ok
}

// Idle says in words why a membership does not count on a day.
func (m *Membership) Idle(day Date) string {
	switch list := m.Periods.All(); {
	case len(list) == 0:
		return "never counts"
	case list[0].Starts > day:
		return "starts on " + list[0].Starts.String()
	case m.Periods.Over(day):
		return "ended on " + list[len(list)-1].Ends.String()
	default:
		next := slices.IndexFunc(list, func(p Period) bool { return p.Starts > day })
		return "starts again on " + list[next].Starts.String()
	}
}

// Union returns the periods of somebody who is in a group in two ways.
func (p *Periods) Union(o *Periods) *Periods {
	if p == nil || o == nil {
		return nil
	}
	all := slices.Clone(*p)
	for _, x := range *o {
		all = all.Add(x)
	}
	return &all
}
