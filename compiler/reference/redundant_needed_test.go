package reference_test

import (
	"fmt"
	"slices"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// allNeeded tries every assignment and membership that is left, and counts them.
func (d *Declaration) allNeeded(t *rapid.T) (n int) {
	before, widest := d.everyDay(), d.everyDayWidest()
	try := func(what string, edit func(c *Declaration)) {
		c := d.clone()
		edit(c)
		n++
		if cmp.Equal(before, c.everyDay()) && cmp.Equal(widest, c.everyDayWidest()) {
			t.Fatalf("nobody needs %s in\n%s", what, compact(d))
		}
	}
	pr := project{Declaration: d, asOf: today}
	for _, p := range pr.people() {
		entries := pr.entriesOf("", p.Home, p.Roles, nil)
		if p.status == "invited" {
			continue // an invitation names a role
		}
		for i, e := range entries {
			if pr.fault(e, pr.admits(p, e)) == "" && !pr.isOver(e) &&
				!slices.ContainsFunc(entries[:i], func(o entry) bool { return sameEntry(o, e) }) &&
				!slices.ContainsFunc(entries[i+1:], func(o entry) bool { return sameEntry(o, e) }) {
				try(fmt.Sprint("role ", i, " of ", p.id), func(c *Declaration) {
					c.user(p.id).Roles = drop(c.user(p.id).Roles, []int{i})
				})
			}
		}
	}
	for _, id := range sorted(d.Groups) {
		d.groupNeeded(id, try)
		d.entriesNeeded(id, try)
	}
	if !d.hasDatedMembers() {
		for _, id := range sorted(d.Groups) {
			d.innerNeeded(id, try)
		}
	}
	return n
}

// everyDayWidest says how long the widest access of each row lasts: what the table says of all records may end on the
// day of what gives fewer, and an entry that gives all of them longer is no less needed.
func (d *Declaration) everyDayWidest() map[string]string {
	all := map[string]string{}
	for _, day := range days {
		for _, r := range Table(d, day) {
			for _, v := range r.Via {
				at := fmt.Sprint(day, " ", r.User, " ", r.Scope, " ", r.Permission)
				if ends, ok := all[at]; v.Access != r.Access {
					continue
				} else if ok {
					all[at] = later(ends, v.Expires)
				} else {
					all[at] = v.Expires
				}
			}
		}
	}
	return all
}

// hasDatedMembers reports whether some membership has a period: then memberships of groups stay.
func (d *Declaration) hasDatedMembers() bool {
	dated := func(m Member) bool { return m.Starts != "" || m.Expires != "" }
	for _, g := range d.Groups {
		if slices.ContainsFunc(g.Members, dated) {
			return true
		}
	}
	for _, p := range (project{Declaration: d, asOf: today}).people() {
		if slices.ContainsFunc(p.Groups, func(j Join) bool { return j.Starts != "" || j.Expires != "" }) {
			return true
		}
	}
	return false
}

// innerNeeded tries the memberships of groups in a group.
func (d *Declaration) innerNeeded(id string, try func(string, func(*Declaration))) {
	pr := project{Declaration: d, asOf: today}
	for i, m := range d.Groups[id].Members {
		inner := m.plain()
		if m.Group == "" || d.Groups[inner] == nil || len(pr.membersOf(inner)) == 0 || pr.isIdle(id) ||
			slices.ContainsFunc(drop(d.Groups[id].Members, []int{i}), func(o Member) bool { return o.Group == m.Group }) {
			continue
		}
		outside := func(o string) bool { return o != id && !pr.isWithin(id, o) }
		if slices.ContainsFunc(sorted(d.Groups), func(o string) bool {
			return !outside(o) && (pr.isNamed(o) || d.owns(o))
		}) || slices.ContainsFunc(pr.membersOf(inner), func(p person) bool {
			return pr.rejectsIn(id, p.id) || pr.restsOnGrant(p.id)
		}) {
			continue
		}
		try(fmt.Sprint("member ", i, " of ", id), func(c *Declaration) {
			c.Groups[id].Members = drop(c.Groups[id].Members, []int{i})
		})
	}
}

// entriesNeeded tries the assignments of a group.
func (d *Declaration) entriesNeeded(id string, try func(string, func(*Declaration))) {
	pr := project{Declaration: d, asOf: today}
	members := pr.membersOf(id)
	if len(members) == 0 {
		return
	}
	entries := pr.entriesOf(id, d.Groups[id].Home, d.Groups[id].Roles, nil)
	for i, e := range entries {
		refused := slices.ContainsFunc(members, func(p person) bool { return pr.fault(e, pr.admits(p, e)) != "" })
		if refused || pr.isOver(e) || slices.ContainsFunc(drop(entries, []int{i}), func(o entry) bool {
			return sameEntry(o, e)
		}) {
			continue
		}
		try(fmt.Sprint("role ", i, " of group ", id), func(c *Declaration) {
			c.Groups[id].Roles = drop(c.Groups[id].Roles, []int{i})
		})
	}
}

func (d *Declaration) groupNeeded(id string, try func(string, func(*Declaration))) {
	pr := project{Declaration: d, asOf: today}
	for i, m := range d.Groups[id].Members {
		over := m.Expires != "" && (m.Expires < today || m.Starts > m.Expires)
		same := func(o Member) bool { return d.Catalog.sameUser(o.Name(), m.Name()) }
		if m.Group != "" || over || pr.isNamed(id) || d.owns(id) || pr.rejectsIn(id, m.User) || pr.isIdle(id) ||
			slices.ContainsFunc(drop(d.Groups[id].Members, []int{i}), same) || pr.restsOnGrant(m.User) ||
			slices.ContainsFunc(pr.people(), func(p person) bool {
				return d.Catalog.sameUser(p.id, m.User) && slices.ContainsFunc(p.Groups,
					func(j Join) bool { return j.Group == id })
			}) {
			continue
		}
		try(fmt.Sprint("member ", i, " of ", id), func(c *Declaration) {
			c.Groups[id].Members = drop(c.Groups[id].Members, []int{i})
		})
	}
}

// restsOnGrant reports whether a user has a grant of their own that a group gives, too: then the group is to stay.
func (pr project) restsOnGrant(user string) bool {
	return slices.ContainsFunc(pr.people(), func(p person) bool {
		return pr.Catalog.sameUser(p.id, user) && slices.ContainsFunc(p.Grants, func(g Grant) bool {
			return slices.ContainsFunc(sorted(pr.Groups), func(id string) bool {
				return slices.ContainsFunc(pr.Groups[id].Grants, func(o Grant) bool { return o.Permission == g.Permission })
			})
		})
	})
}

// owns reports whether a group owns one, or itself: whoever leaves it owns that no longer.
func (d *Declaration) owns(id string) bool {
	return slices.ContainsFunc(sorted(d.Groups), func(g string) bool {
		return slices.Contains(d.Groups[g].Owners, "group:"+id)
	})
}

// isIdle: neither a group nor one around it gives anything.
func (pr project) isIdle(id string) bool {
	return !slices.ContainsFunc(sorted(pr.Groups), func(o string) bool {
		return (o == id || pr.isWithin(id, o)) && len(pr.Groups[o].Roles)+len(pr.Groups[o].Grants) > 0
	})
}

// rejectsIn reports whether a member is refused what a group, or one around it, gives.
func (pr project) rejectsIn(id, user string) bool {
	return slices.ContainsFunc(pr.people(), func(p person) bool {
		return pr.Catalog.sameUser(p.id, user) && slices.ContainsFunc(sorted(pr.Groups), func(o string) bool {
			return (o == id || pr.isWithin(id, o)) && slices.ContainsFunc(
				pr.entriesOf(o, pr.Groups[o].Home, pr.Groups[o].Roles, pr.Groups[o].Grants),
				func(e entry) bool { return pr.fault(e, pr.admits(p, e)) != "" })
		})
	})
}
