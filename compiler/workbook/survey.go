package workbook

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// facts are what is counted before anything is written.
type facts struct {
	findings []diag.Diagnostic
	report   *render.Report
	rows     int
	held     int   // rows with an action left, of users who are there
	withheld int   // rows of which an action is taken
	people   int   // users with a row
	places   []int // users on scopes of each level that they have a row on
	ends     []end
}

// end is something that a user has and that ends: an entry, seen by its rows.
type end struct {
	user *policy.User
	via  policy.Via
	on   policy.Date
	rows int
}

// survey counts what the sheets will hold.
func survey(ctx context.Context, in *Input) (*facts, error) {
	all := &facts{places: make([]int, len(in.Policy.Catalog.Levels))}
	var mu sync.Mutex
	var parts []*facts
	found, err := in.Table(ctx, func() func([]byte, *policy.Access) []byte {
		f := &facts{places: make([]int, len(all.places))}
		mu.Lock()
		parts = append(parts, f)
		mu.Unlock()
		return func(b []byte, a *policy.Access) []byte {
			f.user(in.Filter.Rows(a.Rows))
			return b
		}
	}, nil)
	if err != nil {
		return nil, err
	}
	for _, f := range parts {
		all.add(f)
	}
	slices.SortFunc(all.ends, compareEnds)
	all.findings, all.report = found, in.Report(found)
	return all, nil
}

func (f *facts) user(rows []policy.Row) {
	if len(rows) > 0 {
		f.people++
	}
	for i := range rows {
		r := &rows[i]
		f.rows++
		if r.Held() && !r.User.Invited {
			f.held++
		}
		if len(r.Withheld) > 0 {
			f.withheld++
		}
		if i == 0 || r.Scope != rows[i-1].Scope {
			f.places[r.Scope.Level]++
		}
	}
	f.ending(rows)
}

// ending adds the entries of one user that end.
func (f *facts) ending(rows []policy.Row) {
	from := len(f.ends)
	for i := range rows {
		for j := range rows[i].Via {
			v := &rows[i].Via[j]
			if v.Ends == 0 {
				continue
			}
			n := slices.IndexFunc(f.ends[from:], func(e end) bool { return e.via.Pos == v.Pos && e.via.Group == v.Group && e.on == v.Ends })
			if n < 0 {
				n = len(f.ends) - from
				f.ends = append(f.ends, end{user: rows[i].User, via: *v, on: v.Ends})
			}
			f.ends[from+n].rows++
		}
	}
}

func (f *facts) add(g *facts) {
	f.rows, f.held, f.withheld, f.people = f.rows+g.rows, f.held+g.held, f.withheld+g.withheld, f.people+g.people
	for i, n := range g.places {
		f.places[i] += n
	}
	f.ends = append(f.ends, g.ends...)
}

func compareEnds(a, b end) int {
	return cmp.Or(cmp.Compare(a.on, b.on), cmp.Compare(a.user.ID, b.user.ID), cmp.Compare(a.via.Pos.File, b.via.Pos.File),
		cmp.Compare(a.via.Pos.Off, b.via.Pos.Off), cmp.Compare(a.via.Kind, b.via.Kind), cmp.Compare(group(&a.via), group(&b.via)))
}

func group(v *policy.Via) string {
	if v.Group == nil {
		return ""
	}
	return v.Group.ID
}
