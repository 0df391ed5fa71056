package fix

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/expect"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/flatten"
	"permc.dev/permc/compiler/policy"
)

// later compares the tables of users who lose entries, on each later day on which
// one of their entries or memberships starts or has expired.
func (r *runner) later(a, b *compiler.Project, targets map[target]bool) (found []harm) {
	touched := map[string]bool{}
	for t := range targets {
		touched[t.holder] = true
	}
	calendar := policy.NewCalendar(a.Policy)
	before, after := flatten.New(a.Policy), flatten.New(b.Policy)
	for _, u := range a.Policy.Users {
		mine := touched[u.ID]
		for _, m := range u.Memberships {
			mine = mine || touched["group:"+m.Group.ID]
		}
		if !mine {
			continue
		}
		other := findUser(b.Policy, u.ID)
		for _, day := range policy.SortDays(calendar.Turns(nil, u)) {
			x, y := before.UserOn(u, day), after.UserOn(other, day)
			if row := firstOther(x.Rows, y.Rows); row != nil {
				why := fmt.Sprintf("removing it would change the table on %s: %s of %s on %s", day,
					diag.Quote(row.Permission.ID), diag.Quote(u.ID), diag.Quote(row.Scope.Path))
				found = append(found, harm{whose: u.ID, why: why})
			}
		}
	}
	slices.SortFunc(found, func(x, y harm) int { return strings.Compare(x.whose+x.why, y.whose+y.why) })
	return found
}

// expected compares the results of the expectations in two projects.
func (r *runner) expected(a, b *compiler.Project) []harm {
	x, err1 := expect.Ask(r.ctx, a)
	y, err2 := expect.Ask(r.ctx, b)
	if err1 != nil || err2 != nil {
		return []harm{{why: "the expectations cannot be tested"}}
	}
	same := slices.EqualFunc(x.Outcomes, y.Outcomes, func(x, y expect.Outcome) bool {
		return x.People == y.People && x.Failing == y.Failing
	})
	if !same {
		return []harm{{why: "removing it would change the result of an expectation"}}
	}
	return nil
}
