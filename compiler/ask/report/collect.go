package report

import (
	"maps"
	"slices"

	"sync"
	"sync/atomic"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Collector takes everybody's access, once.
type Collector struct {
	policy *policy.Policy
	shows  Shows        // or nil: everything
	lines  atomic.Int64 // that a page written out in full has about people: their rows, roles and groups
	mu     sync.Mutex
	parts  []*part
}

// Shows reports whether to show something about a user, role, permission and scope. Any of these may be "".
type Shows func(user, role, permission, scope string) bool

// Collect begins a report. If only a part is shown, people without a row are not in it.
func Collect(p *policy.Policy, shows Shows) *Collector { return &Collector{policy: p, shows: shows} }

// part is what one goroutine has seen.
type part struct {
	*Collector
	Counts
	kept    []*Person
	tallies [][]Tally // in pieces, so that none moves when more are added
	// The last user counted, by index: all rows of a user come together.
	users                                  int
	permission, direct, scope, role, group []int
	critical, high                         rated

	endings map[policy.Pos]bool // sources of shown rows that expire, if only a part is shown
}

// Worker returns a function that looks at one user, and what the user could get. Each goroutine needs its own.
func (c *Collector) Worker() func(*policy.Access, Could) {
	w := &part{Collector: c, Counts: newCounts(c.policy), endings: map[policy.Pos]bool{}}
	w.permission, w.direct = make([]int, len(w.Permissions)), make([]int, len(w.Permissions))
	w.scope, w.role = make([]int, len(w.Scopes)), make([]int, len(w.Counts.Roles))
	w.group = make([]int, len(w.Members))
	w.critical, w.high = newRated(w.Critical), newRated(w.High)
	c.mu.Lock()
	c.parts = append(c.parts, w)
	c.mu.Unlock()
	return w.look
}

func (w *part) look(a *policy.Access, could Could) {
	if w.shows != nil && len(a.Rows) == 0 {
		return
	}
	w.users++
	w.PeopleBy[Group{a.User.Affiliation, a.User.Status()}]++
	w.keep(a)
	tally := TallyOf(w.policy, a)
	tally.Could = could
	w.keepTally(tally)
	w.Rows += len(a.Rows)
	held, ending := w.Held, w.Ending
	for i := range a.Rows {
		w.row(&a.Rows[i])
	}
	for i := range a.Roles {
		if n := a.Roles[i].Role.Index; w.role[n] != w.users {
			w.role[n] = w.users
			w.Counts.Roles[n].add(a.User)
		}
	}
	if w.Held > held {
		w.WithAccess++
	}
	if w.Ending > ending {
		w.EndingPeople++
	}
}

func (w *part) keepTally(t Tally) {
	last := len(w.tallies) - 1
	if last < 0 || len(w.tallies[last]) == cap(w.tallies[last]) {
		w.tallies, last = append(w.tallies, make([]Tally, 0, 1024)), last+1
	}
	w.tallies[last] = append(w.tallies[last], t)
}

func (w *part) row(r *policy.Row) {
	w.ScopeRows[r.Scope.Index]++
	w.Given[r.Permission.Index]++
	w.sources(r)
	if len(r.Withheld) > 0 {
		w.Withheld++
	}
	for i, x := range r.Withheld {
		if !slices.ContainsFunc(r.Withheld[:i], func(y policy.Withheld) bool { return y.Rule == x.Rule }) {
			w.Denied[x.Rule]++
		}
	}
	if r.Records != policy.AllRecords {
		w.Own++
	}
	if r.Held() {
		w.held(r)
	}
}

func (w *part) held(r *policy.Row) {
	switch {
	case r.User.Invited:
		w.Invited++
	case r.User.Disabled:
		w.Disabled++
	default:
		w.Held++
		w.Sure[r.Confidence()]++
	}
	if EndsSoon(w.policy, r) {
		w.Ending++
	}
	if n := r.Permission.Index; w.permission[n] != w.users {
		w.permission[n] = w.users
		w.Permissions[n].add(r.User)
	}
	if n := r.Permission.Index; w.direct[n] != w.users && Individual(r) && !r.User.Waits() {
		w.direct[n] = w.users
		w.Permissions[n].Individual++
	}
	switch r.Sensitivity() {
	case "critical":
		w.critical.add(r, w.users)
	case "high":
		w.high.add(r, w.users)
	}
	if n := r.Scope.Index; w.scope[n] != w.users {
		w.scope[n] = w.users
		w.Scopes[n].add(r.User)
	}
}

// rated counts the holders of rows of one sensitivity.
type rated struct {
	holders         []Holders
	counted, direct []int // the last user counted
}

func newRated(holders []Holders) rated {
	return rated{holders, make([]int, len(holders)), make([]int, len(holders))}
}

func (c *rated) add(r *policy.Row, user int) {
	n := r.Permission.Index
	if c.counted[n] != user {
		c.counted[n] = user
		c.holders[n].add(r.User)
	}
	if c.direct[n] != user && Individual(r) && !r.User.Waits() {
		c.direct[n] = user
		c.holders[n].Individual++
	}
}

// sources counts the groups that a row comes from, and notes which sources expire.
func (w *part) sources(r *policy.Row) {
	for i := range r.Via {
		v := &r.Via[i]
		if g := v.Group; g != nil && w.group[g.Index] != w.users {
			w.group[g.Index] = w.users
			w.Members[g.Index].add(r.User)
		}
		if w.shows != nil && v.Ends != 0 {
			w.endings[v.Pos] = true
		}
	}
}

// keep copies the access, because its memory is reused, for as long as the page may still be small.
func (w *part) keep(a *policy.Access) {
	if w.lines.Load() > Small {
		w.kept = nil
		return
	}
	roles, more := policy.LeadingRoles(a.Roles)
	if w.lines.Add(int64(1+len(a.Rows)+len(roles)+len(a.User.Memberships))) > Small {
		w.kept = nil
		return
	}
	p := &Person{User: a.User, Roles: slices.Clone(roles), More: more, Rows: slices.Clone(a.Rows)}
	for i := range p.Rows {
		r := &p.Rows[i]
		r.Via, r.More = r.Leading()
		*r = *r.Clone()
	}
	w.kept = append(w.kept, p)
}

// Report returns what was collected, with the findings.
func (c *Collector) Report(findings []diag.Finding, skipped []string) *Report {
	whole := &Report{
		Policy:   c.policy,
		Findings: findings,
		Ends:     listEnds(c.policy),
		Waivers:  c.policy.Waivers,
		Skipped:  skipped,
		Inputs:   Inputs(c.policy.Files),
		Reviews:  collectReviews(c.policy),
	}
	r := c.Part(whole)
	r.Elsewhere = len(findings) - len(r.Findings)
	r.Gaps = r.gaps(func(x *policy.Rejected) bool {
		return x.User != nil && c.showsEnd(&End{User: x.User, Entry: x.Entry}) ||
			x.User == nil && c.showsEnd(&End{Group: x.Group, Entry: x.Entry})
	})
	return r
}

// Part returns what was collected as a part of a report, with only the findings, ends and waivers that are shown.
func (c *Collector) Part(of *Report) *Report {
	r := &Report{Policy: c.policy, Partial: c.shows != nil, Filter: of.Filter, Skipped: of.Skipped, Inputs: of.Inputs,
		Gaps: of.Gaps}
	for i := range of.Findings {
		if d := &of.Findings[i]; c.shown(d.User, d.Role, d.Permission, d.Scope) {
			r.Findings = append(r.Findings, *d)
		}
	}
	endings := c.endings()
	r.Ends = slices.DeleteFunc(slices.Clone(of.Ends), func(e End) bool {
		return !c.showsEnd(&e) && (e.Entry == nil || e.Starts || !endings[e.Entry.Pos])
	})
	r.Waivers = slices.DeleteFunc(slices.Clone(of.Waivers), func(w *policy.Waiver) bool { return !c.showsWaiver(w) })
	r.Counts = newCounts(c.policy)
	for _, w := range c.parts {
		r.Counts.merge(&w.Counts)
	}
	r.Tallies = c.tallies(r.Findings)
	if r.Observed, r.Reviews = of.Observed, of.Reviews; c.shows != nil {
		r.Observed, r.Reviews = of.Observed.Shown(c.shows), of.Reviews.Shown(c.shows)
	}
	if c.lines.Load() <= Small {
		r.People = c.people(r)
	}
	return r
}

// endings returns where the sources of shown rows are that expire.
func (c *Collector) endings() map[policy.Pos]bool {
	all := map[policy.Pos]bool{}
	for _, w := range c.parts {
		maps.Copy(all, w.endings)
	}
	return all
}

func (c *Collector) shown(user, role, permission, scope string) bool {
	return c.shows == nil || c.shows(user, role, permission, scope)
}

func (c *Collector) showsWaiver(w *policy.Waiver) bool {
	return c.shown(w.User.Name, w.Role.Name, w.Permission.Name, w.Scope.Name)
}

func (c *Collector) showsEnd(e *End) bool {
	if e.Waiver != nil {
		return c.showsWaiver(e.Waiver)
	}
	user, role, permission := "", "", ""
	if e.User != nil {
		user = e.User.ID
	}
	if e.Member != nil {
		return c.shown(user, "", "", "")
	}
	if e.Entry.Role != nil {
		role = e.Entry.Role.ID
	} else {
		permission = e.Entry.Permission.ID
	}
	return c.shown(user, role, permission, e.Entry.Scope.Path)
}

// people returns the people kept, in the order of the policy, with their findings.
func (c *Collector) people(r *Report) []*Person {
	byUser := map[*policy.User]*Person{}
	byID := map[string]*Person{}
	for _, w := range c.parts {
		for _, p := range w.kept {
			byUser[p.User], byID[p.ID] = p, p
		}
	}
	list := make([]*Person, 0, len(byUser))
	for i, u := range c.policy.Users {
		if p := byUser[u]; p != nil {
			p.Index = i
			list = append(list, p)
		}
	}
	for i := range r.Findings {
		if p := byID[r.Findings[i].User]; p != nil {
			p.Findings = append(p.Findings, &r.Findings[i])
		}
	}
	for _, e := range r.Ends {
		if p := byUser[e.User]; p != nil {
			p.Ends = append(p.Ends, e)
		}
	}
	for _, p := range list {
		p.groupEnds(r.Ends)
	}
	return list
}
