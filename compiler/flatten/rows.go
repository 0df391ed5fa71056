package flatten

import (
	"cmp"
	"slices"
	"sort"

	"permc.dev/permc/compiler/policy"
)

// compare sorts sources for people: by row, kind, place, then names. Zero means the same source.
func (f *Flattener) compare(a, b item) int {
	if a.key != b.key {
		return cmp.Compare(a.key, b.key)
	}
	var v, w policy.Via
	f.via(&v, &a)
	f.via(&w, &b)
	return compareVias(&v, &w)
}

// compareVias does so for two sources of one row.
func compareVias(v, w *policy.Via) int {
	for _, c := range [...]int{
		int(v.Kind) - int(w.Kind), int(v.Pos.File) - int(w.Pos.File), int(v.Pos.Off) - int(w.Pos.Off),
		roleIndex(v.Role) - roleIndex(w.Role), roleIndex(v.From) - roleIndex(w.From), v.Scope.Index - w.Scope.Index,
	} {
		if c != 0 {
			return c
		}
	}
	return cmp.Or(
		cmp.Compare(groupIndex(v.Group), groupIndex(w.Group)),
		cmp.Compare(permissionIndex(v.Implier), permissionIndex(w.Implier)),
		cmp.Compare(v.Actions, w.Actions), cmp.Compare(v.Ends.End(), w.Ends.End()), cmp.Compare(v.Records, w.Records),
		cmp.Compare(v.Pos.End, w.Pos.End),
		cmp.Compare(v.Confidence, w.Confidence))
}

func roleIndex(r *policy.Role) int {
	if r == nil {
		return -1
	}
	return r.Index
}

func groupIndex(g *policy.Group) int {
	if g == nil {
		return -1
	}
	return g.Index
}

func permissionIndex(p *policy.Permission) int {
	if p == nil {
		return -1
	}
	return p.Index
}

// addUp makes a row from the sorted sources with one key, and from rows that share their sources with others: what
// groups give to several users, or what one user has in whole trees.
func (f *Flattener) addUp(a *policy.Access, shared *common, denies []*deny) {
	if shared == nil {
		shared = &common{}
	}
	f.vias = slices.Grow(f.vias[:0], len(f.items)+shared.sources)
	most := len(f.items) + len(shared.rows)
	if cap(f.rows) < most {
		f.rows = make([]policy.Row, most, 2*most)
	}
	vias, rows := f.vias[:cap(f.vias)], f.rows[:cap(f.rows)]
	made, taken, n := 0, 0, 0
	for i := 0; i < len(f.items); made++ {
		from, k := n, f.items[i].key
		before, _ := slices.BinarySearch(shared.keys[taken:], k)
		made += f.take(a.User, rows[made:], shared.rows[taken:taken+before], denies)
		taken += before
		for ; i < len(f.items) && f.items[i].key == k; i++ {
			f.via(&vias[n], &f.items[i])
			if n == from || !vias[n].Repeats(&vias[n-1]) { // the surest comes first
				n++
			}
		}
		if taken < len(shared.keys) && shared.keys[taken] == k {
			all := mergeSorted(vias[from:n], shared.rows[taken].Via, isViaAfter)
			if f.spreads.on { // a role may give the same on its scope and in the tree
				all = slices.CompactFunc(all, func(v, w policy.Via) bool { return w.Repeats(&v) })
			}
			n = from + len(all)
			taken++
		}
		f.row(&rows[made], a.User, k, vias[from:n:n], denies)
	}
	made += f.take(a.User, rows[made:], shared.rows[taken:], denies)
	a.Rows = rows[:made]
}

// take makes rows of those that others have, too.
func (f *Flattener) take(u *policy.User, rows, shared []policy.Row, denies []*deny) int {
	n := copy(rows, shared)
	for i := range rows[:n] {
		r := &rows[i]
		r.User = u
		f.deny(r, denies)
	}
	return n
}

// mergeSorted merges a sorted list into another, and reuses the memory of that. Of equal elements, those of the first
// list come first.
func mergeSorted[T any](list, more []T, after func(x, y *T) bool) []T {
	const many = 16
	i, j := len(list)-1, len(more)-1
	list = append(list, more...)
	if i > many*j {
		insertFew(list, len(more), func(j int) *T { return &more[j] }, after)
		return list
	}
	for k := len(list) - 1; j >= 0; k-- {
		if i >= 0 && after(&list[i], &more[j]) {
			list[k] = list[i]
			i--
		} else {
			list[k] = more[j]
			j--
		}
	}
	return list
}

// insertFew merges the j-th of n elements, for which there is room at the end of a list: all between two of them are
// moved at once.
func insertFew[T any](list []T, n int, more func(j int) *T, after func(x, y *T) bool) {
	end := len(list) - n
	for j := n - 1; j >= 0; j-- {
		x := more(j)
		at := sort.Search(end, func(i int) bool { return after(&list[i], x) })
		copy(list[at+j+1:], list[at:end])
		list[at+j], end = *x, at
	}
}

// isViaAfter reports whether a source comes after another one of the same row.
func isViaAfter(v, w *policy.Via) bool { return compareVias(v, w) > 0 }

// row adds up sources and applies deny rules.
func (f *Flattener) row(r *policy.Row, u *policy.User, key uint64, vias []policy.Via, denies []*deny) {
	// Field by field: a whole row would be built elsewhere and copied.
	r.User, r.Scope, r.Permission = u, f.policy.Scopes[key>>32], f.policy.Catalog.Permissions[uint32(key)]
	r.Via, r.Withheld = vias, nil
	actions, records, ends := vias[0].Actions, vias[0].Records, vias[0].Ends
	for i := 1; i < len(vias); i++ {
		v := &vias[i]
		actions |= v.Actions
		records = min(records, v.Records)
		ends = policy.Later(ends, v.Ends)
	}
	r.Actions, r.Records, r.Ends = actions, records, ends
	f.deny(r, denies)
}

// deny applies deny rules to a row.
func (f *Flattener) deny(r *policy.Row, denies []*deny) {
	if len(denies) == 0 {
		return
	}
	actions := r.Actions
	f.withhold(r, denies)
	if r.Actions != actions && r.Actions != 0 {
		addUpLeft(r)
	}
}

// addUpLeft sets the access and expiry of a row from the sources that have an action left. A source
// gives nothing if all its actions are withheld.
func addUpLeft(r *policy.Row) {
	first := true
	for i := range r.Via {
		v := &r.Via[i]
		switch {
		case v.Actions&r.Actions == 0:
		case first:
			r.Records, r.Ends, first = v.Records, v.Ends, false
		default:
			r.Records = min(r.Records, v.Records)
			r.Ends = policy.Later(r.Ends, v.Ends)
		}
	}
}
