package report

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Counts are numbers over all users.
type Counts struct {
	Rows         int    // of the table
	Held         int    // rows with an action left, of people who are active
	Invited      int    // rows that are held once an invitation is accepted
	Disabled     int    // rows that are held once a user is enabled again
	Withheld     int    // rows of which something was taken
	Own          int    // rows of own records only
	Sure         [3]int // held rows by confidence
	Ending       int    // held rows that end within the horizon
	EndingPeople int

	PeopleBy    map[Group]int // shown on the page
	WithAccess  int           // people who hold something
	Permissions []Holders     // by index
	Roles       []Holders     // by index; assigned or included
	Scopes      []Holders     // by index; who holds something there
	ScopeRows   []int         // by index
}

// Group is the key by which people are counted.
type Group struct {
	Affiliation string
	Status      string
}

// Holders count the people who hold something.
type Holders struct {
	Active, Invited, Disabled int

	Individual int // of the active: by grants alone, somewhere
}

// All is how many people hold it, once all can.
func (h Holders) All() int { return h.total() }

func (h Holders) plus(o Holders) Holders {
	return Holders{
		Active:     h.Active + o.Active,
		Invited:    h.Invited + o.Invited,
		Disabled:   h.Disabled + o.Disabled,
		Individual: h.Individual + o.Individual,
	}
}

// Total returns the number of people, invited ones included.
func (c *Counts) Total() (n int) {
	for _, k := range c.PeopleBy {
		n += k
	}
	return n
}

// Collector takes everybody's access, once.
type Collector struct {
	policy *policy.Policy
	shows  Shows // or nil: everything
	rows   atomic.Int64
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
	kept []*Person
	// The last user counted, by index: all rows of a user come together.
	users                           int
	permission, direct, scope, role []int
}

// Worker returns a function that looks at one user. Each goroutine needs its own.
func (c *Collector) Worker() func(*policy.Access) {
	n, m, k := len(c.policy.Catalog.Permissions), len(c.policy.Scopes), len(c.policy.Catalog.Roles)
	w := &part{
		Collector:  c,
		permission: make([]int, n),
		direct:     make([]int, n),
		scope:      make([]int, m),
		role:       make([]int, k),
	}
	w.Counts = Counts{
		PeopleBy:    map[Group]int{},
		Permissions: make([]Holders, n),
		Roles:       make([]Holders, k),
		Scopes:      make([]Holders, m),
		ScopeRows:   make([]int, m),
	}
	c.mu.Lock()
	c.parts = append(c.parts, w)
	c.mu.Unlock()
	return w.look
}

func (w *part) look(a *policy.Access) {
	if w.shows != nil && len(a.Rows) == 0 {
		return
	}
	w.users++
	w.PeopleBy[Group{a.User.Affiliation, a.User.Status()}]++
	w.keep(a)
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

func (w *part) row(r *policy.Row) {
	w.ScopeRows[r.Scope.Index]++
	if len(r.Withheld) > 0 {
		w.Withheld++
	}
	if r.Records != policy.AllRecords {
		w.Own++
	}
	if !r.Held() {
		return
	}
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
	if n := r.Scope.Index; w.scope[n] != w.users {
		w.scope[n] = w.users
		w.Scopes[n].add(r.User)
	}
}

func (h *Holders) add(u *policy.User) {
	switch {
	case u.Invited:
		h.Invited++
	case u.Disabled:
		h.Disabled++
	default:
		h.Active++
	}
}

// keep copies the access, because its memory is reused, for as long as the page may still be small.
func (w *part) keep(a *policy.Access) {
	if w.Collector.rows.Add(int64(len(a.Rows)+1)) > Small {
		w.kept = nil
		return
	}
	roles, more := policy.LeadingRoles(a.Roles)
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
	}
	r := c.Part(whole)
	r.Elsewhere = len(findings) - len(r.Findings)
	r.Gaps = r.gaps()
	return r
}

// Part returns what was collected as a part of a report, with only the findings, ends and waivers that are shown.
func (c *Collector) Part(of *Report) *Report {
	r := &Report{Policy: c.policy, Filter: of.Filter, Skipped: of.Skipped, Inputs: of.Inputs, Gaps: of.Gaps}
	for i := range of.Findings {
		if d := &of.Findings[i]; c.shown(d.User, d.Role, d.Permission, d.Scope) {
			r.Findings = append(r.Findings, *d)
		}
	}
	r.Ends = slices.DeleteFunc(slices.Clone(of.Ends), func(e End) bool { return !c.showsEnd(&e) })
	r.Waivers = slices.DeleteFunc(slices.Clone(of.Waivers), func(w *policy.Waiver) bool { return !c.showsWaiver(w) })
	r.Counts = Counts{PeopleBy: map[Group]int{}, Permissions: make([]Holders, len(c.policy.Catalog.Permissions)),
		Roles: make([]Holders, len(c.policy.Catalog.Roles)), Scopes: make([]Holders, len(c.policy.Scopes)),
		ScopeRows: make([]int, len(c.policy.Scopes))}
	for _, w := range c.parts {
		r.Counts.merge(&w.Counts)
	}
	if c.rows.Load() <= Small {
		r.People = c.people(r)
	}
	return r
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

func (c *Counts) merge(o *Counts) {
	for _, x := range []struct{ to, from *int }{{&c.Rows, &o.Rows}, {&c.Held, &o.Held}, {&c.Invited, &o.Invited},
		{&c.Disabled, &o.Disabled}, {&c.Withheld, &o.Withheld}, {&c.Own, &o.Own},
		{&c.Sure[0], &o.Sure[0]}, {&c.Sure[1], &o.Sure[1]}, {&c.Sure[2], &o.Sure[2]},
		{&c.Ending, &o.Ending}, {&c.EndingPeople, &o.EndingPeople}, {&c.WithAccess, &o.WithAccess}} {
		*x.to += *x.from
	}
	for i, n := range o.ScopeRows {
		c.ScopeRows[i] += n
	}
	for g, n := range o.PeopleBy {
		c.PeopleBy[g] += n
	}
	for _, x := range []struct{ to, from []Holders }{{c.Permissions, o.Permissions}, {c.Roles, o.Roles},
		{c.Scopes, o.Scopes}} {
		for i, h := range x.from {
			x.to[i] = x.to[i].plus(h)
		}
	}
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

// Groups returns the keys of PeopleBy in order.
func (c *Counts) Groups() []Group {
	return slices.SortedFunc(maps.Keys(c.PeopleBy), func(a, b Group) int {
		if a.Affiliation != b.Affiliation {
			if a.Affiliation < b.Affiliation {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Status, b.Status) // active, disabled, invited
	})
}
