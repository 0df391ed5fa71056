package expect

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// mostMisses limits the users kept to show why an expectation fails.
const mostMisses = 3

// Worker checks the access of some users on one day. Each goroutine needs its own, and passes users in order of id.
type Worker struct {
	suite   *Suite
	index   *index
	tallies []tally        // of the expectations of the day
	found   []*Expectation // about the current user
	lasting []*Expectation // those of found to check on later days
	touched touchedParts
}

// tally counts for one expectation.
type tally struct {
	people, failing int
	misses          []Miss
}

// Miss is a user who fails an expectation, and why.
type Miss struct {
	User   *policy.User
	From   policy.Date // the first day of the failure; 0: that of the expectation
	Causes []Cause
	More   int // causes beyond those
}

// Worker returns a worker for one of the suite's days.
func (s *Suite) Worker(day policy.Date) *Worker {
	x := s.days[day]
	return &Worker{suite: s, index: x, tallies: make([]tally, x.size), touched: newTouched()}
}

// User checks a user's access, and does not keep it. It reports whether an expectation also covers later days.
func (w *Worker) User(a *policy.Access) (lasts bool) {
	w.found, w.lasting = w.index.about(w.found[:0], a.User), w.lasting[:0]
	h := hold(a, len(w.found))
	for _, e := range w.found {
		if !e.isAbout(a.User, e.AsOf) {
			if !e.Entry.Can.Given() {
				w.lasting = append(w.lasting, e)
			}
			continue
		}
		w.tallies[e.index].people++
		w.touched.add(e, h)
		switch {
		case !e.met(h):
			w.fail(e, h, 0)
		case !e.Entry.Can.Given():
			w.lasting = append(w.lasting, e)
		}
	}
	return len(w.lasting) > 0
}

// Later checks, on a later day, the access of the user of the last call of User. Days come in order. It reports
// whether there is more to check.
func (w *Worker) Later(a *policy.Access) (lasts bool) {
	h := hold(a, len(w.lasting))
	w.lasting = slices.DeleteFunc(w.lasting, func(e *Expectation) bool {
		broken := e.isAbout(a.User, a.On) && h.any(e, e.only(), e.breaks)
		if broken {
			w.fail(e, h, a.On)
		}
		return broken
	})
	return len(w.lasting) > 0
}

// fail counts a user who fails, and says why for the first few.
func (w *Worker) fail(e *Expectation, h *held, from policy.Date) {
	t := &w.tallies[e.index]
	if t.failing++; len(t.misses) < mostMisses {
		t.misses = append(t.misses, e.miss(w.suite.policy, h, from))
	}
}

// met reports whether an expectation holds for one user. An "only" means "can" for each permission it names and
// "cannot" for each other.
func (e *Expectation) met(h *held) bool {
	if e.never != nil {
		return false
	}
	if !e.Entry.Cannot.Given() && slices.ContainsFunc(e.permissions, func(p *policy.Permission) bool {
		return !e.can(h, p)
	}) {
		return false
	}
	return e.Entry.Can.Given() || !h.any(e, e.only(), e.breaks)
}

// only returns the permission whose rows alone can break the expectation, or nil.
func (e *Expectation) only() *policy.Permission {
	if e.Entry.Cannot.Given() {
		return e.permissions[0]
	}
	return nil
}

// can reports whether the user can do what the expectation names. An invited user cannot.
func (e *Expectation) can(h *held, p *policy.Permission) bool {
	return !h.User.Waits() && h.any(e, p, func(r *policy.Row) bool { return e.meets(r, p) })
}

// covers reports whether the expectation looks at a scope: "can" at the scope it names, others also below it.
func (e *Expectation) covers(s *policy.Scope) bool {
	if e.scope == nil || s == e.scope {
		return true
	}
	return !e.Entry.Can.Given() && s.Within(e.scope)
}

// asked returns the actions of a permission that the expectation looks at.
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

// meets reports whether a row is of the permission and still has each named action, or any action if none is named.
func (e *Expectation) meets(r *policy.Row, p *policy.Permission) bool {
	if r.Permission != p || !e.covers(r.Scope) {
		return false
	}
	left := e.left(r)
	return left != 0 && (len(e.Entry.Actions) == 0 || e.asked(p)&^left == 0)
}

// left returns the actions of a row that are held through the named role, or all of them if no role is named.
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

// breaks reports whether a row has an action that it must not have.
func (e *Expectation) breaks(r *policy.Row) bool {
	return e.Entry.Cannot.Given() == e.names(r.Permission) &&
		e.covers(r.Scope) && r.Actions&e.asked(r.Permission) != 0
}

// Outcome is the result of one expectation.
type Outcome struct {
	*Expectation
	People  int    // selected by the expectation
	Failing int    // of those, the ones who fail it
	Misses  []Miss // the first few who fail, in order of id
}

// Passed reports whether the expectation is about somebody and holds for all of them.
func (o *Outcome) Passed() bool { return o.People > 0 && o.Failing == 0 }

// Result has the outcomes of all expectations, and what they touch.
type Result struct {
	Outcomes []Outcome
	Coverage Coverage
}

// Failed returns the number of failed expectations.
func (r *Result) Failed() (n int) {
	for i := range r.Outcomes {
		if !r.Outcomes[i].Passed() {
			n++
		}
	}
	return n
}

// Result adds up what the workers found.
func (s *Suite) Result(workers []*Worker) *Result {
	r := &Result{}
	all, onDay := newTouched(), map[*index][]*Worker{}
	for _, w := range workers {
		onDay[w.index] = append(onDay[w.index], w)
	}
	for _, e := range s.list {
		o := Outcome{Expectation: e}
		for _, w := range onDay[s.days[e.AsOf]] {
			t := &w.tallies[e.index]
			o.People += t.people
			o.Failing += t.failing
			o.Misses = append(o.Misses, t.misses...)
		}
		slices.SortFunc(o.Misses, func(a, b Miss) int { return strings.Compare(a.User.ID, b.User.ID) })
		o.Misses = o.Misses[:min(mostMisses, len(o.Misses))]
		r.Outcomes = append(r.Outcomes, o)
		all.names(e)
	}
	for _, w := range workers {
		all.merge(&w.touched)
	}
	r.Coverage = all.coverage(s.policy)
	return r
}
