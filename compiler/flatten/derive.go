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
		for _, s := range f.candidates(a, p) {
			m := p.When.Met(a, s)
			if !m.OK {
				continue
			}
			via := policy.Via{Kind: policy.FromDerived, Scope: s, Actions: p.All(), Ends: m.Ends, Pos: m.Pos}
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
			a.Rows = append(a.Rows, found...)
			slices.SortFunc(a.Rows, func(x, y policy.Row) int { return cmp.Compare(key(x.Scope, x.Permission), key(y.Scope, y.Permission)) })
		}
	}
}

// row finds the row of a scope and permission.
func row(rows []policy.Row, s *policy.Scope, p *policy.Permission) *policy.Row {
	i, ok := slices.BinarySearchFunc(rows, key(s, p), func(r policy.Row, k uint64) int { return cmp.Compare(key(r.Scope, r.Permission), k) })
	if !ok {
		return nil
	}
	return &rows[i]
}

// candidates are the scopes to look at: those of the permission's levels, in
// the trees where the user holds something if the requirement needs that.
func (f *Flattener) candidates(a *policy.Access, p *policy.Permission) (list []*policy.Scope) {
	var roots map[*policy.Scope]bool
	if needsAccess(p.When) {
		roots = map[*policy.Scope]bool{}
		for i := range a.Roles {
			roots[a.Roles[i].Scope.Root()] = true
		}
		for i := range a.Rows {
			if countsFor(p.When, &a.Rows[i]) {
				roots[a.Rows[i].Scope.Root()] = true
			}
		}
		for root := range roots {
			policy.Reach{Kind: policy.Subtree}.Each(root, p.Levels, func(s *policy.Scope) { list = append(list, s) })
		}
		slices.SortFunc(list, func(x, y *policy.Scope) int { return x.Index - y.Index })
		return list
	}
	for _, s := range f.policy.Scopes {
		if p.Levels.Has(s.Level) {
			list = append(list, s)
		}
	}
	return list
}

// countsFor reports whether a row makes its tree worth looking at: one held
// otherwise than as derived, or one that the requirement names.
func countsFor(r *policy.Requirement, row *policy.Row) bool {
	return names(r, row.Permission) && row.Held() ||
		slices.ContainsFunc(row.Via, func(v policy.Via) bool { return v.Kind != policy.FromDerived && v.Actions&row.Actions != 0 })
}

// names reports whether a requirement needs a permission.
func names(r *policy.Requirement, p *policy.Permission) bool {
	in := func(list []*policy.Requirement) bool {
		return slices.ContainsFunc(list, func(x *policy.Requirement) bool { return names(x, p) })
	}
	return r.Permission == p || in(r.AllOf) || in(r.AnyOf)
}

// needsAccess reports whether only somebody with a role or permission can meet
// a requirement.
func needsAccess(r *policy.Requirement) bool {
	return r.Role != nil || r.Permission != nil || slices.ContainsFunc(r.AllOf, needsAccess) ||
		len(r.AnyOf) > 0 && !slices.ContainsFunc(r.AnyOf, func(x *policy.Requirement) bool { return !needsAccess(x) })
}
