// Package lint turns a policy and its table into findings. A rule is one value with one function; the
// built-in ones are in lint/rules.
package lint

import (
	"fmt"
	"maps"
	"sync"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint/redundant"
	"permc.dev/permc/compiler/policy"
)

// Rule is one check, made by the functions that are set. A rule that stops the table has none, since
// it is found while names are bound.
type Rule struct {
	ID       string
	Severity diag.Severity
	Stops    bool
	Doc      Doc

	// Entry checks one entry and reports whether it found something. If so, no later rule checks the
	// entry.
	Entry func(p *Pass, e *Subject) bool
	// Faulty says that Entry looks at nothing but entries with a fault, which are few.
	Faulty bool
	// PerMember says that a group's entry is checked once for each member.
	PerMember bool
	// Member checks one membership and reports whether it found something. If so, no later rule checks it.
	Member func(p *Pass, m *Member) bool
	// User checks one user and the user's rows; Policy checks the whole, once.
	User   func(p *Pass)
	Policy func(p *Pass)
	// Costly says that User does not run in a project in which the rule is off.
	Costly bool
}

// Doc describes a rule to people: permc rules, docs/rules and the help in SARIF come from it.
type Doc struct {
	What     string // what is flagged, in one sentence
	Why      string // why it matters
	Do       string // how to fix it
	Fires    string // an example, one CUE file, in which this rule alone fires
	Fixed    string // the same example, fixed
	Settings string // what can be set besides the severity, if anything
	Gaps     string // what the rule does not find, as far as known
}

// ExampleDay is the day for which the examples in Fires and Fixed are checked.
const ExampleDay = "2026-06-15"

// Subject is an entry that a rule checks: a user's own, or a group's. A group's entry is checked for
// one member or, if User is nil, for the group.
type Subject struct {
	*policy.Entry
	User    *policy.User
	Group   *policy.Group
	Member  policy.Pos // where the group names the member
	Entries []policy.Entry
	Index   int // in Entries
}

// Form checks a declared rule: User for each user; at the end, Scope for each scope with its counts,
// and Policy once.
type Form struct {
	User   func(p *Pass, r *policy.Rule)
	Scope  func(p *Pass, r *policy.Rule, s *policy.Scope)
	Policy func(p *Pass, r *policy.Rule)
}

// Pass is a rule's input, and collects its findings.
type Pass struct {
	Policy *policy.Policy
	Access *policy.Access // of the current user
	Count  *Counts

	rule      string
	severity  diag.Severity
	found     []diag.Finding
	holds     holds // of the current user
	redundant *redundant.Found
	alone     *redundant.Alone
	listings  map[*policy.Entry]*Listing // by the first entry
	escalates func(*policy.Access) *policy.Escalation
	never     func() *policy.NeverMembers
	marks     map[string][]Mark // by label; nil: not collected yet
	denies    []*policy.Rule    // that match the current user, if known
	denyIndex *policy.DenyIndex // once it is needed

	knowsDenies bool
	rolesAround map[*policy.Group]bool        // see RolesAround
	words       map[*policy.Permission]string // see Words
	names       diag.NameLists                // see Names
}

// Words returns what a function says about a permission, which it is asked once. Only one rule may ask.
func (p *Pass) Words(x *policy.Permission, say func() string) string {
	text, ok := p.words[x]
	if !ok {
		if p.words == nil {
			p.words = map[*policy.Permission]string{}
		}
		text = say()
		p.words[x] = text
	}
	return text
}

// NeverMembers returns the memberships of the policy that start after they expire.
func (p *Pass) NeverMembers() *policy.NeverMembers { return p.never() }

// Redundant returns what the policy can do without. Only rules that check the whole policy may ask.
func (p *Pass) Redundant() *redundant.Found {
	if isOff(p.Policy, p.rule, p.severity) {
		return &redundant.Found{}
	}
	if p.redundant == nil {
		p.redundant = redundant.Find(p.Policy)
	}
	return p.redundant
}

// Report adds a finding of the current rule.
func (p *Pass) Report(d diag.Finding) {
	d.Rule, d.Severity, d.ExactUser = p.rule, p.severity, p.Policy.Catalog.ExactUsers
	p.found = append(p.found, d)
}

// look goes on to another user, or to another day.
func (p *Pass) look(a *policy.Access) { p.Access, p.holds.known, p.knowsDenies = a, false, false }

// Findingf starts a finding; pass it to Report.
func Findingf(pos policy.Pos, format string, args ...any) diag.Finding {
	return diag.Finding{Pos: pos, Message: fmt.Sprintf(format, args...)}
}

// Linter holds the rules that run over one policy.
type Linter struct {
	policy      *policy.Policy
	rules       []active
	entries     []active // the entry rules among them, in order
	sound       []active // those that look at entries without a fault, too
	users       []active // the user rules among them, in order
	forms       []declared
	byUser      formIndex // of those forms that look at users
	silentUntil func(*diag.Finding) policy.Date

	ends     bool            // losing access can cause a finding of a declared rule
	concern  *policy.Concern // of the declared rules
	calendar func() *policy.Calendar
	never    func() *policy.NeverMembers

	// Escalators makes what finds, for one goroutine, what a user could give to themselves. Without it, nothing is
	// found.
	Escalators func() func(*policy.Access) *policy.Escalation
}

// active is a rule with its severity in this policy.
type active struct {
	*Rule
	severity diag.Severity
}

type declared struct {
	rule     *policy.Rule
	severity diag.Severity
	Form
}

// New returns a linter with the built-in rules, in the order in which they are tried on an entry, and
// the policy's own rules with their forms. The last argument returns the last day on which a finding of
// today is silenced, or zero.
func New(p *policy.Policy, rules []*Rule, form func(*policy.Rule) Form,
	silentUntil func(*diag.Finding) policy.Date) *Linter {
	l := &Linter{policy: p, silentUntil: silentUntil,
		never: sync.OnceValue(func() *policy.NeverMembers { return policy.FindNeverMembers(p) })}
	for _, r := range rules {
		a := active{r, diag.SeverityOf(p, r.ID, r.Severity)}
		l.rules = append(l.rules, a)
		if r.Entry != nil {
			l.entries = append(l.entries, a)
			if !r.Faulty {
				l.sound = append(l.sound, a)
			}
		}
		if r.User != nil && !(r.Costly && isOff(p, r.ID, a.severity)) {
			l.users = append(l.users, a)
		}
	}
	for _, r := range p.Rules {
		l.forms = append(l.forms, declared{r, diag.SeverityOf(p, r.ID, diag.ParseSeverity(r.Severity)), form(r)})
	}
	l.byUser = newFormIndex(l.forms)
	l.ends, l.concern = endsMatter(p), policy.ConcernOf(p, p.Rules)
	l.calendar = sync.OnceValue(func() *policy.Calendar { return policy.NewCalendarOf(p, l.concern) })
	return l
}

// isOff reports whether a rule is off, in all files.
func isOff(p *policy.Policy, rule string, severity diag.Severity) bool {
	if severity != diag.Off {
		return false
	}
	for _, severities := range p.InFiles {
		if severities[rule] != "" {
			return false
		}
	}
	return true
}

// Worker checks users, one at a time.
type Worker struct {
	linter  *Linter
	pass    Pass
	subject Subject
	seen    map[diag.Key][]diag.Identity // findings about the user on all days so far, once there are later ones
	before  map[diag.Key][]diag.Identity // findings of the day before
	again   map[diag.Key]bool            // findings that came back and were returned
	ahead   bool                         // a later day was checked
	aside   Counts                       // on a later day, reused
	about   []int                        // forms that may find something, reused
	quiet   bool                         // declared rules found and counted nothing about the user on the last day
}

// Worker returns a worker. Each goroutine needs its own.
func (l *Linter) Worker() *Worker {
	w := &Worker{linter: l, pass: Pass{Policy: l.policy, Count: &Counts{}, never: l.never}}
	if l.Escalators != nil {
		w.pass.escalates = l.Escalators()
	}
	return w
}

// as prepares the pass for a rule.
func (w *Worker) as(r *active) *Pass {
	w.pass.rule, w.pass.severity = r.ID, r.severity
	return &w.pass
}

// User checks one user and returns the findings, which the caller may keep.
func (w *Worker) User(a *policy.Access) []diag.Finding {
	w.pass.look(a)
	w.pass.found, w.seen, w.ahead = nil, nil, false
	w.pass.Count.last = w.pass.Count.last[:0]
	u := a.User
	w.subject = Subject{User: u, Entries: u.Entries}
	for i := range u.Entries {
		w.subject.Entry, w.subject.Index = &u.Entries[i], i
		w.entry(false)
	}
	for _, m := range u.Memberships {
		if m.Periods.Over(a.On) {
			continue
		}
		for i := range m.Group.Entries {
			e := &m.Group.Entries[i]
			w.subject = Subject{Entry: e, User: u, Group: m.Group, Member: m.Pos, Entries: m.Group.Entries, Index: i}
			if w.entry(true) {
				w.pass.Count.caught(e)
			}
		}
	}
	for i := range w.linter.users {
		r := &w.linter.users[i]
		r.User(w.as(r))
	}
	others := len(w.pass.found)
	w.declared()
	w.quiet = len(w.pass.found) == others && len(w.pass.Count.last) == 0
	return w.pass.found
}

func (w *Worker) form(d *declared, f func(*Pass, *policy.Rule)) {
	w.pass.rule, w.pass.severity = d.rule.ID, d.severity
	f(&w.pass, d.rule)
}

// entry tries the rules on the subject, and reports whether one found something.
func (w *Worker) entry(memberOnly bool) bool {
	rules := w.linter.entries
	if w.subject.FaultFor(w.subject.User) == 0 {
		rules = w.linter.sound
	}
	for i := range rules {
		r := &rules[i]
		if memberOnly && !r.PerMember {
			continue
		}
		if r.Entry(w.as(r), &w.subject) {
			return true
		}
	}
	return false
}

// group checks those entries of a group that are not checked per member.
func (w *Worker) group(g *policy.Group) {
	for i := range g.Entries {
		before := len(w.pass.found)
		if w.groupEntry(g, i) && len(g.Users) > 0 && w.pass.Count.members[&g.Entries[i]] == len(g.Users) {
			w.pass.found = w.pass.found[:before] // every member has a finding of its own
		}
	}
}

// groupEntry checks an entry of a group, and reports whether it found something that rules for each member come
// before.
func (w *Worker) groupEntry(g *policy.Group, i int) (afterMembers bool) {
	s := &Subject{Entry: &g.Entries[i], Group: g, Entries: g.Entries, Index: i}
	for j := range w.linter.entries {
		r := &w.linter.entries[j]
		if r.PerMember {
			afterMembers = true
			continue
		}
		if r.Entry(w.as(r), s) {
			return afterMembers
		}
	}
	return false
}

// Finish makes the checks that need all users, and returns all findings: those of users, given in any
// order, and the rest. They are not sorted, and nothing is silenced.
func (l *Linter) Finish(workers []*Worker, found []diag.Finding) []diag.Finding {
	last := l.addUp(workers)
	for _, g := range l.policy.Groups {
		last.group(g)
		last.members(g)
	}
	last.whole()
	for i := range l.forms {
		last.everyScope(&l.forms[i])
	}
	last.countLater()
	return append(found, last.pass.found...)
}

// whole runs the rules that check the policy as a whole.
func (w *Worker) whole() {
	for i := range w.linter.rules {
		if r := &w.linter.rules[i]; r.Policy != nil {
			r.Policy(w.as(r))
		}
	}
	for i := range w.linter.forms {
		if d := &w.linter.forms[i]; d.Policy != nil {
			w.form(d, d.Policy)
		}
	}
}

// FinishCounts finishes nothing but the rules about how many people hold something. What users are changed to
// makes no other difference across users.
func (l *Linter) FinishCounts(workers []*Worker, found []diag.Finding) []diag.Finding {
	last := l.addUp(workers)
	for i := range l.forms {
		last.everyScope(&l.forms[i])
	}
	last.countLater()
	return append(found, last.pass.found...)
}

// addUp returns a worker with the counts of others.
func (l *Linter) addUp(workers []*Worker) *Worker {
	sum := l.Worker()
	for _, w := range workers {
		sum.Add(w)
	}
	return sum
}

// everyScope checks a rule about scopes on each of them.
func (w *Worker) everyScope(d *declared) {
	if d.Scope == nil {
		return
	}
	for _, s := range w.linter.policy.Scopes {
		w.scope(d, s)
	}
}

// Add adds the counts of another worker.
func (w *Worker) Add(other *Worker) { w.pass.Count.add(other.pass.Count, 1) }

// SameHolders reports whether two workers counted the same holders.
func (w *Worker) SameHolders(other *Worker) bool {
	a, b := w.pass.Count, other.pass.Count
	return maps.Equal(a.holders, b.holders) && maps.EqualFunc(a.later, b.later, maps.Equal)
}

// Forget subtracts the counts of another worker, for users who are gone.
func (w *Worker) Forget(gone *Worker) { w.pass.Count.add(gone.pass.Count, -1) }
