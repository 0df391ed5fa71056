package expect

import (
	"context"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/flatten"
	"permc.dev/permc/compiler/internal/parallel"
	"permc.dev/permc/compiler/policy"
)

// Ask holds what the project expects against its table, on the day of each
// expectation, and what nobody may hold on the days to come as well. Only those
// are flattened whom one is about, once a day.
func Ask(ctx context.Context, p *compiler.Project) (*Result, error) {
	suite := New(p.Policy)
	var judges []*Judge
	for _, day := range suite.Days() {
		// Of what is bound, nothing but this depends on the day.
		on := *p.Policy
		on.AsOf = day
		seen, err := judge(ctx, p, &on, suite)
		if err != nil {
			return nil, err
		}
		judges = append(judges, seen...)
	}
	return suite.Result(judges), nil
}

// judge looks at everybody whom an expectation of the policy's day is about,
// on every core.
func judge(ctx context.Context, p *compiler.Project, on *policy.Policy, suite *Suite) ([]*Judge, error) {
	users, calendar := suite.Users(on.AsOf), policy.NewCalendar(on)
	p.Progress().Start("testing users", len(users))
	var judges []*Judge
	parallel.Chunks(len(users), compiler.Chunk, func() func(from, to int) {
		t := tester{flatten: flatten.New(on), judge: suite.Judge(on.AsOf), calendar: calendar, last: on.Until()}
		judges = append(judges, t.judge)
		return func(from, to int) {
			if ctx.Err() != nil {
				return
			}
			for _, u := range users[from:to] {
				t.user(u)
			}
			p.Progress().Add(to - from)
		}
	})
	return judges, ctx.Err()
}

// tester holds users against what is expected. Each goroutine uses its own.
type tester struct {
	flatten  *flatten.Flattener
	judge    *Judge
	calendar *policy.Calendar
	last     policy.Date // to look at
	days     []policy.Date
}

// user looks at a user on the day of the expectations, and on the later days on
// which an entry of the user begins or has ended.
func (t *tester) user(u *policy.User) {
	access := t.flatten.User(u)
	if !t.judge.User(&access) {
		return
	}
	if t.days = t.calendar.Turns(t.days[:0], u); len(t.days) == 0 {
		return
	}
	t.days = policy.SortDays(t.days)
	for _, day := range t.days {
		if day > t.last {
			return
		}
		access = t.flatten.UserOn(u, day)
		if !t.judge.Later(&access) {
			return
		}
	}
}
