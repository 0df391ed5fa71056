package diff

import (
	"context"
	"slices"
	"strings"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/flatten"
	"permc.dev/permc/compiler/internal/parallel"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/lint/rules"
	"permc.dev/permc/compiler/policy"
)

// Pairs flattens and checks the users of two projects side by side, on every core. It calls visit with each user's
// access on both sides, or nil, which must not be kept; visit appends its results. Pairs returns them in order of
// user, with the findings of both sides. The base may be nil.
func Pairs[T any](ctx context.Context, base, head *compiler.Project,
	visit func(list []T, base, head *policy.Access) []T) (all []T, baseFound, headFound []diag.Finding, err error) {
	return Timelines(ctx, base, head, func(list []T, p *Pair) []T { return visit(list, p.Base, p.Head) })
}

// Timelines works like Pairs, for callers that need later days as well.
func Timelines[T any](ctx context.Context, base, head *compiler.Project, visit func(list []T, p *Pair) []T) (all []T,
	baseFound, headFound []diag.Finding, err error) {
	return timelinesWith(ctx, base, head, func() func([]T, *Pair) []T { return visit })
}

// timelinesWith works like Timelines, with a visit function for each goroutine.
func timelinesWith[T any](ctx context.Context, base, head *compiler.Project,
	newVisit func() func(list []T, p *Pair) []T) (all []T, baseFound, headFound []diag.Finding, err error) {
	sides := [2]*pairSide{newPairSide(base), newPairSide(head)}
	pairs := pairUsers(sides[0].users(), sides[1].users(), userKey(base, head))
	results := make([][]T, (len(pairs)+compiler.Chunk-1)/compiler.Chunk)
	head.Progress().Start("comparing users", len(pairs))
	parallel.Chunks(len(pairs), compiler.Chunk, func() func(from, to int) {
		w, visit := &pairWorker{base: sides[0].worker(), head: sides[1].worker()}, newVisit()
		return func(from, to int) {
			if ctx.Err() != nil {
				return
			}
			var list []T
			for _, p := range pairs[from:to] {
				list = visit(list, w.start(p))
				w.finish(p)
			}
			results[from/compiler.Chunk] = list
			head.Progress().Add(to - from)
		}
	})
	return slices.Concat(results...), sides[0].findings(), sides[1].findings(), ctx.Err()
}

// pairSide is one of the two projects.
type pairSide struct {
	project  *compiler.Project
	linter   *compiler.Linter
	calendar *policy.Calendar
	workers  []*sideWorker
	apart    bool // see givesApart
}

func newPairSide(p *compiler.Project) *pairSide {
	s := &pairSide{project: p}
	if p != nil {
		p.Files.Index()
		s.linter = compiler.NewLinter(p.Policy, rules.All)
		s.calendar, s.apart = policy.NewCalendar(p.Policy), givesApart(p.Policy)
	}
	return s
}

// users returns the users of a side.
func (s *pairSide) users() []*policy.User {
	if s.project == nil {
		return nil
	}
	return s.project.Policy.Users
}

// pairWorker is the part of one goroutine on both sides.
type pairWorker struct {
	base, head *sideWorker
	pair       Pair
	days       []policy.Date
	memory     Memory
}

// start flattens a user on both sides.
func (w *pairWorker) start(p [2]*policy.User) *Pair {
	w.days = w.head.turns(w.base.turns(w.days[:0], p[0]), p[1])
	w.pair = Pair{
		Base: w.base.user(p[0]), Head: w.head.user(p[1]),
		On: func(day policy.Date) (base, head *policy.Access) { return w.base.on(p[0], day), w.head.on(p[1], day) },

		Memory: &w.memory, workers: [2]*sideWorker{w.base, w.head},
	}
	if len(w.days) > 0 {
		w.days = policy.SortDays(w.days)
		w.pair.Later = w.days
	}
	return &w.pair
}

// finish lints both sides on later days.
func (w *pairWorker) finish(p [2]*policy.User) {
	w.base.later(p[0])
	w.head.later(p[1])
}

// newFlattenWorker returns a worker that flattens users, but does not lint them.
func newFlattenWorker(base, head *compiler.Project) *pairWorker {
	side := func(p *compiler.Project) *sideWorker {
		if p == nil {
			return &sideWorker{}
		}
		return &sideWorker{Looker: &compiler.Looker{Flatten: flatten.New(p.Policy),
			Calendar: policy.NewCalendar(p.Policy)}, apart: givesApart(p.Policy)}
	}
	return &pairWorker{base: side(base), head: side(head)}
}

// sideWorker is the part of one goroutine on one side.
type sideWorker struct {
	*compiler.Looker
	access policy.Access
	found  []diag.Finding
	apart  bool // see givesApart
}

// worker makes a worker for one goroutine.
func (s *pairSide) worker() *sideWorker {
	w := &sideWorker{apart: s.apart}
	if s.project != nil {
		w.Looker = compiler.NewLooker(s.project.Policy, s.linter, s.calendar)
		s.workers = append(s.workers, w)
	}
	return w
}

// turns appends the days on which an entry of the user begins or has ended.
func (w *sideWorker) turns(days []policy.Date, u *policy.User) []policy.Date {
	if u == nil {
		return days
	}
	return w.Calendar.Turns(days, u)
}

// user flattens and lints a user.
func (w *sideWorker) user(u *policy.User) *policy.Access {
	if u == nil {
		return nil
	}
	w.access = w.Flatten.User(u)
	if w.Lint != nil {
		w.found = append(w.found, w.Lint.User(&w.access)...)
	}
	return &w.access
}

// on flattens a user on a day.
func (w *sideWorker) on(u *policy.User, day policy.Date) *policy.Access {
	if u == nil {
		return nil
	}
	w.access = w.Flatten.UserOn(u, day)
	return &w.access
}

// later lints a user on later days.
func (w *sideWorker) later(u *policy.User) {
	if u != nil {
		w.found = append(w.found, w.Later(u)...)
	}
}

// findings returns all findings of a side, sorted, so the order of goroutines does not matter.
func (s *pairSide) findings() []diag.Finding {
	if s.project == nil {
		return nil
	}
	var workers []*lint.Worker
	var found []diag.Finding
	for _, w := range s.workers {
		workers = append(workers, w.Lint)
		found = append(found, w.found...)
	}
	return s.linter.Finish(workers, found)
}

// pairUsers pairs the users of two sorted lists by id, in order; nil where one side has none.
func pairUsers(base, head []*policy.User, key func(string) string) (pairs [][2]*policy.User) {
	a, b := byFolded(base, key), byFolded(head, key)
	pairs = make([][2]*policy.User, 0, max(len(a), len(b)))
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].id < b[0].id:
			pairs, a = append(pairs, [2]*policy.User{a[0].user, nil}), a[1:]
		case len(a) == 0 || b[0].id < a[0].id:
			pairs, b = append(pairs, [2]*policy.User{nil, b[0].user}), b[1:]
		default:
			pairs, a, b = append(pairs, [2]*policy.User{a[0].user, b[0].user}), a[1:], b[1:]
		}
	}
	return pairs
}

// userKey returns a function from a user's id to its key. If user ids are exact on
// either side, they are on both.
func userKey(base, head *compiler.Project) func(string) string {
	if base != nil && base.Policy.Catalog.ExactUsers {
		return base.Policy.Catalog.UserKey
	}
	return head.Policy.Catalog.UserKey
}

type foldedUser struct {
	id   string
	user *policy.User
}

func byFolded(users []*policy.User, key func(string) string) []foldedUser {
	list := make([]foldedUser, len(users))
	for i, u := range users {
		list[i] = foldedUser{key(u.ID), u}
	}
	byID := func(a, b foldedUser) int { return strings.Compare(a.id, b.id) }
	if !slices.IsSortedFunc(list, byID) {
		slices.SortFunc(list, byID)
	}
	return list
}

// userKey returns a key that all spellings of a user's id share.
func (p *Policies) userKey(id string) string {
	if p.base != nil && p.base.Catalog.ExactUsers {
		return id
	}
	return p.head.Catalog.UserKey(id)
}
