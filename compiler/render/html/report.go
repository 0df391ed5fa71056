package html

import (
	"context"
	"sync/atomic"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/lint/rules"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// NewPage looks at everybody once and returns the page of a project. Rows that
// would be too many for one page are left to its parts.
func NewPage(ctx context.Context, job *render.TableJob, skipped []string) (*Page, error) {
	p := job.Project
	q := &report.Question{Filter: job.Filter.String(), Known: job.Known, Skipped: skipped, Observed: job.Observed}
	if q.Filter != "" {
		q.Access = job.Filter.Access
		q.Shows = func(user, role, permission, scope string) bool {
			return job.Filter.Shows(p.Policy, user, role, permission, scope)
		}
	}
	table, crowded := NewRows(p.Policy), q.Filter == "" && len(p.Policy.Users) > report.Crowd
	var rows atomic.Int64
	newWorker := func() func([]byte, *policy.Access) []byte {
		put := table.Worker()
		return func(b []byte, a *policy.Access) []byte {
			if crowded || rows.Add(int64(len(a.Rows))) > report.Large {
				return b // the parts have the rows
			}
			return put(b, a)
		}
	}
	r, err := report.Ask(ctx, p, q, newWorker, table.Write)
	if err != nil {
		return nil, err
	}
	return &Page{Report: r, Table: table, BuiltIn: rules.All}, nil
}

// SplitPage looks at everybody once more and returns the parts of a page that is
// too large.
func SplitPage(ctx context.Context, job *render.TableJob, whole *Page) (pages []*Page, parts *report.Parts, err error) {
	parts = whole.Split(report.Large, 4*report.Crowd) // who is on four scopes counts four times
	collect, table := parts.Collect(job.Project.Policy), NewSplitRows(job.Project.Policy, parts)
	_, err = compiler.Each(ctx, job.Project, func() func([]byte, *policy.Access) []byte {
		looks := make([]func(*policy.Access, report.Could), len(collect))
		for i := range collect {
			looks[i] = collect[i].Worker()
		}
		put := table.Worker(func(part int, a *policy.Access) { looks[part](a, report.Could{}) })
		return func(b []byte, a *policy.Access) []byte { return put(b, job.Filter.Access(a)) }
	}, table.Write)
	if err != nil {
		return nil, nil, err
	}
	for i := range collect {
		pages = append(pages, &Page{Report: collect[i].Part(whole.Report), Table: table.Of[i], BuiltIn: whole.BuiltIn})
	}
	return pages, parts, nil
}
