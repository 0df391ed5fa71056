package explain

import (
	"cmp"
	"fmt"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Event is the day on which an entry comes into force or expires.
type Event struct {
	*policy.Entry // or nil: the membership of the group
	Group         *policy.Group
	On            policy.Date
	Starts        bool
	at            policy.Pos // of the membership
}

// Events returns upcoming events in order, without rejected entries.
func (a *Answer) Events() (list []Event) {
	for e, in := range allEntries(a.User) {
		var g *policy.Group
		if in != nil {
			g = in.Group
		}
		switch {
		case e.FaultFor(a.User) != 0:
		case e.Starts > a.Policy.AsOf && in.In(e.Starts):
			list = append(list, Event{Entry: e, Group: g, On: e.Starts, Starts: true})
		case e.Ends != 0 && e.Ends >= a.Policy.AsOf && in.In(e.Ends):
			list = append(list, Event{Entry: e, Group: g, On: e.Ends})
		}
	}
	for _, m := range a.User.Memberships {
		for _, p := range m.Periods.All() {
			if p.Starts > a.Policy.AsOf {
				list = append(list, Event{Group: m.Group, On: p.Starts, Starts: true, at: m.Pos})
			}
			if p.Ends != 0 && p.Ends >= a.Policy.AsOf {
				list = append(list, Event{Group: m.Group, On: p.Ends, at: m.Pos})
			}
		}
	}
	slices.SortStableFunc(list, func(x, y Event) int { return cmp.Compare(x.On, y.On) })
	return list
}

// Pos returns the position of the day.
func (e *Event) Pos() policy.Pos {
	if e.Entry == nil {
		return e.at
	}
	if e.Starts {
		return firstPos(e.StartsAt(), e.Entry.Pos)
	}
	return firstPos(e.EndsAt(), e.Entry.Pos)
}

// What returns the role or permission of the entry in words.
func (e *Event) What() string {
	if e.Entry == nil {
		return fmt.Sprintf("membership of group %q", e.Group.ID)
	}
	return describeEntry(e.Entry)
}
