package xlsx

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/ask/review"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// facts are counted before anything is written.
type facts struct {
	*report.Report
	found  []diag.Finding // all
	places []int          // pairs of user and scope with a row, by level
	lines  int            // rows of the access sheet
	survey *review.Survey // or nil
	items  []*review.Item // to decide about
}

// surveyUsers flattens every user once, so that every sheet knows its number of rows.
func surveyUsers(ctx context.Context, in *job) (*facts, error) {
	survey := in.newSurvey()
	collect := report.Collect(in.Policy, in.shows())
	counters := report.NewCouldCounters(in.Policy, in.shows())
	var mu sync.Mutex
	var parts [][]int
	var lines atomic.Int64
	found, err := in.Project.Visit(ctx, func() func(*policy.Access) {
		look, lookAtItems := collect.Worker(), func(*policy.Access) {}
		if survey != nil {
			lookAtItems = survey.Worker()
		}
		count := func(*policy.Access) report.Could { return report.Could{} }
		if counters != nil {
			count = counters()
		}
		places := make([]int, len(in.Policy.Catalog.Levels))
		mu.Lock()
		parts = append(parts, places)
		mu.Unlock()
		return func(a *policy.Access) {
			lookAtItems(a)
			lines.Add(int64(len(in.Filter.Rows(a.Rows))))
			could := count(a)
			if a = in.Filter.Access(a); !in.made.Whole() && len(a.Rows) == 0 {
				return
			}
			look(a, could)
			for i := range a.Rows {
				if i == 0 || a.Rows[i].Scope != a.Rows[i-1].Scope {
					places[a.Rows[i].Scope.Level]++
				}
			}
		}
	})
	if err != nil {
		return nil, err
	}
	in.Known(found)
	f := &facts{survey: survey, Report: collect.Report(found, in.skipped()), found: found,
		places: make([]int, len(in.Policy.Catalog.Levels))}
	f.lines = int(lines.Load())
	if survey != nil {
		f.items = survey.Finish(found)
	}
	f.Filter = in.Filter.String()
	for _, part := range parts {
		for i, n := range part {
			f.places[i] += n
		}
	}
	return f, in.fits()
}

// skipped names the files that were not read.
func (in *job) skipped() (names []string) {
	for _, s := range in.Project.Skipped {
		names = append(names, s.Name)
	}
	return names
}

// shows returns what a filter shows of findings and the like; nil is
// everything.
func (in *job) shows() report.Shows {
	if in.made.Whole() {
		return nil
	}
	return func(user, role, permission, scope string) bool {
		return in.Filter.Shows(in.Policy, user, role, permission, scope)
	}
}

// fits reports a name that no cell can hold: a row must say whose it is.
func (in *job) fits() error {
	for _, u := range in.Policy.Users {
		if tooLong(Shown(u.ID)) {
			return fmt.Errorf("a user id has %d characters, but a cell of a workbook holds %d; use -f csv. It "+
				"begins with %.60q",
				utf8.RuneCountInString(u.ID), mostUnits, u.ID)
		}
	}
	return nil
}
