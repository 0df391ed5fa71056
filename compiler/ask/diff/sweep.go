package diff

import (
	"slices"

	"permc.dev/permc/compiler/flatten"
	"permc.dev/permc/compiler/policy"
)

// sweep flattens one user on one later day after the other. Where what an entry gives depends on no other entry, it
// flattens nothing but those that begin or have ended that day, and others that give the same rows or roles.
type sweep struct {
	flat  *flatten.Flattener
	user  *policy.User
	head  bool
	turns map[policy.Date][]int // the entries that begin or have ended on a day
	gives []given               // by entry

	byRow  map[*track][]int // the entries that give a row
	byRole map[*roleTrack][]int
}

// given lists what one entry gives on any day.
type given struct {
	rows  []*track
	roles []*roleTrack
}

// givesApart reports whether what an entry gives depends on no other entry.
func givesApart(p *policy.Policy) bool {
	apart := len(p.Catalog.Derived) == 0 && p.Ways == nil
	p.Catalog.Conditions(func(*policy.Requirement) { apart = false })
	return apart && !slices.ContainsFunc(p.Denies, func(r *policy.Rule) bool { return len(r.Deny.Roles) > 0 })
}

// manyEntries limits the entries of one user, on both sides together, that are all flattened on each day.
const manyEntries = policy.Long

// sweep returns a sweep over what a user has on one side, or nil if that is not possible.
func (t *timeline) sweep(w *sideWorker, u *policy.User, head bool) *sweep {
	if w == nil || !w.apart || w.Calendar.TurnsByGroups(u) {
		return nil
	}
	s := &sweep{flat: w.Flatten, user: u, head: head, turns: map[policy.Date][]int{},
		gives: make([]given, len(u.Entries)), byRow: map[*track][]int{}, byRole: map[*roleTrack][]int{}}
	one := *u
	one.Memberships, one.Default = nil, nil
	for i := range u.Entries {
		e := &u.Entries[i]
		if e.Ends.End() < t.head.AsOf || e.Starts > e.Ends.End() {
			continue
		}
		s.turns[e.Starts] = append(s.turns[e.Starts], i)
		if e.Ends != 0 {
			s.turns[e.Ends+1] = append(s.turns[e.Ends+1], i)
		}
		one.Entries = u.Entries[i : i+1]
		s.learn(t, i, s.flat.UserOn(&one, max(e.Starts, t.head.AsOf)))
	}
	return s
}

// learn notes what an entry gives.
func (s *sweep) learn(t *timeline, i int, a policy.Access) {
	x := &s.gives[i]
	for j := range a.Rows {
		x.rows = append(x.rows, t.track(&a.Rows[j]))
	}
	for j := range a.Roles {
		x.roles = append(x.roles, t.roleTrack(roleKey{a.Roles[j].Role.ID, a.Roles[j].Scope.Path}))
	}
	x.rows, x.roles = policy.KeepFirst(x.rows, 0), policy.KeepFirst(x.roles, 0)
	for _, r := range x.rows {
		s.byRow[r] = append(s.byRow[r], i)
	}
	for _, r := range x.roles {
		s.byRole[r] = append(s.byRole[r], i)
	}
}

// on notes what differs on the i-th day from the day before.
func (s *sweep) on(t *timeline, i int) {
	turning := s.turns[t.days[i]]
	if len(turning) == 0 {
		return
	}
	rows, roles := map[*track]bool{}, map[*roleTrack]bool{} // whether they are there, of those that may differ
	a := s.flatten(s.about(turning, rows, roles), t.days[i])
	t.pair.memory().copies.Reset()
	for j := range a.Rows {
		r := &a.Rows[j]
		r.User = s.user
		x := t.track(r)
		if _, differs := rows[x]; differs {
			rows[x] = true
			t.addRow(x, i, r, s.head)
		}
	}
	for j := range a.Roles {
		h := &a.Roles[j]
		x := t.roleTrack(roleKey{h.Role.ID, h.Scope.Path})
		if done, differs := roles[x]; differs && !done { // the first of several ways counts
			roles[x] = true
			t.addRole(x, i, h, s.head)
		}
	}
	for x, there := range rows {
		if !there {
			x.put(i, s.head, nil)
		}
	}
	for x, there := range roles {
		if !there {
			x.put(i, s.head, nil)
		}
	}
}

// about lists the rows and roles that some entries give, and returns all entries that give one of them, in order.
func (s *sweep) about(entries []int, rows map[*track]bool, roles map[*roleTrack]bool) (about []int) {
	for _, n := range entries {
		for _, r := range s.gives[n].rows {
			rows[r], about = false, append(about, s.byRow[r]...)
		}
		for _, r := range s.gives[n].roles {
			roles[r], about = false, append(about, s.byRole[r]...)
		}
	}
	slices.Sort(about)
	return slices.Compact(about)
}

// flatten flattens the user on a day, with only some of the user's own entries.
func (s *sweep) flatten(entries []int, day policy.Date) policy.Access {
	some := *s.user
	some.Entries = make([]policy.Entry, 0, len(entries))
	own := make(map[*policy.Entry]*policy.Entry, len(entries))
	for _, n := range entries {
		some.Entries = append(some.Entries, s.user.Entries[n])
		own[&some.Entries[len(some.Entries)-1]] = &s.user.Entries[n]
	}
	a := s.flat.UserOn(&some, day)
	for i := range a.Roles {
		if e := own[a.Roles[i].Entry]; e != nil {
			a.Roles[i].Entry = e
		}
	}
	return a
}

// sweepSides returns a sweep over each side, or nil if all is to be flattened on each day: there is little on both
// sides, or one of them cannot be swept. A side without the user has nothing on any day.
func (t *timeline) sweepSides() (sides []*sweep) {
	entries := 0
	both := [...]*policy.Access{t.pair.Base, t.pair.Head}
	for _, a := range both {
		if a != nil {
			entries += len(a.User.Entries)
		}
	}
	if entries <= manyEntries {
		return nil
	}
	for i, a := range both {
		if a == nil {
			continue
		}
		s := t.sweep(t.pair.workers[i], a.User, i == 1)
		if s == nil {
			return nil
		}
		sides = append(sides, s)
	}
	return sides
}
