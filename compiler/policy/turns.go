package policy

import "slices"

// Calendar knows on which days a user's entries begin or have ended. Goroutines may share it.
type Calendar struct {
	after   Date
	groups  [][]Date // by the group's index
	starts  [][]Date // likewise, days on which an entry begins
	idle    []bool   // likewise, whether being in the group makes no difference
	ways    *Ways    // or nil: those that add nothing to other memberships matter, too
	concern *Concern // the entries that matter
}

// NewCalendar returns the calendar of the days after the policy's own day.
func NewCalendar(p *Policy) *Calendar { return NewCalendarOf(p, nil) }

// NewCalendarOf returns the calendar of the entries and memberships that make a difference to a concern.
func NewCalendarOf(p *Policy, concern *Concern) *Calendar {
	c := &Calendar{
		after:   p.AsOf,
		groups:  make([][]Date, len(p.Groups)),
		starts:  make([][]Date, len(p.Groups)),
		idle:    make([]bool, len(p.Groups)),
		ways:    p.Ways,
		concern: concern,
	}
	for i, g := range p.Groups {
		c.groups[i] = SortDays(c.appendTurns(nil, g.Entries))
		c.starts[i] = SortDays(c.appendStarts(nil, g.Entries))
		c.idle[i] = !concern.HasGroup(g)
	}
	return c
}

// Turns appends the days after the policy's own on which an entry of the user or of the user's groups,
// or a membership, begins or has ended. They are unsorted, and may repeat.
func (c *Calendar) Turns(days []Date, u *User) []Date {
	return c.collect(c.appendTurns(days, u.Entries), u, c.groups, (*Periods).appendTurns)
}

// collect appends the days of the user's groups, and of all memberships.
func (c *Calendar) collect(days []Date, u *User, groups [][]Date,
	add func(*Periods, []Date, Date) []Date) []Date {
	for i := range u.Memberships {
		m := &u.Memberships[i]
		if days = append(days, groups[m.Group.Index]...); m.Periods != nil && !c.idle[m.Group.Index] {
			days = add(m.Periods, days, c.after)
		}
	}
	for _, period := range c.ways.periods(u) {
		days = add(&period, days, c.after)
	}
	return days
}

// TurnsByGroups reports whether there are such days of groups, memberships or ways into groups.
func (c *Calendar) TurnsByGroups(u *User) bool {
	return len(c.collect(nil, u, c.groups, (*Periods).appendTurns)) > 0
}

// Until returns the last day to check, counted from the policy's own day.
func (p *Policy) Until() Date {
	if p.LookAhead < 0 {
		return Never
	}
	return p.AsOf + Date(p.LookAhead)
}

// Starts appends only the days on which an entry or a membership begins, like Turns.
func (c *Calendar) Starts(days []Date, u *User) []Date {
	return c.collect(c.appendStarts(days, u.Entries), u, c.starts, (*Periods).appendStarts)
}

// SortDays sorts days and drops repetitions.
func SortDays(days []Date) []Date {
	slices.Sort(days)
	return slices.Compact(days)
}

func (c *Calendar) appendStarts(days []Date, entries []Entry) []Date {
	for i := range entries {
		if e := &entries[i]; e.Starts > c.after && e.Starts <= e.Ends.End() && c.concern.Has(e) {
			days = append(days, e.Starts)
		}
	}
	return days
}

func (p *Periods) appendStarts(days []Date, after Date) []Date {
	for _, x := range *p {
		if x.Starts > after {
			days = append(days, x.Starts)
		}
	}
	return days
}

func (p *Periods) appendTurns(days []Date, after Date) []Date {
	days = p.appendStarts(days, after)
	for _, x := range *p {
		if x.Ends != 0 && x.Ends >= after {
			days = append(days, x.Ends+1)
		}
	}
	return days
}

func (c *Calendar) appendTurns(days []Date, entries []Entry) []Date {
	days = c.appendStarts(days, entries)
	for i := range entries {
		e := &entries[i]
		if e.Ends != 0 && e.Ends >= c.after && e.Starts <= e.Ends && c.concern.Has(e) {
			days = append(days, e.Ends+1)
		}
	}
	return days
}
