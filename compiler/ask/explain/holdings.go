package explain

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Membership is how somebody is in a group: the groups from the one that names
// the person to the one asked about, each inside the next.
func Membership(u *policy.User, g *policy.Group) (path []*policy.Group, at policy.Pos) {
	for _, m := range u.Memberships {
		if m.Group == g {
			at = m.Pos
		}
	}
	var inner *policy.Group
	for _, m := range u.Memberships {
		if x := m.Group; m.Pos == at && (x == g || slices.Contains(x.Outer, g)) && (inner == nil || slices.Contains(x.Outer, inner)) {
			inner = x
		}
	}
	if inner == nil {
		return []*policy.Group{g}, at
	}
	path = []*policy.Group{inner}
	for x := inner; x != g; path = append(path, x) {
		x = around(x, g)
	}
	return path, at
}

// around is a group that holds another itself, on the way to a third.
func around(x, g *policy.Group) *policy.Group {
	for _, o := range x.Outer {
		towards := o == g || slices.Contains(o.Outer, g)
		if towards && !slices.ContainsFunc(x.Outer, func(y *policy.Group) bool { return y != o && slices.Contains(y.Outer, o) }) {
			return o
		}
	}
	return g
}

// Event is an entry that comes into force later, or ends.
type Event struct {
	*policy.Entry
	Group  *policy.Group
	On     policy.Date
	Starts bool
}

// Events are what comes later, and what ends, of entries that are not rejected.
func (a *Answer) Events() (list []Event) {
	for e, g := range entries(a.User) {
		switch {
		case e.FaultFor(a.User) != 0:
		case e.Starts > a.Policy.AsOf:
			list = append(list, Event{e, g, e.Starts, true})
		case e.Ends != 0 && e.Ends >= a.Policy.AsOf:
			list = append(list, Event{e, g, e.Ends, false})
		}
	}
	slices.SortStableFunc(list, func(x, y Event) int { return cmp.Compare(x.On, y.On) })
	return list
}

// Pos is where the day is written.
func (e *Event) Pos() policy.Pos {
	if e.Starts {
		return place(e.StartsAt(), e.Entry.Pos)
	}
	return place(e.EndsAt(), e.Entry.Pos)
}

// What is the role or permission of the entry, in words.
func (e *Event) What() string { return what(e.Entry) }
