package flatten

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// A role that reaches its whole tree gives the same from every scope of it. Whoever has such roles on N scopes has N
// sources of each permission on each scope of the tree. So the sources are listed once for each level, and all rows of
// a permission share the list: without that, N scopes would take N² memory.

// spread is what an entry gives in a whole tree by one layer.
type spread struct {
	root   *policy.Scope
	layer  *layer
	source int32
}

// spreads are what a user with many entries has in whole trees. It reuses its memory.
type spreads struct {
	from   int  // the fewest entries that are worth it
	on     bool // the user has that many
	list   []spread
	items  []item // of one list
	vias   []policy.Via
	rows   common
	places []rowsOn
}

// rowsOn are the rows of one scope, in a list that other scopes have, too: it lacks the scope.
type rowsOn struct {
	scope *policy.Scope
	rows  []policy.Row
}

// manyEntries is from how many entries on it pays off to list what they give in whole trees apart.
const manyEntries = 16

// decide counts a user's entries to see whether spreads are worth it.
func (x *spreads) decide(u *policy.User) {
	n := len(u.Entries)
	for i := range u.Memberships {
		n += len(u.Memberships[i].Group.Entries)
	}
	x.on, x.list = n >= x.from, x.list[:0]
}

// isSame reports whether a layer gives the same from every scope of a tree, whatever else a user has.
func (f *Flattener) isSame(l *layer) bool {
	if l.reach.Kind != policy.Tree || l.included != nil {
		return false
	}
	for _, cells := range l.cells {
		if slices.ContainsFunc(cells, func(c cell) bool {
			return c.when != nil || len(f.policy.Catalog.Permissions[c.key].Implies) > 0
		}) {
			return false
		}
	}
	return true
}

// spreadRows makes the rows of all spreads, before deny rules and without a user. They are valid until the next user.
func (f *Flattener) spreadRows() *common {
	x := &f.spreads
	if len(x.list) == 0 {
		return nil
	}
	slices.SortStableFunc(x.list, func(a, b spread) int { return cmp.Compare(a.root.Index, b.root.Index) })
	x.vias, x.places = x.vias[:0], x.places[:0]
	for rest := x.list; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].root == rest[0].root {
			n++
		}
		f.spreadTree(rest[:n])
		rest = rest[n:]
	}
	slices.SortFunc(x.places, func(a, b rowsOn) int { return cmp.Compare(a.scope.Index, b.scope.Index) })
	rows, keys := x.rows.rows[:0], x.rows.keys[:0]
	for _, s := range x.places {
		for i := range s.rows {
			r := s.rows[i]
			r.Scope = s.scope
			rows, keys = append(rows, r), append(keys, rowKey(r.Scope, r.Permission))
		}
	}
	x.rows.rows, x.rows.keys = rows, keys
	x.rows.sources = x.rows.copied(f.items)
	return &x.rows
}

// copied counts the sources of rows that have others among some items, too: these rows cannot share a list.
func (c *common) copied(items []item) (n int) {
	i := 0
	for j, k := range c.keys {
		for i < len(items) && items[i].key < k {
			i++
		}
		if i < len(items) && items[i].key == k {
			n += len(c.rows[j].Via)
		}
	}
	return n
}

// spreadTree lists the rows on each scope of one tree.
func (f *Flattener) spreadTree(list []spread) {
	x, root := &f.spreads, list[0].root
	byLevel := make([][]policy.Row, len(f.policy.Catalog.Levels))
	made := make([]bool, len(byLevel))
	policy.Reach{Kind: policy.Tree}.Each(root, 1<<len(byLevel)-1, func(s *policy.Scope) {
		if !made[s.Level] {
			byLevel[s.Level], made[s.Level] = f.spreadLevel(list, s.Level), true
		}
		if rows := byLevel[s.Level]; len(rows) > 0 {
			x.places = append(x.places, rowsOn{s, rows})
		}
	})
}

// spreadLevel makes the rows on any scope of a level, without the scope.
func (f *Flattener) spreadLevel(list []spread, level int) (rows []policy.Row) {
	x := &f.spreads
	own := f.items
	f.items = x.items[:0]
	for i := range list {
		f.give(nil, list[i].layer.cells[level], 0, list[i].source)
	}
	f.sort()
	x.items, f.items = f.items, own
	x.vias = slices.Grow(x.vias, len(x.items))
	for i := 0; i < len(x.items); {
		from, k := len(x.vias), x.items[i].key
		for ; i < len(x.items) && x.items[i].key == k; i++ {
			var v policy.Via
			f.via(&v, &x.items[i])
			if n := len(x.vias); n == from || !v.Repeats(&x.vias[n-1]) {
				x.vias = append(x.vias, v)
			}
		}
		n := len(x.vias)
		var r policy.Row
		f.row(&r, nil, k, x.vias[from:n:n], nil)
		rows = append(rows, r)
	}
	return rows
}
