package compiler

import (
	"slices"
	"sort"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/flatten"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/lint/rules"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/silence"
)

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
	return &Linter{lint.New(p, builtIn, rules.Form, s.Until), s}
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

// Later returns the findings about the user last linted, on later days. It overwrites the access that flatten
// returned.
func (l *Looker) Later(u *policy.User) []diag.Finding { return l.checkLaterDays(u, u) }

func (l *Looker) checkLaterDays(u, as *policy.User) (found []diag.Finding) {
	if l.Last == 0 {
		return nil
	}
	if l.days = l.Calendar.Turns(l.days[:0], u); len(l.days) == 0 {
		return nil
	}
	l.days, l.starts = policy.SortDays(l.days), l.Calendar.Starts(l.starts[:0], u)
	for _, day := range l.days[:sort.Search(len(l.days), func(i int) bool { return l.days[i] > l.Last })] {
		if l.Lint.Quiet() && !slices.Contains(l.starts, day) {
			continue
		}
		access := l.Flatten.UserOn(u, day)
		access.User = as
		found = append(found, l.Lint.Later(&access)...)
	}
	return found
}
