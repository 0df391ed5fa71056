package roles

import (
	"slices"

	"permc.dev/permc/compiler/policy"
)

// trees are the trees in which a user holds something, and the sources of that.
type trees struct {
	number  map[*policy.Scope]int // by root
	sources [][]int               // by number, some more than once
	added   policy.Seen           // rows whose sources are there: those that share a list are in one tree
	last    []int                 // the tree to which each source was added last, from one; the first is -1
}

// reset forgets the trees of the last user.
func (t *trees) reset() {
	t.number, t.sources = emptied(t.number), t.sources[:0]
	t.added.Reset()
	clear(t.last)
}

// at returns the number of the tree with a scope.
func (t *trees) at(on *policy.Scope) int {
	root := on.Root()
	n, ok := t.number[root]
	if ok {
		return n
	}
	n = len(t.sources)
	t.number[root] = n
	if n < cap(t.sources) {
		t.sources = t.sources[:n+1]
		t.sources[n] = t.sources[n][:0]
	} else {
		t.sources = append(t.sources, nil)
	}
	return n
}

func (t *trees) add(tree, source int) {
	for len(t.last) <= source+1 {
		t.last = append(t.last, 0)
	}
	if t.last[source+1] != tree+1 {
		t.sources[tree], t.last[source+1] = append(t.sources[tree], source), tree+1
	}
}

// weighTrees looks at the trees in which the user holds anything, where permissions with a condition may count: the
// user must still do so.
func (w *worker) weighTrees(a *policy.Access) {
	if len(w.policy.Catalog.Derived) == 0 {
		return
	}
	t := &w.trees
	t.reset()
	for i := range a.Roles {
		t.add(t.at(a.Roles[i].Scope), sourceAt(a.Roles[i].Entry.Pos))
	}
	var on *policy.Scope
	tree := 0
	for i := range a.Rows {
		r := &a.Rows[i]
		if r.Scope != on {
			on, tree = r.Scope, t.at(r.Scope)
		}
		if t.added.Before(r) {
			continue
		}
		for j := range r.Via {
			if v := &r.Via[j]; v.Kind != policy.FromDerived && v.Actions&r.Actions != 0 {
				t.add(tree, ownerOf(v))
			}
		}
	}
	for _, sources := range t.sources {
		w.weighTree(sources)
	}
}

// isFixed reports whether a source is something that stays anyway.
func isFixed(source int) bool { return source < 0 }

func (w *worker) weighTree(sources []int) {
	if !slices.ContainsFunc(sources, w.isBase) {
		if !slices.ContainsFunc(sources, isFixed) {
			for _, source := range sources { // the user is in the tree through these alone
				w.sources[source].extra = true
			}
		}
		return
	}
	w.sets.begin()
	for _, source := range sources {
		w.sets.put(source)
	}
	w.sets.end()
}
