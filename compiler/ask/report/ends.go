package report

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// End is a day on which an entry or a waiver begins or expires.
type End struct {
	On     policy.Date
	Starts bool // the entry comes into force
	User   *policy.User
	Group  *policy.Group // for an entry of a group; User is nil then
	Entry  *policy.Entry
	Member *policy.Member // or a membership of the group
	Waiver *policy.Waiver // or a waiver, whose finding is open again afterwards
}

// listEnds lists, in order, the days from the day of the report on which entries begin or expire, without rejected
// ones.
func listEnds(p *policy.Policy) (list []End) {
	// add appends the ends of a period of what end names.
	add := func(starts, ends policy.Date, end End) {
		if starts > p.AsOf {
			end.On, end.Starts = starts, true
			list = append(list, end)
		}
		if ends != 0 && ends >= p.AsOf {
			end.On, end.Starts = ends, false
			list = append(list, end)
		}
	}
	for _, u := range p.Users {
		for i := range u.Entries {
			if e := &u.Entries[i]; (e.Ends != 0 || e.Starts > p.AsOf) && e.FaultFor(u) == 0 {
				add(e.Starts, e.Ends, End{User: u, Entry: e})
			}
		}
	}
	for _, g := range p.Groups {
		for i := range g.Entries {
			if e := &g.Entries[i]; e.Fault == 0 {
				add(e.Starts, e.Ends, End{Group: g, Entry: e})
			}
		}
		for i := range g.Special {
			m := &g.Special[i]
			if period, ok := m.Terms.Period(); ok {
				add(period.Starts, period.Ends, End{User: m.User, Group: g, Member: m})
			}
		}
	}
	for _, w := range p.Waivers {
		if w.Expires >= p.AsOf {
			list = append(list, End{On: w.Expires, Waiver: w})
		}
	}
	slices.SortStableFunc(list, func(a, b End) int { return cmp.Compare(a.On, b.On) })
	return list
}
