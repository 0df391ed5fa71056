package expect

import (
	"context"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/flatten"
	"permc.dev/permc/compiler/internal/parallel"
	"permc.dev/permc/compiler/policy"
)

// Ask checks the table against what the project expects, on the day of each expectation; what nobody may hold is also
// checked on later days. It flattens only users that an expectation is about, once a day.
func Ask(ctx context.Context, p *compiler.Project) (*Result, error) {
	suite := New(p.Policy)
	var workers []*Worker
	for _, day := range suite.Days() {
		// In a bound policy only AsOf depends on the day.
		on := *p.Policy
		on.AsOf = day
		seen, err := judgeUsers(ctx, p, &on, suite)
		if err != nil {
			return nil, err
		}
		workers = append(workers, seen...)
	}
	return suite.Result(workers), nil
}

// judgeUsers checks, on every core, all users that an expectation of this day is about.
func judgeUsers(ctx context.Context, p *compiler.Project, on *policy.Policy, suite *Suite) ([]*Worker, error) {
	users, calendar := suite.Users(on.AsOf), policy.NewCalendarOf(on, suite.concern(on.AsOf))
	p.Progress().Start("testing users", len(users))
	var workers []*Worker
	parallel.Chunks(len(users), compiler.Chunk, func() func(from, to int) {
		t := tester{flatten: flatten.New(on), worker: suite.Worker(on.AsOf), calendar: calendar, last: on.Until()}
		workers = append(workers, t.worker)
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
	return workers, ctx.Err()
}

// tester checks users against expectations. Each goroutine needs its own.
type tester struct {
	flatten  *flatten.Flattener
	worker   *Worker
	calendar *policy.Calendar
	last     policy.Date // the last day to check
	days     []policy.Date
}

// user checks a user on the day of the expectations, and on each later day on which an entry of the user begins or
// has ended that an expectation may be about.
func (t *tester) user(u *policy.User) {
	access := t.flatten.User(u)
	if !t.worker.User(&access) {
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
		if !t.worker.Later(&access) {
			return
		}
	}
}
