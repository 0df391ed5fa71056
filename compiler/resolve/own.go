package resolve

import (
	"hash/maphash"
	"slices"
	"strings"
	"sync/atomic"

	"permc.dev/permc/compiler/internal/hugepage"
	"permc.dev/permc/compiler/internal/parallel"
	"permc.dev/permc/compiler/policy"
)

// edge is what is left of a chunk of users: how many passed who are not invited, and whether some id has capitals.
type edge struct {
	users    int
	capitals bool
}

// mayLeaveOut reports whether a policy may be without the users elsewhere.
func (b *policyBinder) mayLeaveOut() bool {
	return !b.opts.Asked && !b.namesUsers() && b.own.from < b.own.to
}

// namesUsers reports whether something in a project names users or looks at all of them.
func (b *policyBinder) namesUsers() bool {
	d := b.declared
	named := len(b.groups) + len(d.Waivers) + len(d.Reviews) + len(d.Expects) + len(d.Owners) + len(d.People) +
		len(d.Spelled)
	return named > 0 || d.Gates != nil || d.MoreGates != nil || d.ReviewEvery.Limited
}

// bindOwn binds all users and keeps those of this process. It returns false if bindApart does.
func (b *policyBinder) bindOwn(n int) bool {
	users := b.makeUsers(b.own.to - b.own.from)
	return b.bindApart(n, func(w *policyBinder, i int, d *policy.DeclaredUser, passing *policy.User) *policy.User {
		if b.own.lacks(i) {
			w.passingUser(d, passing, nil)
			return passing
		}
		u := &users[i-b.own.from]
		w.user(d, u)
		return u
	})
}

// bindsOne binds one of the users who do not depend on each other, perhaps into a user that passes: that one is only
// counted.
type bindsOne func(w *policyBinder, i int, d *policy.DeclaredUser, passing *policy.User) *policy.User

// bindApart binds users who do not depend on each other. It returns false, and keeps nothing, if there are findings, or
// if somebody may have some because of another user.
func (b *policyBinder) bindApart(n int, bind bindsOne) bool {
	edges, keys := make([]edge, (n+chunk-1)/chunk), hugepage.Make[uint64](n)
	var workers []*policyBinder
	var failed atomic.Bool
	seed := maphash.MakeSeed()
	parallel.Chunks(n, chunk, func() func(from, to int) {
		w, r := b.worker(), b.declared.Users.Reader()
		workers = append(workers, w)
		return func(from, to int) {
			if !failed.Load() && !w.bindSomeApart(r, bind, from, keys[from:to], seed, &edges[from/chunk]) {
				failed.Store(true)
			}
			b.opts.Progress.Add(to - from)
		}
	})
	others := &policy.Others{}
	for i := range edges {
		others.Users += edges[i].users
		b.unfolded = b.unfolded || edges[i].capitals
	}
	if failed.Load() || mayRepeat(keys, b.unfolded) {
		b.unfolded = false
		return false
	}
	b.takeWorkers(workers)
	others.Listed = b.listed
	slices.SortFunc(others.Listed, func(x, y *policy.User) int { return strings.Compare(x.ID, y.ID) })
	b.plain, b.policy.Others = !b.unfolded, others
	return true
}

// mayRepeat reports whether two users may have the same id, given a hash of each one. They are sorted by id, so ids
// without capitals can only be equal next to each other.
func mayRepeat(keys []uint64, capitals bool) bool {
	if capitals {
		slices.Sort(keys)
	}
	for i := 1; i < len(keys); i++ {
		if keys[i] == keys[i-1] {
			return true
		}
	}
	return false
}

// bindSomeApart binds some of the users, from an index on, and notes a hash of each id. It reports whether the users
// are certain not to depend on each other, unless they share an id.
func (b *policyBinder) bindSomeApart(r policy.UserReader, bind bindsOne, from int, keys []uint64, seed maphash.Seed,
	e *edge) bool {
	var d policy.DeclaredUser
	var passing policy.User
	for i := range keys {
		if !r.Read(from+i, &d) {
			return false
		}
		u := bind(b, from+i, &d, &passing)
		if u == &passing && !u.Invited {
			e.users++
		}
		if !isFolded(u.ID) {
			e.capitals = true
		}
		if len(b.faults) > 0 || len(b.unlistedOf) > 0 || e.capitals && isForeign(u.ID) ||
			len(u.ID) > policy.LongestName || len(u.Name) > policy.LongestName {
			return false
		}
		keys[i] = maphash.String(seed, b.catalog.UserKey(u.ID))
	}
	return true
}
