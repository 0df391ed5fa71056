package report

import (
	"context"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/drift"
	"permc.dev/permc/compiler/ask/roles"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Question says what a report is about.
type Question struct {
	Filter  string                              // in words, or ""
	Access  func(*policy.Access) *policy.Access // what the filter leaves, or nil: all
	Shows   Shows                               // of the filter, or nil
	Known   func([]diag.Finding)                // marks the findings that are in a baseline
	Skipped []string                            // files, for the page to list

	Observed []*drift.Drift // exports of the system, compared
}

// Ask looks at everybody once and returns the contents of a page. Each goroutine
// has a worker of its own, which appends the rows of a user who is shown; write
// gets them in order of user.
func Ask(ctx context.Context, p *compiler.Project, q *Question, newWorker func() func([]byte, *policy.Access) []byte,
	write func([]byte) error) (*Report, error) {
	c := Collect(p.Policy, q.Shows)
	newCounter := NewCouldCounters(p.Policy, q.Shows)
	tidy := newRolesSurvey(p.Policy, q)
	findings, err := compiler.Each(ctx, p, func() func([]byte, *policy.Access) []byte {
		look, put := c.Worker(), newWorker()
		count := func(*policy.Access) Could { return Could{} }
		if newCounter != nil {
			count = newCounter()
		}
		visit := func(*policy.Access) {}
		if tidy != nil {
			visit = tidy.Worker()
		}
		return func(b []byte, a *policy.Access) []byte {
			visit(a)
			could := count(a)
			if q.Access != nil {
				if a = q.Access(a); len(a.Rows) == 0 {
					return b
				}
			}
			look(a, could)
			return put(b, a)
		}
	}, write)
	if err != nil {
		return nil, err
	}
	q.Known(findings)
	r := c.Report(findings, q.Skipped)
	r.Filter = q.Filter
	if tidy != nil {
		r.RoleStudy = tidy.Answer()
	}
	if d := p.Declared(); d != nil {
		r.addImported(d.Imported)
	}
	r.addObserved(Observe(q.Observed), q.Shows)
	if r.Observed != nil && c.lines.Load()+int64(r.Observed.countLines()) > Small {
		r.People = nil // what is declared is a line for each entry
	}
	return r, nil
}

// newRolesSurvey begins to look for roles and assignments that are not needed, or returns nil for a page with a filter:
// what it hides decides who holds a role. To find fewer assignments takes long, so not for a crowd.
func newRolesSurvey(p *policy.Policy, q *Question) *roles.Survey {
	if q.Access != nil || q.Shows != nil {
		return nil
	}
	return roles.NewSurvey(p, roles.Question{
		Near:       roles.DefaultNear,
		Most:       roles.DefaultMost,
		RolesAlone: len(p.Users) > Crowd,
	})
}
