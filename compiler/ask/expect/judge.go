package expect

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// few is how many of those who fail an expectation are kept to show.
const few = 3

// Judge looks at the access of some people on one day. Each goroutine uses its
// own, and gives it users in order of id.
type Judge struct {
	suite   *Suite
	index   *index
	tallies []tally
	found   []*Expectation // about the user who is looked at
	lasting []*Expectation // those of them to look at on later days
	touched touched
}

// tally is what one expectation comes to.
type tally struct {
	people, failing int
	misses          []Miss
}

// Miss is somebody who fails an expectation, and why.
type Miss struct {
	User   *policy.User
	From   policy.Date // the first day on which they do; 0: that of the expectation
	Causes []Cause
	More   int // causes that are left out
}

// Judge returns a judge for one of the suite's days.
func (s *Suite) Judge(day policy.Date) *Judge {
	return &Judge{suite: s, index: s.days[day], tallies: make([]tally, len(s.list)), touched: newTouched()}
}

// User holds a user's access, which is not kept, against what is expected. It
// reports whether something is also expected of the days to come.
func (j *Judge) User(a *policy.Access) (lasts bool) {
	j.found, j.lasting = j.index.about(j.found[:0], a.User), j.lasting[:0]
	for _, e := range j.found {
		if !e.isAbout(a.User, e.AsOf) {
			if !e.Entry.Can.Given() {
				j.lasting = append(j.lasting, e)
			}
			continue
		}
		j.tallies[e.index].people++
		j.touched.add(e, a)
		switch {
		case !e.met(a):
			j.fail(e, a, 0)
		case !e.Entry.Can.Given():
			j.lasting = append(j.lasting, e)
		}
	}
	return len(j.lasting) > 0
}

// Later holds the access of the user of the last call of User on a later day
// against what nobody may come to hold. Days come in order. It reports whether
// there is more to look at.
func (j *Judge) Later(a *policy.Access) (lasts bool) {
	j.lasting = slices.DeleteFunc(j.lasting, func(e *Expectation) bool {
		broken := e.isAbout(a.User, a.On) && contains(a.Rows, e.breaks)
		if broken {
			j.fail(e, a, a.On)
		}
		return broken
	})
	return len(j.lasting) > 0
}

// fail counts somebody who fails, and says of the first why.
func (j *Judge) fail(e *Expectation, a *policy.Access, from policy.Date) {
	t := &j.tallies[e.index]
	if t.failing++; len(t.misses) < few {
		t.misses = append(t.misses, e.miss(j.suite.policy, a, from))
	}
}

// met reports whether what is expected is true of one user. An only is a can
// for each permission that it names and a cannot for each other.
func (e *Expectation) met(a *policy.Access) bool {
	if !e.Entry.Cannot.Given() && slices.ContainsFunc(e.permissions, func(p *policy.Permission) bool { return !e.can(a, p) }) {
		return false
	}
	return e.Entry.Can.Given() || !contains(a.Rows, e.breaks)
}

// can reports whether the user can do what is named. Who is invited or disabled cannot.
func (e *Expectation) can(a *policy.Access, p *policy.Permission) bool {
	return !a.User.Waits() && contains(a.Rows, func(r *policy.Row) bool { return e.meets(r, p) })
}

// contains is slices.ContainsFunc without a copy of each row.
func contains(rows []policy.Row, f func(*policy.Row) bool) bool {
	for i := range rows {
		if f(&rows[i]) {
			return true
		}
	}
	return false
}

// covers reports whether the expectation looks at a scope: a can at the one
// that it names, others at those under it, too.
func (e *Expectation) covers(s *policy.Scope) bool {
	if e.scope == nil || s == e.scope {
		return true
	}
	return !e.Entry.Can.Given() && s.Within(e.scope)
}

// asked are the actions of a permission that the expectation looks at.
func (e *Expectation) asked(p *policy.Permission) (set policy.Actions) {
	if len(e.Entry.Actions) == 0 {
		return p.All()
	}
	for _, r := range e.Entry.Actions {
		if i := slices.Index(p.Actions, r.Name); i >= 0 {
			set |= 1 << i
		}
	}
	return set
}

// meets reports whether a row is of the permission and has each action that is
// named left, or any where none is.
func (e *Expectation) meets(r *policy.Row, p *policy.Permission) bool {
	if r.Permission != p || !e.covers(r.Scope) {
		return false
	}
	left := e.left(r)
	return left != 0 && (len(e.Entry.Actions) == 0 || e.asked(p)&^left == 0)
}

// left are a row's actions, as far as they come through the role that is named.
func (e *Expectation) left(r *policy.Row) policy.Actions {
	if e.role == nil {
		return r.Actions
	}
	var given policy.Actions
	for i := range r.Via {
		if r.Via[i].Through(r, e.role) {
			given |= r.Via[i].Actions
		}
	}
	return r.Actions & given
}

// breaks reports whether a row has an action left that it must not have.
func (e *Expectation) breaks(r *policy.Row) bool {
	return e.Entry.Cannot.Given() == slices.Contains(e.permissions, r.Permission) &&
		e.covers(r.Scope) && r.Actions&e.asked(r.Permission) != 0
}

// Outcome is an expectation with what became of it.
type Outcome struct {
	*Expectation
	People  int    // whom it is about
	Failing int    // those of them who fail it
	Misses  []Miss // the first of these, in order of id
}

// Passed reports whether the expectation is true of somebody, and of everybody
// whom it is about.
func (o *Outcome) Passed() bool { return o.People > 0 && o.Failing == 0 }

// Result is what became of all expectations, and what they touch.
type Result struct {
	Outcomes []Outcome
	Coverage Coverage
}

// Failed is how many expectations failed.
func (r *Result) Failed() (n int) {
	for i := range r.Outcomes {
		if !r.Outcomes[i].Passed() {
			n++
		}
	}
	return n
}

// Result adds up what judges saw.
func (s *Suite) Result(judges []*Judge) *Result {
	r := &Result{}
	all := newTouched()
	for _, e := range s.list {
		o := Outcome{Expectation: e}
		for _, j := range judges {
			t := &j.tallies[e.index]
			o.People += t.people
			o.Failing += t.failing
			o.Misses = append(o.Misses, t.misses...)
		}
		slices.SortFunc(o.Misses, func(a, b Miss) int { return strings.Compare(a.User.ID, b.User.ID) })
		o.Misses = o.Misses[:min(few, len(o.Misses))]
		r.Outcomes = append(r.Outcomes, o)
		all.names(e)
	}
	for _, j := range judges {
		all.merge(&j.touched)
	}
	r.Coverage = all.coverage(s.policy)
	return r
}
