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
	found   []*Expectation
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
	Causes []Cause
	More   int // causes that are left out
}

// Judge returns a judge for one of the suite's days.
func (s *Suite) Judge(day policy.Date) *Judge {
	return &Judge{suite: s, index: s.days[day], tallies: make([]tally, len(s.list)), touched: newTouched()}
}

// User holds a user's access, which is not kept, against what is expected.
func (j *Judge) User(a *policy.Access) {
	j.found = j.index.about(j.found[:0], a.User)
	for _, e := range j.found {
		t := &j.tallies[e.index]
		t.people++
		j.touched.add(e, a)
		if e.met(a) {
			continue
		}
		if t.failing++; len(t.misses) < few {
			t.misses = append(t.misses, e.miss(j.suite.policy, a))
		}
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

// can reports whether the user can do what is named. Who is invited cannot.
func (e *Expectation) can(a *policy.Access, p *policy.Permission) bool {
	return !a.User.Invited && contains(a.Rows, func(r *policy.Row) bool { return e.meets(r, p) })
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
