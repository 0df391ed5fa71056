package explain

import (
	"cmp"
	"fmt"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Membership returns the groups from the one that names the user to the one in question, each inside the next, and
// the position of the membership.
func Membership(u *policy.User, g *policy.Group) ([]*policy.Group, policy.Pos) {
	var at policy.Pos
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
	return pathBetween(inner, g), at
}

// pathBetween returns groups from an inner one to an outer one, each inside the next, with no other in between.
func pathBetween(inner, outer *policy.Group) []*policy.Group {
	around := func(g *policy.Group) int { return len(g.Outer) } // more for a group than for those around it
	var list []*policy.Group
	for _, m := range inner.Outer {
		if around(m.Group) > around(outer) && m.Group.IsWithin(outer) {
			list = append(list, m.Group)
		}
	}
	slices.SortStableFunc(list, func(a, b *policy.Group) int { return around(b) - around(a) })
	path := []*policy.Group{inner}
	for _, g := range list {
		if path[len(path)-1].IsWithin(g) {
			path = append(path, g)
		}
	}
	if inner == outer {
		return path
	}
	return append(path, outer)
}

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
