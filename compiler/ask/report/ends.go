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
	add := func(e *policy.Entry, u *policy.User, g *policy.Group) {
		if e.Starts > p.AsOf {
			list = append(list, End{On: e.Starts, Starts: true, User: u, Group: g, Entry: e})
		}
		if e.Ends != 0 && e.Ends >= p.AsOf {
			list = append(list, End{On: e.Ends, User: u, Group: g, Entry: e})
		}
	}
	for _, u := range p.Users {
		for i := range u.Entries {
			if e := &u.Entries[i]; (e.Ends != 0 || e.Starts > p.AsOf) && e.FaultFor(u) == 0 {
				add(e, u, nil)
			}
		}
	}
	for _, g := range p.Groups {
		for i := range g.Entries {
			if e := &g.Entries[i]; e.Fault == 0 {
				add(e, nil, g)
			}
		}
		for i := range g.Special {
			m := &g.Special[i]
			period, ok := m.Terms.Period()
			if ok && period.Starts > p.AsOf {
				list = append(list, End{On: period.Starts, Starts: true, User: m.User, Group: g, Member: m})
			}
			if ok && period.Ends != 0 && period.Ends >= p.AsOf {
				list = append(list, End{On: period.Ends, User: m.User, Group: g, Member: m})
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
