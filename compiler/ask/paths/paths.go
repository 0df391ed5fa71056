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
	shared shared
}

// giver is somebody who can give something.
type giver struct {
	user    *policy.User
	profile reach.Profile
	places  []*reach.Place
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
	found, err := compiler.Each(ctx, p, func() func([]giver, *policy.Access) []giver {
		profiler := reach.Profiler{World: a.world}
		return func(list []giver, access *policy.Access) []giver {
			u := access.User
			if u.Disabled || q.User != nil && q.User != u || !a.world.CanGive(access) {
				return list
			}
			profile, places := profiler.Of(access)
			return append(list, giver{u, profile, places})
		}
	}, func(list []giver) error {
		a.givers = append(a.givers, list...)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	a.shared.count(a.givers)
	return a, found, nil
}

// chunk is the number of people whose paths one worker finds at a time.
const chunk = 32

// Each finds everybody's paths, on every core. Each goroutine has a worker of its own, which appends what it makes of
// a user's paths. That reaches write in order of user. Neither may keep what it is given.
func Each[T any](ctx context.Context, a *Answer, newWorker func() func([]T, *User) []T, write func([]T) error) error {
	n := (len(a.givers) + chunk - 1) / chunk
	newWork := func() func([]T, int) []T {
		finder, work := reach.NewFinder(a.world), newWorker()
		return func(list []T, i int) []T {
			for _, g := range a.givers[i*chunk : min((i+1)*chunk, len(a.givers))] {
				if ctx.Err() != nil {
					return nil
				}
				if u := a.shared.find(finder, &g, &a.Question); !u.Empty() {
					list = work(list, &u)
				}
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
	runs map[reach.Profile]*sharedRun // of several people
	kept int                          // paths
}

type sharedRun struct {
	left int
	from giver
	run  *reach.Run // nil: not found yet, or too much to keep
}

// mostKept limits the paths that are kept, about 100 MB of them. Others are found again.
const mostKept = 1 << 18

func (s *shared) count(givers []giver) {
	first := map[reach.Profile]bool{}
	s.runs = map[reach.Profile]*sharedRun{}
	for i := range givers {
		profile := givers[i].profile
		switch x := s.runs[profile]; {
		case x != nil:
			x.left++
		case first[profile]:
			s.runs[profile] = &sharedRun{left: 2}
		default:
			first[profile] = true
		}
	}
}

// find returns the paths of somebody that reach what is asked for.
func (s *shared) find(f *reach.Finder, g *giver, q *Question) User {
	x := s.runs[g.profile]
	if x == nil {
		return User{User: g.user, Run: to(f.Find(g.user), q)}
	}
	s.mu.Lock()
	run, from := x.run, x.from
	s.mu.Unlock()
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
