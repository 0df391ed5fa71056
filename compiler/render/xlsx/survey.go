package xlsx

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// facts are counted before anything is written.
type facts struct {
	*report.Report
	found  []diag.Finding // all
	places []int          // pairs of user and scope with a row, by level
	lines  int            // rows of the access sheet
}

// surveyUsers flattens every user once, so that every sheet knows its number of rows.
func surveyUsers(ctx context.Context, in *Input) (*facts, error) {
	collect := report.Collect(in.Policy, in.shows())
	var mu sync.Mutex
	var parts [][]int
	var lines atomic.Int64
	found, err := in.Table(ctx, func() func([]byte, *policy.Access) []byte {
		look := collect.Worker()
		places := make([]int, len(in.Policy.Catalog.Levels))
		mu.Lock()
		parts = append(parts, places)
		mu.Unlock()
		return func(b []byte, a *policy.Access) []byte {
			lines.Add(int64(len(in.Filter.Rows(a.Rows))))
			if a = in.Filter.Access(a); !in.made.Whole() && len(a.Rows) == 0 {
				return b
			}
			look(a)
			for i := range a.Rows {
				if i == 0 || a.Rows[i].Scope != a.Rows[i-1].Scope {
					places[a.Rows[i].Scope.Level]++
				}
			}
			return b
		}
	}, nil)
	if err != nil {
		return nil, err
	}
	in.Known(found)
	f := &facts{Report: collect.Report(found, in.Skipped), found: found,
		places: make([]int, len(in.Policy.Catalog.Levels))}
	f.lines = int(lines.Load())
	f.Filter = in.Filter.String()
	for _, part := range parts {
		for i, n := range part {
			f.places[i] += n
		}
	}
	return f, in.fits()
}

// shows returns a function that selects findings and the like by the filter; nil selects everything.
func (in *Input) shows() report.Shows {
	if in.made.Whole() {
		return nil
	}
	return func(user, role, permission, scope string) bool {
		return in.Filter.Shows(in.Policy, user, role, permission, scope)
	}
}

// fits returns an error for a user id that is too long for a cell: every row must name its user.
func (in *Input) fits() error {
	for _, u := range in.Policy.Users {
		if tooLong(Shown(u.ID)) {
			return fmt.Errorf("a user id has %d characters, but a cell of a workbook holds %d; use -f csv. It "+
				"begins with %.60q",
				utf8.RuneCountInString(u.ID), mostUnits, u.ID)
		}
	}
	return nil
}
