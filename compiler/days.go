package compiler

import (
	"slices"
	"sort"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/flatten"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// looker flattens and lints users on today and, as declared rules see them, on
// the later days on which something of theirs begins or has ended. Each
// goroutine uses its own.
type looker struct {
	flatten  *flatten.Flattener
	lint     *lint.Worker
	calendar *policy.Calendar
	last     policy.Date // to look at; 0: today alone
	days     []policy.Date
	starts   []policy.Date
}

func newLooker(p *policy.Policy, l *lint.Linter, calendar *policy.Calendar) *looker {
	return &looker{flatten: flatten.New(p), lint: l.Worker(), calendar: calendar, last: l.LooksAhead()}
}

// user looks at a user on all days.
func (l *looker) user(u *policy.User) []diag.Diagnostic {
	access := l.flatten.User(u)
	found := l.lint.User(&access)
	return append(found, l.later(u)...)
}

// later returns what is found of the user whom lint looked at last on later days.
// It overwrites the access that flatten returned.
func (l *looker) later(u *policy.User) (found []diag.Diagnostic) {
	if l.last == 0 {
		return nil
	}
	if l.days = l.calendar.Turns(l.days[:0], u); len(l.days) == 0 {
		return nil
	}
	l.days, l.starts = policy.SortDays(l.days), l.calendar.Starts(l.starts[:0], u)
	for _, day := range l.days[:sort.Search(len(l.days), func(i int) bool { return l.days[i] > l.last })] {
		if l.lint.Quiet() && !slices.Contains(l.starts, day) {
			continue
		}
		access := l.flatten.UserOn(u, day)
		found = append(found, l.lint.Later(&access)...)
	}
	return found
}
