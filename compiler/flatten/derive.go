package flatten

import (
	"cmp"
	"maps"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// trees maps the outermost scopes of trees in which a user holds something to the day on which that
// ends.
type trees map[*policy.Scope]policy.Date

func (t trees) add(s *policy.Scope, end policy.Date) {
	if before, ok := t[s.Root()]; ok {
		end = policy.Later(before, end)
	}
	t[s.Root()] = end
}

// derive adds the permissions whose requirement the user meets, in dependency order, and applies deny
// rules to each.
func (f *Flattener) derive(a *policy.Access, denies []*deny) {
	d := deriver{}
	for _, p := range f.policy.Catalog.Derived {
		var found []policy.Row
		looked := d.trees(a, p)
		for _, s := range f.candidates(p, looked) {
			m := p.When.Met(a, s)
			if !m.OK {
				continue
			}
			via := policy.Via{Kind: policy.FromDerived, Scope: s, Actions: p.All(),
				Ends: policy.Earlier(m.Ends, looked[s.Root()]), Pos: m.Pos,
				Confidence: max(policy.Derived, p.Confidence(), m.Confidence)}
			if !via.Pos.IsValid() {
				via.Pos = a.User.Pos
			}
			r, vias := findRow(a.Rows, s, p), []policy.Via{via}
			if r != nil {
				vias = append(slices.Clip(r.Via), via)
			} else {
				found = append(found, policy.Row{})
				r = &found[len(found)-1]
			}
			f.row(r, a.User, rowKey(s, p), vias, denies)
			d.gain(p, s, &via, r)
		}
		if len(found) > 0 {
			a.Rows = mergeRows(a.Rows, found)
		}
	}
}

// deriver knows where a user holds something, so that a derived permission need not check every row.
type deriver struct {
	held   trees                        // through roles and rows that are not derived; filled on first use
	gained map[*policy.Permission]trees // through derived rows
}

// gain records a source of a derived permission, if it has an action left.
func (d *deriver) gain(p *policy.Permission, s *policy.Scope, v *policy.Via, r *policy.Row) {
	if v.Actions&r.Actions == 0 {
		return
	}
	if d.gained == nil {
		d.gained = map[*policy.Permission]trees{}
	}
	if d.gained[p] == nil {
		d.gained[p] = trees{}
	}
	d.gained[p].add(s, v.Ends)
}

// trees returns the trees to check for a derived permission, or nil for all trees if the requirement
// needs nothing held. Another derived permission counts only if this one needs it.
func (d *deriver) trees(a *policy.Access, p *policy.Permission) trees {
	if !needsAccess(p.When) {
		return nil
	}
	if d.held == nil {
		d.held = heldTrees(a)
	}
	list := maps.Clone(d.held)
	eachNeed(p.When, func(needed *policy.Permission) {
		for root, end := range d.gained[needed] {
			list.add(root, end)
		}
	})
	return list
}

// heldTrees returns the trees in which a user holds something that is not derived.
func heldTrees(a *policy.Access) trees {
	list := trees{}
	for i := range a.Roles {
		list.add(a.Roles[i].Scope, a.Roles[i].Ends)
	}
	for i := 0; i < len(a.Rows); {
		scope, ends, held := a.Rows[i].Scope, policy.Date(0), false
		for ; i < len(a.Rows) && a.Rows[i].Scope == scope; i++ {
			ends, held = heldUntil(&a.Rows[i], ends, held)
		}
		if held {
			list.add(scope, ends)
		}
	}
	return list
}

// heldUntil adds up when the sources of a row end that leave an action and are not derived.
func heldUntil(r *policy.Row, ends policy.Date, held bool) (policy.Date, bool) {
	for i := range r.Via {
		v := &r.Via[i]
		switch {
		case v.Actions&r.Actions == 0 || v.Kind == policy.FromDerived:
		case held:
			ends = policy.Later(ends, v.Ends)
		default:
			ends, held = v.Ends, true
		}
	}
	return ends, held
}

// mergeRows merges rows into others by key.
func mergeRows(rows, more []policy.Row) []policy.Row {
	i, j := len(rows)-1, len(more)-1
	rows = append(rows, more...)
	for k := len(rows) - 1; j >= 0; k-- {
		if i >= 0 && rowKey(rows[i].Scope, rows[i].Permission) > rowKey(more[j].Scope, more[j].Permission) {
			rows[k] = rows[i]
			i--
		} else {
			rows[k] = more[j]
			j--
		}
	}
	return rows
}

// findRow returns the row of a scope and permission.
func findRow(rows []policy.Row, s *policy.Scope, p *policy.Permission) *policy.Row {
	i, ok := slices.BinarySearchFunc(rows, rowKey(s, p), func(r policy.Row,
		k uint64) int {
		return cmp.Compare(rowKey(r.Scope, r.Permission), k)
	})
	if !ok {
		return nil
	}
	return &rows[i]
}

// candidates returns the scopes at the permission's levels in some trees, or in all.
func (f *Flattener) candidates(p *policy.Permission, in trees) (list []*policy.Scope) {
	if in == nil {
		for _, s := range f.policy.Scopes {
			if p.Levels.Has(s.Level) {
				list = append(list, s)
			}
		}
		return list
	}
	for root := range in {
		policy.Reach{Kind: policy.Subtree}.Each(root, p.Levels, func(s *policy.Scope) { list = append(list, s) })
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

// needsAccess reports whether only somebody with a role or permission can meet a requirement.
func needsAccess(r *policy.Requirement) bool {
	return r.Role != nil || r.Permission != nil || slices.ContainsFunc(r.AllOf, needsAccess) ||
		len(r.AnyOf) > 0 && !slices.ContainsFunc(r.AnyOf, func(x *policy.Requirement) bool { return !needsAccess(x) })
}
