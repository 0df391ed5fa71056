package flatten

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// derive adds the permissions that the user meets the requirement of, in
// dependency order, each followed by deny.
func (f *Flattener) derive(a *policy.Access, denies []*deny) {
	for _, p := range f.policy.Catalog.Derived {
		var found []policy.Row
		trees := f.trees(a, p)
		for _, s := range f.candidates(p, trees) {
			m := p.When.Met(a, s)
			if !m.OK {
				continue
			}
			via := policy.Via{Kind: policy.FromDerived, Scope: s, Actions: p.All(), Ends: policy.Earlier(m.Ends, trees[s.Root()]), Pos: m.Pos}
			if !via.Pos.IsValid() {
				via.Pos = a.User.Pos
			}
			if r := row(a.Rows, s, p); r != nil {
				f.row(r, a.User, key(s, p), append(slices.Clip(r.Via), via), denies)
			} else {
				found = append(found, policy.Row{})
				f.row(&found[len(found)-1], a.User, key(s, p), []policy.Via{via}, denies)
			}
		}
		if len(found) > 0 {
			a.Rows = mergeRows(a.Rows, found)
		}
	}
}

// mergeRows puts rows in order of key among others.
func mergeRows(rows, more []policy.Row) []policy.Row {
	i, j := len(rows)-1, len(more)-1
	rows = append(rows, more...)
	for k := len(rows) - 1; j >= 0; k-- {
		if i >= 0 && key(rows[i].Scope, rows[i].Permission) > key(more[j].Scope, more[j].Permission) {
			rows[k] = rows[i]
			i--
		} else {
			rows[k] = more[j]
			j--
		}
	}
	return rows
}

// row finds the row of a scope and permission.
func row(rows []policy.Row, s *policy.Scope, p *policy.Permission) *policy.Row {
	i, ok := slices.BinarySearchFunc(rows, key(s, p), func(r policy.Row, k uint64) int { return cmp.Compare(key(r.Scope, r.Permission), k) })
	if !ok {
		return nil
	}
	return &rows[i]
}

// trees are the outermost scopes of the trees to look at, those in which the
// user holds something, with the day on which that ends; nil is every tree, for
// a requirement that needs nothing held.
func (f *Flattener) trees(a *policy.Access, p *policy.Permission) map[*policy.Scope]policy.Date {
	if !needsAccess(p.When) {
		return nil
	}
	trees := map[*policy.Scope]policy.Date{}
	add := func(s *policy.Scope, end policy.Date) {
		if before, ok := trees[s.Root()]; ok {
			end = policy.Later(before, end)
		}
		trees[s.Root()] = end
	}
	for i := range a.Roles {
		add(a.Roles[i].Scope, a.Roles[i].Ends)
	}
	f.needed = slices.Grow(f.needed[:0], len(f.policy.Catalog.Permissions))[:len(f.policy.Catalog.Permissions)]
	clear(f.needed)
	noteNeeds(f.needed, p.When)
	for i := range a.Rows {
		r := &a.Rows[i]
		needed := f.needed[r.Permission.Index]
		for j := range r.Via {
			if v := &r.Via[j]; v.Actions&r.Actions != 0 && (needed || v.Kind != policy.FromDerived) {
				add(r.Scope, v.Ends)
			}
		}
	}
	return trees
}

// candidates are the scopes of the permission's levels in some trees, or in all.
func (f *Flattener) candidates(p *policy.Permission, trees map[*policy.Scope]policy.Date) (list []*policy.Scope) {
	if trees == nil {
		for _, s := range f.policy.Scopes {
			if p.Levels.Has(s.Level) {
				list = append(list, s)
			}
		}
		return list
	}
	for root := range trees {
		policy.Reach{Kind: policy.Subtree}.Each(root, p.Levels, func(s *policy.Scope) { list = append(list, s) })
	}
	slices.SortFunc(list, func(x, y *policy.Scope) int { return x.Index - y.Index })
	return list
}

// noteNeeds notes the permissions that a requirement needs, by index.
func noteNeeds(needed []bool, r *policy.Requirement) {
	if r.Permission != nil {
		needed[r.Permission.Index] = true
	}
	for _, x := range r.AllOf {
		noteNeeds(needed, x)
	}
	for _, x := range r.AnyOf {
		noteNeeds(needed, x)
	}
}

// needsAccess reports whether only somebody with a role or permission can meet
// a requirement.
func needsAccess(r *policy.Requirement) bool {
	return r.Role != nil || r.Permission != nil || slices.ContainsFunc(r.AllOf, needsAccess) ||
		len(r.AnyOf) > 0 && !slices.ContainsFunc(r.AnyOf, func(x *policy.Requirement) bool { return !needsAccess(x) })
}
