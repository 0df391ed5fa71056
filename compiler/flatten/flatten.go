// Package flatten turns one user's declared access into that user's rows of
// the effective-permission table. It is the meaning of the language: see
// docs/language.md, whose sentences it follows in order.
package flatten

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Flattener flattens the users of one policy. It caches what roles give on
// scopes, so each goroutine uses its own.
type Flattener struct {
	policy *policy.Policy
	denies []deny
	given  map[policy.RoleOn]*expansion
	items  []item
}

// expansion is all that an assignment stands for.
type expansion struct {
	roles []policy.RoleOn // the role and those it includes
	cells []cell
}

// cell is one permission that an assignment gives.
type cell struct {
	key     uint64
	actions policy.Actions
	own     bool
	role    *policy.Role // that has the cell
}

// item is one source of the row with its key.
type item struct {
	key uint64
	via policy.Via
}

// key orders rows: scopes and permissions have indexes in order of id.
func key(s *policy.Scope, p *policy.Permission) uint64 {
	return uint64(s.Index)<<32 | uint64(p.Index)
}

// New returns a flattener for the users of a policy.
func New(p *policy.Policy) *Flattener {
	f := &Flattener{policy: p, given: map[policy.RoleOn]*expansion{}}
	for _, r := range p.Denies {
		f.denies = append(f.denies, newDeny(r, p.Catalog))
	}
	return f
}

// User flattens one user. The result does not depend on other users.
func (f *Flattener) User(u *policy.User) policy.Access {
	a := policy.Access{User: u}
	f.items = f.items[:0]
	for i := range u.Entries {
		f.entry(&a, &u.Entries[i], nil)
	}
	for _, m := range u.Memberships {
		for i := range m.Group.Entries {
			f.entry(&a, &m.Group.Entries[i], m.Group)
		}
	}
	if u.Default != nil {
		f.entry(&a, u.Default, nil)
	}
	denies := f.deniesFor(&a)
	f.imply(denies)
	f.rows(&a, denies)
	f.derive(&a, denies)
	return a
}

// entry adds the sources that an entry in force gives.
func (f *Flattener) entry(a *policy.Access, e *policy.Entry, g *policy.Group) {
	if !e.InForce(f.policy.AsOf) || e.FaultFor(a.User) != "" {
		return
	}
	via := policy.Via{Group: g, Scope: e.Scope, Ends: e.Ends, Pos: e.Pos}
	if e.Permission != nil {
		via.Kind, via.Actions = policy.FromGrant, e.Actions
		if g != nil {
			via.Kind = policy.FromGroupGrant
		}
		f.items = append(f.items, item{key(e.Scope, e.Permission), via})
		return
	}
	x := f.expand(policy.RoleOn{Role: e.Role, Scope: e.Scope})
	for _, r := range x.roles {
		held := policy.Held{Role: r.Role, Scope: r.Scope, Group: g, Entry: e, Ends: e.Ends}
		if r != x.roles[0] {
			held.From = e.Role
		}
		a.Roles = append(a.Roles, held)
	}
	direct := policy.FromRole
	switch {
	case e.ByDefault:
		direct = policy.FromDefaultRole
	case g != nil:
		direct = policy.FromGroupRole
	}
	for i := range x.cells {
		c := &x.cells[i]
		via.Kind, via.Role, via.From, via.Actions, via.Own = direct, c.role, nil, c.actions, c.own
		if c.role != e.Role {
			via.Kind, via.From = policy.FromIncludedRole, e.Role
		}
		f.items = append(f.items, item{c.key, via})
	}
}

// expand returns all that an assignment stands for.
func (f *Flattener) expand(at policy.RoleOn) *expansion {
	if x, ok := f.given[at]; ok {
		return x
	}
	x := &expansion{roles: at.Closure()}
	for _, held := range x.roles {
		for i := range held.Role.Cells {
			c := &held.Role.Cells[i]
			c.Reach.Each(held.Scope, c.Permission.Levels, func(s *policy.Scope) {
				x.cells = append(x.cells, cell{key(s, c.Permission), c.Actions, c.Own, held.Role})
			})
		}
	}
	slices.SortStableFunc(x.cells, func(a, b cell) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.role.Index, b.role.Index))
	})
	x.cells = slices.Compact(x.cells)
	f.given[at] = x
	return x
}

// imply adds the sources of implied permissions: a source implies exactly when
// it has an action left.
func (f *Flattener) imply(denies []*deny) {
	for _, p := range f.policy.Catalog.Implying {
		var sources []item
		for _, it := range f.items {
			if int(uint32(it.key)) == p.Index && it.via.Actions&^f.taken(denies, it.key) != 0 {
				sources = append(sources, it)
			}
		}
		slices.SortFunc(sources, compareItems)
		for _, it := range slices.Compact(sources) {
			for _, q := range p.Implies {
				via := it.via
				via.Kind, via.Implier, via.Actions = policy.FromImplied, p, q.All()
				f.items = append(f.items, item{it.key>>32<<32 | uint64(q.Index), via})
			}
		}
	}
}

func (f *Flattener) taken(denies []*deny, key uint64) (set policy.Actions) {
	if len(denies) == 0 {
		return 0
	}
	scope := f.policy.Scopes[key>>32]
	for _, d := range denies {
		if d.rule.Deny.Covers(scope) {
			set |= d.actions[uint32(key)]
		}
	}
	return set
}

// compareItems orders sources for people: by row, kind, place, then names.
func compareItems(a, b item) int {
	if a.key != b.key {
		return cmp.Compare(a.key, b.key)
	}
	v, w := &a.via, &b.via
	for _, c := range [...]int{
		int(v.Kind) - int(w.Kind), int(v.Pos.File) - int(w.Pos.File), int(v.Pos.Off) - int(w.Pos.Off),
		index(v.Role) - index(w.Role), index(v.From) - index(w.From), v.Scope.Index - w.Scope.Index,
	} {
		if c != 0 {
			return c
		}
	}
	return cmp.Or(
		cmp.Compare(groupIndex(v.Group), groupIndex(w.Group)), cmp.Compare(permissionIndex(v.Implier), permissionIndex(w.Implier)),
		cmp.Compare(v.Actions, w.Actions), cmp.Compare(v.Ends.End(), w.Ends.End()), compareBool(v.Own, w.Own), cmp.Compare(v.Pos.End, w.Pos.End))
}

func index(r *policy.Role) int {
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

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// rows makes a row of the sources of each key.
func (f *Flattener) rows(a *policy.Access, denies []*deny) {
	slices.SortFunc(f.items, compareItems)
	f.items = slices.Compact(f.items)
	vias := make([]policy.Via, len(f.items))
	n := 0
	for i := range f.items {
		vias[i] = f.items[i].via
		if i == 0 || f.items[i].key != f.items[i-1].key {
			n++
		}
	}
	a.Rows = make([]policy.Row, 0, n)
	for i := 0; i < len(vias); {
		j := i + 1
		for j < len(vias) && f.items[j].key == f.items[i].key {
			j++
		}
		a.Rows = append(a.Rows, f.row(a.User, f.items[i].key, vias[i:j:j], denies))
		i = j
	}
}

// row adds up sources and takes away what is denied.
func (f *Flattener) row(u *policy.User, key uint64, vias []policy.Via, denies []*deny) policy.Row {
	r := policy.Row{User: u, Scope: f.policy.Scopes[key>>32], Permission: f.policy.Catalog.Permissions[uint32(key)],
		Via: vias, Own: true, Ends: vias[0].Ends}
	for i := range vias {
		r.Actions |= vias[i].Actions
		r.Own = r.Own && vias[i].Own
		r.Ends = policy.Later(r.Ends, vias[i].Ends)
	}
	f.withhold(&r, denies)
	return r
}
