package roles

import (
	"slices"

	"permc.dev/permc/compiler/policy"
)

// weighTrees looks at the trees in which the user holds anything, where permissions with a condition may count: the
// user must still do so.
func (w *worker) weighTrees(a *policy.Access) {
	if len(w.policy.Catalog.Derived) == 0 {
		return
	}
	sources := map[*policy.Scope][]int{}
	var order []*policy.Scope
	add := func(on *policy.Scope, source int) {
		root := on.Root()
		if sources[root] == nil {
			order = append(order, root)
		}
		sources[root] = append(sources[root], source)
	}
	for i := range a.Roles {
		add(a.Roles[i].Scope, sourceAt(a.Roles[i].Entry.Pos))
	}
	for i := range a.Rows {
		r := &a.Rows[i]
		for j := range r.Via {
			if v := &r.Via[j]; v.Kind != policy.FromDerived && v.Actions&r.Actions != 0 {
				add(r.Scope, ownerOf(v))
			}
		}
	}
	for _, root := range order {
		w.weighTree(sources[root])
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
