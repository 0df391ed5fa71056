package reference_test

import "pgregory.net/rapid"

// crowd gives users and groups more of what others have, on other days, and puts groups into each other.
func crowd(t *rapid.T, d *Declaration) {
	g := &gen{T: t, Declaration: d}
	var pool []Assignment
	for _, list := range assignmentLists(d) {
		pool = append(pool, *list...)
	}
	for _, list := range assignmentLists(d) {
		for range upTo(t, "again", 2) {
			if len(pool) > 0 {
				a := one(t, "assignment", pool)
				a.Starts, a.Expires = one(t, "starts", startDays), one(t, "expires", endDays)
				*list = append(*list, a)
			}
		}
	}
	for _, id := range sorted(d.Groups) {
		_, builtIn := (project{Declaration: d, asOf: today}).everyone(id)
		if !builtIn && d.Groups[id].Kind != "everybody" {
			g.crowdInto(id)
		}
	}
	if g.nth("always", 2) {
		d.withoutPeriods()
	} else {
		for _, id := range sorted(d.Groups) {
			for i, m := range d.Groups[id].Members {
				d.Groups[id].Members[i] = g.dated(m)
			}
		}
	}
}

// crowdInto makes more users and groups members of a group.
func (g *gen) crowdInto(id string) {
	group := g.Groups[id]
	for _, other := range sorted(g.Groups) {
		pr := project{Declaration: g.Declaration, asOf: today}
		if other != id && !pr.isWithin(id, other) && g.nth("inside", 4) {
			group.Members = append(group.Members, Member{Group: "group:" + other})
		}
	}
	for _, user := range sorted(g.Users) {
		if g.nth("in it", 3) {
			group.Members = append(group.Members, Member{User: user})
		}
	}
}

// withoutPeriods makes all memberships last.
func (d *Declaration) withoutPeriods() {
	for _, g := range d.Groups {
		for i := range g.Members {
			g.Members[i].Starts, g.Members[i].Expires = "", ""
		}
	}
	for _, p := range (project{Declaration: d, asOf: today}).people() {
		for i := range p.Groups {
			p.Groups[i].Starts, p.Groups[i].Expires = "", ""
		}
	}
}
