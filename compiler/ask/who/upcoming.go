package who

import (
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Upcoming counts entries that begin later.
type Upcoming struct {
	Entries int
	Next    policy.Date // when the first of them begins
}

// Upcoming counts entries that begin later and may give the role or permission in question. If the question names
// neither, it counts all entries of its users.
func (q *Question) Upcoming(p *policy.Policy) Upcoming {
	x := &search{Question: q, today: p.AsOf, gives: map[*policy.Role]bool{}}
	for _, u := range p.WithListed() {
		if q.isAbout(u) && q.Group != "" {
			x.members(u)
		} else if q.isAbout(u) {
			x.addEntries(u.Entries, func(e *policy.Entry) bool { return e.FaultFor(u) == 0 })
			x.members(u)
		}
	}
	for _, g := range p.Groups {
		if q.Group != "" && q.Group != g.ID {
			continue
		}
		x.addEntries(g.Entries, func(e *policy.Entry) bool {
			return slices.ContainsFunc(g.Users, func(u *policy.User) bool {
				return q.isAbout(u) && e.FaultFor(u) == 0 && u.IsIn(g, e.Starts)
			})
		})
	}
	return x.Upcoming
}

// search counts entries, and remembers which roles give what is in question.
type search struct {
	*Question
	Upcoming
	today policy.Date
	gives map[*policy.Role]bool
}

func (x *search) addEntries(entries []policy.Entry, counts func(*policy.Entry) bool) {
	for i := range entries {
		e := &entries[i]
		if e.Starts <= x.today || e.Starts > e.Ends.End() || !x.mayGive(e) || !counts(e) {
			continue
		}
		if x.Entries++; x.Next == 0 || e.Starts < x.Next {
			x.Next = e.Starts
		}
	}
}

// members counts the memberships of a user that begin later.
func (x *search) members(u *policy.User) {
	for _, m := range u.Memberships {
		if x.Group != "" && x.Group != m.Group.ID {
			continue
		}
		for _, p := range m.Periods.All() {
			gives := func(e policy.Entry) bool {
				_, ever := p.And(policy.Period{Starts: e.Starts, Ends: e.Ends})
				return ever && e.Starts <= p.Starts && e.FaultFor(u) == 0 && x.mayGive(&e)
			}
			if p.Starts <= x.today || !slices.ContainsFunc(m.Group.Entries, gives) {
				continue
			}
			if x.Entries++; x.Next == 0 || p.Starts < x.Next {
				x.Next = p.Starts
			}
		}
	}
}

func (q *Question) isAbout(u *policy.User) bool {
	return (q.User == "" || q.User == u.ID) &&
		(q.Affiliation == "" || q.Affiliation == u.Affiliation)
}

// mayGive reports whether an entry may give the role or permission on the scope in question, judging by the entry's
// own scope.
func (x *search) mayGive(e *policy.Entry) bool {
	if x.Scope != nil && !e.Scope.Related(x.Scope) {
		return false
	}
	if e.Permission != nil {
		return x.Role == nil && x.Through == nil &&
			(x.Permission == nil || e.Permission == x.Permission && e.Actions&x.Wanted() != 0 ||
				e.Permission.LeadsTo(x.Permission))
	}
	gives, known := x.gives[e.Role]
	if !known {
		gives = x.roleGives(e.Role)
		x.gives[e.Role] = gives
	}
	return gives
}

// roleGives reports whether a role, or one it includes on any scope, is or gives what is in question.
func (x *search) roleGives(r *policy.Role) bool {
	list := []*policy.Role{r}
	for i := 0; i < len(list); i++ {
		for _, inc := range list[i].Includes {
			if !slices.Contains(list, inc.Role) {
				list = append(list, inc.Role)
			}
		}
	}
	return (x.Role == nil || slices.Contains(list, x.Role)) && (x.Through == nil || slices.Contains(list, x.Through)) &&
		(x.Permission == nil || slices.ContainsFunc(list, func(r *policy.Role) bool {
			return slices.ContainsFunc(r.Cells, func(c policy.Cell) bool {
				return c.Permission == x.Permission && c.Actions&x.Wanted() != 0 || c.Permission.LeadsTo(x.Permission)
			})
		}))
}
