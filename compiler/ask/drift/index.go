package drift

import (
	"permc.dev/permc/compiler/internal/hugepage"
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
	users  map[*policy.User]int32
	groups map[*policy.Group]int32
	runs   []run // of the holders
	last   holder
	lastAt int32 // in runs
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
const nowhere int32 = -1

// mostCompared limits the keys of one holder that are compared one by one.
const mostCompared = 24

// newIndex returns an index with room for so many keys of so many users.
func newIndex(keys, users int) index {
	return index{keys: hugepage.Make[key](keys)[:0], before: hugepage.Make[int32](keys)[:0],
		users: make(map[*policy.User]int32, users), groups: map[*policy.Group]int32{},
		runs: hugepage.Make[run](users)[:0], lastAt: nowhere, many: map[key]int32{}}
}

// find returns where a key is, or nowhere.
func (x *index) find(k key) int32 {
	at := x.runOf(k)
	if at == nowhere {
		return nowhere
	}
	r := x.runs[at]
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

// runOf returns where the keys of a key's holder are, or nowhere. Keys of one holder often follow each other.
func (x *index) runOf(k key) int32 {
	h := holder{k.user, k.group}
	if h == x.last {
		return x.lastAt
	}
	at, ok := x.users[k.user]
	if k.user == nil {
		at, ok = x.groups[k.group]
	}
	if !ok {
		return nowhere
	}
	x.last, x.lastAt = h, at
	return at
}

// insert adds a key that is not there.
func (x *index) insert(k key) int32 {
	at := x.runOf(k)
	if at == nowhere {
		at = int32(len(x.runs))
		x.runs = append(x.runs, run{last: nowhere})
		if k.user != nil {
			x.users[k.user] = at
		} else {
			x.groups[k.group] = at
		}
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
