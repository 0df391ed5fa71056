// Package paths answers what people could make of their access: what each could give to themselves, alone or with
// somebody else, and to others, step by step.
package paths

import (
	"context"
	"slices"
	"sync"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/flatten/reach"
	"permc.dev/permc/compiler/internal/hugepage"
	"permc.dev/permc/compiler/internal/parallel"
	"permc.dev/permc/compiler/policy"
)

// Question says which paths are asked for.
type Question struct {
	User       *policy.User       // nil: everybody
	Role       *policy.Role       // only paths to this role, or
	Permission *policy.Permission // to this permission; nil: any
}

// Answer knows the people who can give something, sorted by id. Each finds their paths.
type Answer struct {
	Question
	Policy *policy.Policy

	world  *reach.World
	givers []giver
	kinds  []kind
	shared shared
}

// giver is somebody who can give something.
type giver struct {
	user   *policy.User
	places []*reach.Place
	kind   int
}

// found is a giver before it is known who else has the profile.
type found struct {
	giver
	profile reach.Profile
}

// kind is some people who have the same profile.
type kind struct {
	first  int // number of a giver
	people int
}

// User holds what one user could make of their access.
type User struct {
	User *policy.User
	*reach.Run
	Shared bool // with other users: their paths are the same on other scopes

	reach.Shift // from the scopes of Run to those of the user
}

// Ask answers a question, and returns all findings of the project as well.
func Ask(ctx context.Context, p *compiler.Project, q Question) (*Answer, []diag.Finding, error) {
	a := &Answer{Question: q, Policy: p.Policy, world: reach.NewWorld(p.Policy)}
	known := map[reach.Profile]int{}
	findings, err := compiler.Each(ctx, p, func() func([]found, *policy.Access) []found {
		profiler := reach.Profiler{World: a.world}
		return func(list []found, access *policy.Access) []found {
			u := access.User
			if u.Disabled || q.User != nil && q.User != u || !a.world.CanGive(access) {
				return list
			}
			profile, places := profiler.Of(access)
			return append(list, found{giver{user: u, places: places}, profile})
		}
	}, func(list []found) error {
		for i := range list {
			a.add(&list[i], known)
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	a.shared.runs = make([]sharedRun, len(a.kinds))
	for i := range a.kinds {
		a.shared.runs[i].left = a.kinds[i].people
	}
	return a, findings, nil
}

// add adds somebody to those who have the same profile, of those that are known.
func (a *Answer) add(x *found, known map[reach.Profile]int) {
	n, ok := known[x.profile]
	if !ok {
		n = len(a.kinds)
		known[x.profile] = n
		a.kinds = append(a.kinds, kind{first: len(a.givers)})
	}
	a.kinds[n].people++
	x.kind = n
	a.givers = append(hugepage.Grow(a.givers), x.giver)
}

// chunk is the number of people whose paths one worker finds at a time.
const chunk = 32

// Each finds everybody's paths, on every core. Each goroutine has a worker of its own, which appends what it makes of
// a user's paths. That reaches write in order of user. Neither may keep what it is given.
func Each[T any](ctx context.Context, a *Answer, newWorker func() func([]T, *User) []T, write func([]T) error) error {
	return each(ctx, a, func() func([]T, *giver) []T {
		finder, work := reach.NewFinder(a.world), newWorker()
		return func(list []T, g *giver) []T {
			if u := a.shared.find(finder, g, &a.Question); !u.Empty() {
				list = work(list, &u)
			}
			return list
		}
	}, write)
}

// Make makes something of everybody's paths, on every core, once for those who share them. Each goroutine has a maker
// of its own, which is also given the number of these people. It may not keep the paths.
func Make[P any](ctx context.Context, a *Answer, newMaker func() func(*reach.Run, int) P) ([]P, error) {
	made := make([]P, len(a.kinds))
	parallel.Chunks(len(made), chunk, func() func(from, to int) {
		finder, work := reach.NewFinder(a.world), newMaker()
		return func(from, end int) {
			for i := from; i < end && ctx.Err() == nil; i++ {
				k := &a.kinds[i]
				made[i] = work(to(finder.Find(a.givers[k.first].user), &a.Question), k.people)
			}
		}
	})
	return made, ctx.Err()
}

// EachMade passes on what Make made, unless it is nil, for one user after the other, as Each does. The users lack their
// paths, but know where the scopes of these are for them.
func EachMade[P, T any](ctx context.Context, a *Answer, made []*P, newWorker func() func([]T, *User, *P) []T,
	write func([]T) error) error {
	return each(ctx, a, func() func([]T, *giver) []T {
		work, u := newWorker(), &User{} // one for all: 100,000 of them fill 8 MB
		return func(list []T, g *giver) []T {
			x := made[g.kind]
			if x == nil {
				return list
			}
			from := &a.givers[a.kinds[g.kind].first]
			u.User, u.Shift = g.user, reach.Shift{From: from.places, To: g.places}
			return work(list, u, x)
		}
	}, write)
}

// each calls workers with those who can give something, and write with what they append, in order of user.
func each[T any](ctx context.Context, a *Answer, newWorker func() func([]T, *giver) []T, write func([]T) error) error {
	n := (len(a.givers) + chunk - 1) / chunk
	newWork := func() func([]T, int) []T {
		work := newWorker()
		return func(list []T, i int) []T {
			for j := i * chunk; j < min((i+1)*chunk, len(a.givers)); j++ {
				if ctx.Err() != nil {
					return nil
				}
				list = work(list, &a.givers[j])
			}
			return list
		}
	}
	return parallel.InOrder(n, newWork, func(list []T) error {
		if len(list) == 0 || ctx.Err() != nil {
			return ctx.Err()
		}
		return write(list)
	})
}

// shared keeps the paths of people who have the same profile until the last of them has been answered.
type shared struct {
	mu   sync.Mutex
	runs []sharedRun // by kind
	kept int         // paths
}

type sharedRun struct {
	left int
	from giver
	run  *reach.Run // nil: not found yet, or too much to keep
}

// mostKept limits the paths that are kept, about 100 MB of them. Others are found again.
const mostKept = 1 << 18

// find returns the paths of somebody that reach what is asked for.
func (s *shared) find(f *reach.Finder, g *giver, q *Question) User {
	x := &s.runs[g.kind]
	s.mu.Lock()
	run, from, last := x.run, x.from, x.left == 1
	s.mu.Unlock()
	if run == nil && last {
		return User{User: g.user, Run: to(f.Find(g.user), q)}
	}
	if run == nil {
		run, from = to(f.Keep(g.user), q), *g
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(run.Alone) + len(run.Assisted) + len(run.Others)
	if x.run == nil && s.kept+n <= mostKept {
		x.run, x.from, s.kept = run, from, s.kept+n
	}
	if x.left--; x.left == 0 && x.run != nil {
		x.run, s.kept = nil, s.kept-n
	}
	return User{User: g.user, Run: run, Shared: true, Shift: reach.Shift{From: from.places, To: g.places}}
}

// to keeps the paths that reach what is asked for.
func to(r *reach.Run, q *Question) *reach.Run {
	if q.Role == nil && q.Permission == nil {
		return r
	}
	keep := func(list []reach.Path) (out []reach.Path) {
		for _, p := range list {
			p.Gains = slices.DeleteFunc(slices.Clone(p.Gains), func(g reach.Gain) bool {
				return g.Role != q.Role || g.Permission != q.Permission
			})
			if len(p.Gains) > 0 {
				out = append(out, p)
			}
		}
		return out
	}
	return &reach.Run{Alone: keep(r.Alone), Assisted: keep(r.Assisted), Others: keep(r.Others)}
}
