package who

import (
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Upcoming counts entries, and memberships with such entries, that begin after the day of the policy.
type Upcoming struct {
	Entries int
	Next    policy.Date // on which the first of them begins
}

// Upcoming counts the entries that begin later and may give what is asked for;
// without a role and a permission, all of those whom the question is about.
func (q *Question) Upcoming(p *policy.Policy) Upcoming {
	x := &search{Question: q, today: p.AsOf, gives: map[*policy.Role]bool{}}
	for _, u := range p.Users {
		if q.isAbout(u) {
			x.add(u.Entries, func(e *policy.Entry) bool { return e.FaultFor(u) == 0 })
			x.members(u)
		}
	}
	for _, g := range p.Groups {
		x.add(g.Entries, func(e *policy.Entry) bool {
			return slices.ContainsFunc(g.Users, func(u *policy.User) bool {
				return q.isAbout(u) && e.FaultFor(u) == 0 && u.IsIn(g, e.Starts)
			})
		})
	}
	return x.Upcoming
}

// search goes through entries, and knows which roles give what is asked for.
type search struct {
	*Question
	Upcoming
	today policy.Date
	gives map[*policy.Role]bool
}

func (x *search) add(entries []policy.Entry, counts func(*policy.Entry) bool) {
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
	return (q.User == "" || q.User == u.ID) && (q.Affiliation == "" || q.Affiliation == u.Affiliation)
}

// mayGive reports whether an entry gives the role or permission somewhere where
// it is asked for, as far as its own scope tells.
func (x *search) mayGive(e *policy.Entry) bool {
	if x.Scope != nil && !e.Scope.Related(x.Scope) {
		return false
	}
	if e.Permission != nil {
		return x.Role == nil && x.Through == nil && (x.Permission == nil || e.Permission == x.Permission || e.Permission.LeadsTo(x.Permission))
	}
	gives, known := x.gives[e.Role]
	if !known {
		gives = x.roleGives(e.Role)
		x.gives[e.Role] = gives
	}
	return gives
}

// roleGives reports whether a role, with those that it includes on whatever
// scopes, is or gives what is asked for.
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
			return slices.ContainsFunc(r.Cells, func(c policy.Cell) bool { return c.Permission == x.Permission || c.Permission.LeadsTo(x.Permission) })
		}))
}
