package flatten

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// tree is a tree in which a user holds something, and the day on which that ends.
type tree struct {
	root *policy.Scope
	ends policy.Date
}

// trees are the trees in which a user holds something: each once and in order, when they are settled.
type trees []tree

// add adds the tree of a scope.
func (t trees) add(s *policy.Scope, end policy.Date) trees {
	root := s.Root()
	if last := len(t) - 1; last >= 0 && t[last].root == root {
		t[last].ends = policy.Later(t[last].ends, end)
		return t
	}
	return append(t, tree{root, end})
}

// settle sorts the trees, and makes one of those that were added several times.
func (t trees) settle() trees {
	slices.SortFunc(t, func(x, y tree) int { return cmp.Compare(x.root.Index, y.root.Index) })
	settled := t[:0]
	for _, x := range t {
		settled = settled.add(x.root, x.ends)
	}
	return settled
}

// ends returns when that ends which is held in the tree of a scope, in settled trees; zero in none.
func (t trees) ends(s *policy.Scope) policy.Date {
	if i, ok := t.find(s); ok {
		return t[i].ends
	}
	return 0
}

// has reports whether the tree of a scope is among settled trees.
func (t trees) has(s *policy.Scope) bool {
	_, ok := t.find(s)
	return ok
}

func (t trees) find(s *policy.Scope) (i int, ok bool) {
	return slices.BinarySearchFunc(t, s.Root().Index, func(x tree, index int) int {
		return cmp.Compare(x.root.Index, index)
	})
}

// derive adds the permissions whose requirement the user meets, in dependency order, and applies deny
// rules to each.
func (f *Flattener) derive(a *policy.Access, denies []*deny) {
	d := &f.deriver
	d.reset()
	loaded := false
	for _, p := range f.policy.Catalog.Derived {
		if !f.looksAt(p) || !p.When.HasUser(a.User) {
			continue
		}
		if !loaded {
			d.narrower.load(a.Rows)
			d.held = heldTrees(d.held[:0], a)
			loaded = true
		}
		if !d.narrower.mayMeet(p.When, a.Roles) {
			continue
		}
		looked, all := d.trees(p)
		d.list = f.candidates(d.list[:0], p, looked, all)
		before, found := len(d.gained), len(d.found)
		sight := policy.NewSight(a, len(d.list))
		if found > 0 {
			sight.Add(d.foundOf)
		}
		for _, s := range d.list {
			if m := sight.MetFrom(p.When, s); m.OK {
				f.addDerived(a, p, s, m, looked.ends(s), denies)
			}
		}
		d.gains.note(p, before, len(d.gained))
		d.finds.note(p, found, len(d.found))
	}
	if len(d.found) > 0 {
		a.Rows = d.mergeFound(a.Rows)
	}
}

// addDerived adds a derived permission on a scope to its row, or to those found.
func (f *Flattener) addDerived(a *policy.Access, p *policy.Permission, s *policy.Scope, m policy.Met,
	ends policy.Date, denies []*deny) {
	d := &f.deriver
	via := policy.Via{Kind: policy.FromDerived, Scope: s, Actions: p.All(), Ends: policy.Earlier(m.Ends, ends),
		Pos: m.Pos, Confidence: max(policy.Derived, p.Confidence(), m.Confidence)}
	if !via.Pos.IsValid() {
		via.Pos = a.User.Pos
	}
	r, from := policy.FindRow(a.Rows, s, p), len(d.vias)
	if r != nil {
		d.vias = append(d.vias, r.Via...)
	} else {
		d.found = append(d.found, policy.Row{})
		r = &d.found[len(d.found)-1]
		r.Scope, r.Permission = s, p
		d.narrower.add(r)
	}
	d.vias = append(d.vias, via)
	f.row(r, a.User, rowKey(s, p), d.vias[from:len(d.vias):len(d.vias)], denies)
	if via.Actions&r.Actions != 0 {
		d.gained = append(d.gained, gain{s, via.Ends})
	}
}

// deriver knows where a user holds something, so that a derived permission need not check every row. It reuses its
// memory.
type deriver struct {
	held   trees  // through roles and rows that are not derived
	gained []gain // through derived rows with an action left
	gains  spans  // where those of a permission are

	both  trees           // those held and gained
	list  []*policy.Scope // to check for a permission
	found []policy.Row    // derived, where nothing else gave the permission
	finds spans           // where those of a permission are; they are sorted by scope
	vias  []policy.Via    // of all derived rows of the user

	keys []keyed // of the rows found

	narrower narrower
}

// gain is a derived permission on a scope.
type gain struct {
	scope *policy.Scope
	ends  policy.Date
}

// reset forgets a user.
func (d *deriver) reset() {
	d.gained, d.found, d.vias = d.gained[:0], d.found[:0], d.vias[:0]
	d.gains.reset()
	d.finds.reset()
}

// foundOf returns the rows found of a permission.
func (d *deriver) foundOf(p *policy.Permission) []policy.Row {
	from, to := d.finds.of(p)
	return d.found[from:to]
}

// mergeFound merges the rows found into others. Those of each permission are in order already.
func (d *deriver) mergeFound(rows []policy.Row) []policy.Row {
	d.keys = d.keys[:0]
	for i := range d.found {
		d.keys = append(d.keys, keyed{rowKey(d.found[i].Scope, d.found[i].Permission), i})
	}
	if len(d.finds.some) > 1 {
		slices.SortFunc(d.keys, func(x, y keyed) int { return cmp.Compare(x.key, y.key) })
	}
	rows = append(rows, d.found...) // for room
	insertFew(rows, len(d.keys), func(j int) *policy.Row { return &d.found[d.keys[j].at] }, isRowAfter)
	return rows
}

// isRowAfter reports whether a row comes after another one of the same user.
func isRowAfter(x, y *policy.Row) bool {
	return rowKey(x.Scope, x.Permission) > rowKey(y.Scope, y.Permission)
}

// keyed is a row by its place in the order of rows.
type keyed struct {
	key uint64
	at  int // in the list of rows
}

// spans says where in a list the elements of each permission are, which are together.
type spans struct {
	at   [][2]int // by index
	some []int    // the indexes of those with any
}

// note notes where the elements of a permission are.
func (x *spans) note(p *policy.Permission, from, to int) {
	if from == to {
		return
	}
	for len(x.at) <= p.Index {
		x.at = append(x.at, [2]int{})
	}
	x.at[p.Index] = [2]int{from, to}
	x.some = append(x.some, p.Index)
}

// of returns where the elements of a permission are.
func (x *spans) of(p *policy.Permission) (from, to int) {
	if p.Index >= len(x.at) {
		return 0, 0
	}
	return x.at[p.Index][0], x.at[p.Index][1]
}

// reset forgets all elements.
func (x *spans) reset() {
	for _, i := range x.some {
		x.at[i] = [2]int{}
	}
	x.some = x.some[:0]
}

// trees returns the trees to check for a derived permission, or says that it is all of them if the requirement
// needs nothing held. Another derived permission counts only if this one needs it.
func (d *deriver) trees(p *policy.Permission) (list trees, all bool) {
	if !p.When.NeedsAccess() {
		return nil, true
	}
	if len(d.gained) == 0 {
		return d.held, false
	}
	d.both = append(d.both[:0], d.held...)
	eachNeed(p.When, func(needed *policy.Permission) {
		from, to := d.gains.of(needed)
		for _, g := range d.gained[from:to] {
			d.both = d.both.add(g.scope, g.ends)
		}
	})
	d.both = d.both.settle()
	return d.both, false
}

// heldTrees appends the trees in which a user holds something, before any permission is derived.
func heldTrees(list trees, a *policy.Access) trees {
	for i := range a.Roles {
		list = list.add(a.Roles[i].Scope, a.Roles[i].Ends)
	}
	for i := range a.Rows {
		if r := &a.Rows[i]; r.Held() {
			list = list.add(r.Scope, r.Ends)
		}
	}
	return list.settle()
}

// candidates appends the scopes at the permission's levels in some trees, or in all.
func (f *Flattener) candidates(list []*policy.Scope, p *policy.Permission, in trees, all bool) []*policy.Scope {
	if all {
		for _, s := range f.policy.Scopes {
			if p.Levels.Has(s.Level) {
				list = append(list, s)
			}
		}
		return list
	}
	if f.deriver.narrower.onScope[p.Index] != nil {
		list = f.deriver.narrower.scopes(list, p, in)
		slices.SortFunc(list, func(x, y *policy.Scope) int { return x.Index - y.Index })
		return slices.Compact(list)
	}
	for _, t := range in {
		policy.Reach{Kind: policy.Subtree}.Each(t.root, p.Levels, func(s *policy.Scope) { list = append(list, s) })
	}
	slices.SortFunc(list, func(x, y *policy.Scope) int { return x.Index - y.Index })
	return list
}

// eachNeed calls f for each permission that a requirement needs.
func eachNeed(r *policy.Requirement, f func(*policy.Permission)) {
	if r.Permission != nil {
		f(r.Permission)
	}
	for _, x := range r.AllOf {
		eachNeed(x, f)
	}
	for _, x := range r.AnyOf {
		eachNeed(x, f)
	}
}
