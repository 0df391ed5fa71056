package explain

import (
	"cmp"
	"fmt"
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
		if x := m.Group; m.Pos == at && (x == g || x.IsWithin(g)) && (inner == nil || x.IsWithin(inner)) {
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
	for _, m := range x.Outer {
		o := m.Group
		towards := o == g || o.IsWithin(g)
		if towards && !slices.ContainsFunc(x.Outer, func(y policy.Membership) bool { return y.Group != o && y.Group.IsWithin(o) }) {
			return o
		}
	}
	return g
}

// Event is an entry that comes into force later, or ends, or a membership that does.
type Event struct {
	*policy.Entry // or nil: the membership of the group
	Group         *policy.Group
	On            policy.Date
	Starts        bool
	at            policy.Pos // of the membership
}

// Events are what comes later, and what ends, of entries that are not rejected.
func (a *Answer) Events() (list []Event) {
	for e, in := range entries(a.User) {
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

// Pos is where the day is written.
func (e *Event) Pos() policy.Pos {
	if e.Entry == nil {
		return e.at
	}
	if e.Starts {
		return place(e.StartsAt(), e.Entry.Pos)
	}
	return place(e.EndsAt(), e.Entry.Pos)
}

// What is the role or permission of the entry, or the membership, in words.
func (e *Event) What() string {
	if e.Entry == nil {
		return fmt.Sprintf("membership of group %q", e.Group.ID)
	}
	return what(e.Entry)
}
