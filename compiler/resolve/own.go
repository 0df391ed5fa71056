package resolve

import (
	"sync/atomic"

	"permc.dev/permc/compiler/internal/parallel"
	"permc.dev/permc/compiler/policy"
)

// edge is what is left of a chunk of users: the first and last id, and how many are not invited.
type edge struct {
	first, last string
	users       int
}

// mayLeaveOut reports whether nothing in a project names users or looks at all of them, so that a policy may be without
// the users elsewhere.
func (b *policyBinder) mayLeaveOut() bool {
	d := b.declared
	named := len(b.groups) + len(d.Waivers) + len(d.Reviews) + len(d.Expects) + len(d.Owners) + len(d.People) +
		len(d.Spelled)
	return !b.opts.Asked && named == 0 && d.Gates == nil && d.MoreGates == nil && !d.ReviewEvery.Limited &&
		b.own.from < b.own.to
}

// bindOwn binds all users and keeps those of this process. It returns false, and keeps nothing, if there are findings,
// or if somebody elsewhere may have some because of another user.
func (b *policyBinder) bindOwn(n int) bool {
	users := b.makeUsers(b.own.to - b.own.from)
	edges := make([]edge, (n+chunk-1)/chunk)
	var workers []*policyBinder
	var failed atomic.Bool
	parallel.Chunks(n, chunk, func() func(from, to int) {
		w, r := b.worker(), b.declared.Users.Reader()
		workers = append(workers, w)
		return func(from, to int) {
			if !failed.Load() && !w.bindMine(r, users, from, to, &edges[from/chunk]) {
				failed.Store(true)
			}
			b.opts.Progress.Add(to - from)
		}
	})
	others := &policy.Others{}
	for i := range edges {
		others.Users += edges[i].users
		if i > 0 && edges[i].first == edges[i-1].last {
			return false
		}
	}
	if failed.Load() {
		return false
	}
	b.takeWorkers(workers)
	b.plain, b.policy.Others = true, others
	return true
}

// bindMine binds some of the users, keeps those of this process, and reports whether that is enough.
func (b *policyBinder) bindMine(r policy.UserReader, users []policy.User, from, to int, e *edge) bool {
	var d policy.DeclaredUser
	var passing policy.User
	for i := from; i < to; i++ {
		if !r.Read(i, &d) {
			return false
		}
		u := &passing
		if b.own.lacks(i) {
			if b.passingUser(&d, u); !u.Invited {
				e.users++
			}
		} else {
			u = &users[i-b.own.from]
			b.user(&d, u)
		}
		if len(b.faults) > 0 || len(b.unlistedOf) > 0 || !isFolded(u.ID) || i > from && u.ID == e.last ||
			len(u.ID) > policy.LongestName || len(u.Name) > policy.LongestName {
			return false
		}
		if e.last = u.ID; i == from {
			e.first = u.ID
		}
	}
	return true
}
