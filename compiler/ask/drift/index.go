package drift

import (
	"permc.dev/permc/compiler/internal/hugepage"
	"permc.dev/permc/compiler/load/observe"
	"permc.dev/permc/compiler/policy"
)

// key is an entry or a membership, without its days.
type key struct {
	user       *policy.User  // or nil
	group      *policy.Group // or nil: the holder is a user
	role       *policy.Role
	permission *policy.Permission
	in         *policy.Group // of a membership
	scope      *policy.Scope // of an entry
}

// index finds keys. Most holders have few, so it compares a key with those of its holder: a map of all keys would take
// more time than the rest of the comparison.
type index struct {
	keys   []key
	before []int32 // the key of the same holder before each, or nowhere
	runs   []run   // of the declared users in their order, and then of other holders
	users  []*policy.User
	others map[holder]int32 // where the runs of other holders are
	named  bool             // others has the declared users, too: few questions come without their numbers
	many   map[key]int32
}

// holder is a user or a group.
type holder struct {
	user  *policy.User
	group *policy.Group
}

// run are the keys of one holder.
type run struct {
	last  int32 // key, or nowhere
	count int32
}

// nowhere is the index of nothing.
const nowhere = observe.None

// mostCompared limits the keys of one holder that are compared one by one.
const mostCompared = 24

// newIndex returns an index with room for so many keys of the declared users and others.
func newIndex(keys int, users []*policy.User) index {
	x := index{keys: hugepage.Make[key](keys)[:0], before: hugepage.Make[int32](keys)[:0],
		runs: hugepage.Make[run](len(users)), users: users, others: map[holder]int32{}, many: map[key]int32{}}
	for i := range x.runs {
		x.runs[i].last = nowhere
	}
	return x
}

// find returns where a key is, or nowhere.
func (x *index) find(k key) int32 { return x.findIn(k, x.runOf(k)) }

// findIn returns where a key is in a run, or nowhere.
func (x *index) findIn(k key, run int32) int32 {
	if run == nowhere {
		return nowhere
	}
	r := x.runs[run]
	if r.count > mostCompared {
		if i, ok := x.many[k]; ok {
			return i
		}
		return nowhere
	}
	i := r.last
	for i != nowhere && x.keys[i] != k {
		i = x.before[i]
	}
	return i
}

// runOf returns where the keys of a key's holder are, or nowhere.
func (x *index) runOf(k key) int32 {
	if k.user != nil && !x.named {
		x.named = true
		for i, u := range x.users {
			x.others[holder{user: u}] = int32(i)
		}
	}
	return x.otherOf(k)
}

// otherOf finds the entries of a group, or of somebody who is not declared: they have no number. Without entries, it
// returns nowhere.
func (x *index) otherOf(k key) int32 {
	if at, ok := x.others[holder{k.user, k.group}]; ok {
		return at
	}
	return nowhere
}

// insert adds a key that is not there to a run, or to a new one.
func (x *index) insert(k key, at int32) int32 {
	if at == nowhere {
		at = int32(len(x.runs))
		x.runs = append(x.runs, run{last: nowhere})
		x.others[holder{k.user, k.group}] = at
	}
	r, i := &x.runs[at], int32(len(x.keys))
	x.keys = append(hugepage.Grow(x.keys), k)
	x.before = append(hugepage.Grow(x.before), r.last)
	r.last = i
	r.count++
	switch {
	case r.count == mostCompared+1:
		for j := i; j != nowhere; j = x.before[j] {
			x.many[x.keys[j]] = j
		}
	case r.count > mostCompared:
		x.many[k] = i
	}
	return i
}
