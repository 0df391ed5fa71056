package compiler

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/flatten"
	"permc.dev/permc/compiler/flatten/reach"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/lint/rules"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/resolve"
	"permc.dev/permc/compiler/silence"
)

// This file makes the findings of a project: all of them, those of one user, those of a share of the users, and those
// behind errors that stop the table.

// Linter finds, and then silences.
type Linter struct {
	*lint.Linter
	Silencer *silence.Silencer
}

// NewLinter returns a linter of a policy with some of the built-in rules and all the policy's own.
func NewLinter(p *policy.Policy, builtIn []*lint.Rule) *Linter {
	var known []silence.Rule // all, because a comment may name any
	for _, r := range rules.All {
		known = append(known, silence.Rule{ID: r.ID, Stops: r.Stops})
	}
	s := silence.New(p, known)
	l := lint.New(p, builtIn, rules.Form, s.Until)
	l.Escalators = reach.NewEscalators(p)
	return &Linter{l, s}
}

// Finish runs the checks that need all users, and returns all findings, settled.
func (l *Linter) Finish(workers []*lint.Worker, found []diag.Finding) []diag.Finding {
	return l.Settle(l.Linter.Finish(workers, found))
}

// FinishCounts does the same with nothing but the rules about how many people hold something.
func (l *Linter) FinishCounts(workers []*lint.Worker, found []diag.Finding) []diag.Finding {
	return l.Settle(l.Linter.FinishCounts(workers, found))
}

// Settle sorts findings, drops those that are turned off, and marks those that are silenced.
func (l *Linter) Settle(found []diag.Finding) []diag.Finding { return l.Silencer.Settle(found) }

// Looker flattens and lints users today. If declared rules look ahead, it also does so on each later day on which an
// entry of the user begins or has ended. Each goroutine needs its own.
type Looker struct {
	Flatten  *flatten.Flattener
	Lint     *lint.Worker
	Calendar *policy.Calendar
	Last     policy.Date // the last day to look at; 0: today alone
	days     []policy.Date
	starts   []policy.Date
}

// NewLooker returns a looker for the days that the linter needs.
func NewLooker(p *policy.Policy, l *Linter, calendar *policy.Calendar) *Looker {
	return &Looker{Flatten: flatten.New(p), Lint: l.Worker(), Calendar: calendar, Last: l.LooksAhead()}
}

// User returns the findings about a user on all days.
func (l *Looker) User(u *policy.User) []diag.Finding {
	return l.UserAs(u, u)
}

// UserAs returns the findings on all days about the access of one user, with the facts (name, affiliation,
// attributes) of another.
func (l *Looker) UserAs(u, as *policy.User) []diag.Finding {
	access := l.Flatten.User(u)
	access.User = as
	found := l.Lint.User(&access)
	return append(found, l.checkLaterDays(u, as)...)
}

// Later returns the findings about the user last linted, on later days. It may overwrite the access that flatten
// returned.
func (l *Looker) Later(u *policy.User) []diag.Finding { return l.checkLaterDays(u, u) }

func (l *Looker) checkLaterDays(u, as *policy.User) (found []diag.Finding) {
	if l.Last == 0 {
		return nil
	}
	calendar := l.Lint.Calendar() // nothing but declared rules looks at later days
	if l.days = calendar.Turns(l.days[:0], u); len(l.days) == 0 {
		return nil
	}
	l.days, l.starts = policy.SortDays(l.days), policy.SortDays(calendar.Starts(l.starts[:0], u))
	part := l.Flatten.Part(l.Lint.Concern())
	for _, day := range l.days[:sort.Search(len(l.days), func(i int) bool { return l.days[i] > l.Last })] {
		if _, starts := slices.BinarySearch(l.starts, day); !starts && l.Lint.Quiet() {
			continue
		}
		access := part.UserOn(u, day)
		access.User = as
		found = append(found, l.Lint.Later(&access)...)
	}
	return found
}

// findMoreErrors adds the errors that can be found behind those that stop a project. A beginner who corrects a project
// should not have to do so in more rounds than needed.
func (p *Project) findMoreErrors(opts Options) {
	switch {
	case !opts.More || len(p.Stopped) == 0 || opts.Catalog != nil:
	case p.binding != nil:
		p.findMoreEntries(p.binding.Policy)
	default:
		p.findMore(opts.AsOf)
	}
}

// findMore adds errors to those that stop a project: of names, of affiliations and of single entries, in what could be
// read. Each one is certain: what could not be read does not explain it.
func (p *Project) findMore(asOf policy.Date) {
	part := p.loaded.Partial()
	if part == nil {
		return
	}
	if c := part.Declared.Catalog; c != nil && len(c.Solutions) > 0 {
		return // their roles are not known
	}
	catalog, faults, err := chooseCatalog(part.Declared, nil)
	if err != nil {
		return
	}
	more := &moreFinder{unread: part.Unread, files: p.Files}
	for _, d := range part.Faults {
		// A catalog has several forms, and its other fields decide which one is meant.
		if !strings.Contains(d.Message, " in catalog") || !more.unread.Mentions("catalog") {
			more.add(d)
		}
	}
	if len(faults) == 0 {
		var binding *resolve.Binding
		binding, faults = bindPartial(part.Declared, catalog, asOf)
		more.spelled = len(binding.Spellings()) > 0
		more.entries(binding.Policy, faults)
	}
	for i := range faults {
		if more.certain(&faults[i]) {
			more.add(faults[i])
		}
	}
	p.addMore(more)
}

// findMoreEntries adds errors of single entries to errors of names, if everything could be read.
func (p *Project) findMoreEntries(bound *policy.Policy) {
	more := &moreFinder{unread: &load.Unread{}, files: p.Files}
	more.entries(bound, p.Stopped)
	p.addMore(more)
}

func (p *Project) addMore(more *moreFinder) {
	known := map[policy.Pos]bool{}
	for i := range p.Stopped {
		known[p.Stopped[i].Pos] = true
	}
	for _, d := range more.found {
		if !known[d.Pos] {
			p.Stopped = append(p.Stopped, d)
		}
	}
	p.Stopped = diag.Sort(p.Stopped)
}

func bindPartial(d *policy.Declared, c *policy.Catalog, asOf policy.Date) (*resolve.Binding, []diag.Finding) {
	all, stopping := rules.IDs()
	return resolve.Bind(d, c, resolve.Options{AsOf: asOf, BuiltIn: all, Stopping: stopping})
}

// moreFinder looks for errors in a project that has others already.
type moreFinder struct {
	unread  *load.Unread
	files   *policy.Files
	spelled bool // a user is declared in two spellings, each with a part of what there is about the user
	found   []diag.Finding
	named   map[string]bool // by rule, whether the project may name it
}

// add adds a finding, with a note that more may come.
func (m *moreFinder) add(d diag.Finding) {
	d.Partial = true
	d.Notes = append(slices.Clip(d.Notes), m.note())
	m.found = append(m.found, d)
}

func (m *moreFinder) note() string {
	switch names := m.unread.Files; {
	case len(names) > 3:
		return fmt.Sprintf("checked without %s and %d other files, which permc cannot read yet", names[0], len(names)-1)
	case len(names) > 0:
		return "checked without " + strings.Join(names, ", ") + ", which permc cannot read yet"
	case !m.unread.Empty():
		return "checked without the parts that are not valid yet"
	}
	return "checked without the names that are not known yet"
}

// certain reports whether a finding of binding stays whatever is in the parts that could not be read. Most are not:
// one about the shape of the scopes, for example, may come from a scope that is missing.
func (m *moreFinder) certain(d *diag.Finding) bool {
	switch {
	case d.Wrong != "":
		return !m.unread.Mentions(lastPart(d.Wrong))
	case d.Rule == rules.Schema.ID && d.User != "":
		return !m.spelled && m.knows(d.User)
	}
	return false
}

// lastPart returns the part of a name that only its own declaration has.
func lastPart(name string) string { return name[strings.LastIndexAny(name, "/:")+1:] }

// knows reports whether all that the project says about a user could be read.
func (m *moreFinder) knows(user string) bool {
	return user == "" || !m.unread.Mentions(user) && !m.unread.MayImply(user[strings.LastIndexByte(user, '@')+1:])
}

// entries finds errors of single entries, if the catalog and the scopes are known well enough.
func (m *moreFinder) entries(bound *policy.Policy, faults []diag.Finding) {
	if m.spelled || m.unread.Mentions("catalog") {
		return
	}
	doubtful := map[string]bool{} // users whose affiliation may be another
	for i := range faults {
		switch f := &faults[i]; {
		case f.Rule == rules.Schema.ID && f.User == "" && f.Group == "":
			return
		case f.Rule == rules.Schema.ID || f.Rule == rules.UnknownAffiliation.ID:
			doubtful[f.User] = true
		}
	}
	for _, f := range checkEntries(bound) {
		needsAffiliation := f.Rule != rules.WrongLevel.ID && f.Rule != rules.NotGrantable.ID
		if f.Severity == diag.Error && !(doubtful[f.User] && needsAffiliation) && m.sure(&f) {
			m.add(f)
		}
	}
}

// checkEntries returns the findings of the rules that look at a single entry.
func checkEntries(bound *policy.Policy) []diag.Finding {
	alone := *bound
	alone.Rules, alone.Denies = nil, nil
	linter := lint.New(&alone, rules.Alone, rules.Form, func(*diag.Finding) policy.Date { return 0 })
	w := linter.Worker()
	var found []diag.Finding
	for _, u := range bound.Users {
		found = append(found, w.User(&policy.Access{User: u, On: bound.AsOf})...)
	}
	return linter.Finish([]*lint.Worker{w}, found)
}

// sure reports whether the finding of an entry stays, whatever is in the parts that could not be read. A rule that the
// project names somewhere may be waived, or be off.
func (m *moreFinder) sure(d *diag.Finding) bool {
	if m.names(d.Rule) {
		return false
	}
	if m.unread.Empty() {
		return true
	}
	for part := range strings.SplitSeq(d.Scope, "/") {
		if m.unread.Mentions(part) {
			return false
		}
	}
	return m.knows(d.User) && (d.Group == "" || !m.unread.Mentions(d.Group))
}

// names reports whether the text of the project has the id of a rule anywhere. It looks once for each rule.
func (m *moreFinder) names(rule string) bool {
	named, known := m.named[rule]
	if !known {
		named = slices.ContainsFunc(m.files.All(), func(f *policy.File) bool {
			return !f.Shipped && strings.Contains(f.Data, rule)
		})
		if m.named == nil {
			m.named = map[string]bool{}
		}
		m.named[rule] = named
	}
	return named
}

// Share is one of several parts of the users of a project, of about the same size. Its users follow each other in the
// table, so the tables of all shares, one after the other, are the table.
type Share struct {
	Index, Of int  // Index counts from one
	Asked     bool // users of other shares are looked up, too

	lint.Part // after Each
}

// String returns the share as the command line has it, or "".
func (s *Share) String() string {
	if s == nil {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.Index, s.Of)
}

// bounds returns where the users of a share begin and end among n users.
func (s *Share) bounds(n int) (from, to int) {
	return int(int64(n) * int64(s.Index-1) / int64(s.Of)), int(int64(n) * int64(s.Index) / int64(s.Of))
}

// own returns the function for where the users of a share begin and end, or nil.
func (s *Share) own() func(n int) (from, to int) {
	if s == nil {
		return nil
	}
	return s.bounds
}

// of returns the users of a share, or all users.
func (s *Share) of(p *policy.Policy) *policy.Crowd {
	all := p.Everyone()
	if s == nil || p.Others != nil && !all.Streamed() { // the policy has no more
		return all
	}
	return all.Between(s.bounds(all.Len()))
}

// checksAlone reports whether the rule redundant runs while users are visited, as nothing looks at all of them.
func (s *Share) checksAlone(p *policy.Policy) bool {
	return p.Stream != nil || s != nil && len(p.Groups) == 0
}

// isFirst reports whether the share is the one with the checks of the policy as a whole.
func (s *Share) isFirst() bool { return s != nil && s.Index == 1 }

// redundant is the rule that looks at all users, although it needs only one at a time if there are no groups.
var redundant = rules.RedundantAssignment

// Whole returns the findings about the policy of a share as a whole, and those that do not count if every member of a
// group has one. Like those of Each, they are not settled.
func (p *Project) Whole() (found []diag.Finding, unless []lint.Unless) {
	list := rules.All
	if len(p.Policy.Groups) == 0 {
		list = slices.DeleteFunc(slices.Clone(list), func(r *lint.Rule) bool { return r == redundant })
	}
	return NewLinter(p.Policy, list).FinishWhole()
}
