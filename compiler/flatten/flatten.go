// Package flatten turns one user's declared access into the user's rows of the effective-permission
// table. It defines the meaning of the language, and follows docs/language.md sentence by sentence.
package flatten

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Flattener flattens the users of one policy. It caches what roles give on scopes and reuses its
// memory, so each goroutine needs its own.
type Flattener struct {
	policy    *policy.Policy
	day       policy.Date  // to look at
	user      *policy.User // likewise
	denies    []deny
	denyIndex *policy.DenyIndex // of many, once it is needed
	given     map[policy.RoleOn]*expansion
	layers    [][]layer // by role; nil for a role that is expanded on each scope
	sources   []source
	items     []item
	blocks    blocks // not among the items yet
	spreads   spreads
	aside     []item // for merging items
	runs      []int  // where sorted runs of items end
	cells     []cell
	vias      []policy.Via
	rows      []policy.Row
	roles     []policy.Held
	matched   []*deny
	covering  covering
	withheld  []withheld // by permission, of the last row that loses something
	chains    chains
	implying  []item // sources of a permission that implies others
	deriver   deriver
	common    *Common // or nil: nothing is shared
	gives     []int32 // how many sources a group gave last, by index

	conditional bool   // some cell has a condition
	only        []bool // the permissions to look at, by index; nil: all
	concern     *policy.Concern
	part        *Flattener // see Part
}

// expansion is everything that an assignment gives.
type expansion struct {
	roles []policy.RoleOn // the role and those it includes
	sure  []policy.Confidence
	cells []cell // sorted by key
}

// cell is one permission that an assignment gives.
type cell struct {
	key     uint64
	actions policy.Actions
	records policy.Records
	sure    policy.Confidence // of the cell and the includes that lead to it
	role    *policy.Role      // with the cell
	when    *policy.Requirement
}

// source is an entry that gives something, with its group or nil. It ends when the entry or the membership does.
type source struct {
	entry *policy.Entry
	group *policy.Group
	ends  policy.Date
}

// item is one source of the row with its key, in short form; via expands it.
type item struct {
	key     uint64
	cell    *cell // of a role; nil for a grant
	source  int32
	implier implier
}

// implier is the index of the permission that implies a source and how sure that source is, or noImplier. Both are in
// one number, as there are many items.
type implier int32

const noImplier implier = -1

func newImplier(p *policy.Permission, sure policy.Confidence) implier {
	return implier(p.Index)<<2 | implier(sure)
}

func (i implier) index() int              { return int(i >> 2) }
func (i implier) sure() policy.Confidence { return policy.Confidence(i & 3) }

// rowKey returns the sort key of a row: scopes and permissions are indexed by id.
func rowKey(s *policy.Scope, p *policy.Permission) uint64 {
	return uint64(s.Index)<<32 | uint64(p.Index)
}

// New returns a flattener for the users of a policy.
func New(p *policy.Policy) *Flattener { return NewOf(p, nil) }

// NewOf returns a flattener that looks at some permissions alone, by index, and at grants. The rows of others may be
// incomplete. These permissions must include all that they are derived from or implied by. Roles are complete.
func NewOf(p *policy.Policy, only []bool) *Flattener {
	f := &Flattener{policy: p, given: map[policy.RoleOn]*expansion{}, layers: make([][]layer, len(p.Catalog.Roles)),
		only: only}
	f.deriver.narrower, f.spreads.from = newNarrower(p.Catalog), manyEntries
	for i, r := range p.Catalog.Roles {
		f.layers[i] = f.layersOf(r)
		f.conditional = f.conditional || slices.ContainsFunc(r.Cells, func(c policy.Cell) bool { return c.When != nil })
	}
	for _, r := range p.Denies {
		f.denies = append(f.denies, newDeny(r, p.Catalog, len(p.Denies) > manyDenies))
	}
	return f
}

// Part returns a flattener of the same policy that looks at what makes a difference to a concern alone. It remembers
// the last one, so that several lookers can share it.
func (f *Flattener) Part(concern *policy.Concern) *Flattener {
	switch {
	case concern.Permissions() == nil:
		return f
	case f.part == nil || !f.part.concern.Equal(concern):
		f.part = NewOf(f.policy, concern.Permissions())
		f.part.concern = concern
	}
	return f.part
}

// looksAt reports whether the flattener looks at a permission.
func (f *Flattener) looksAt(p *policy.Permission) bool { return f.only == nil || f.only[p.Index] }

// User flattens one user on the policy's day. The result does not depend on other users; its roles and
// rows are valid until the next call.
func (f *Flattener) User(u *policy.User) policy.Access { return f.UserOn(u, f.policy.AsOf) }

// UserOn flattens one user on another day.
func (f *Flattener) UserOn(u *policy.User, day policy.Date) policy.Access {
	f.day, f.user = day, u
	f.spreads.decide(u)
	common := f.sharedBy(u)
	a := policy.Access{User: u, On: day, Roles: f.roles[:0]}
	f.items, f.sources = f.items[:0], f.sources[:0]
	f.blocks.reset()
	for i := range u.Entries {
		f.entry(&a, source{entry: &u.Entries[i], ends: u.Entries[i].Ends})
	}
	f.giveGroups(&a, common)
	if u.Default != nil {
		f.entry(&a, source{entry: u.Default, ends: u.Default.Ends})
	}
	denies := f.deniesFor(&a)
	if common != nil && common.mayLose(denies) {
		roles := a.Roles
		f.giveGroup(&a, common.group, common.ends)
		a.Roles, common = roles, nil
	}
	f.giveBlocks()
	f.blocks.decide(len(f.items))
	f.imply(denies)
	f.sort()
	if f.spreads.on {
		common = f.spreadRows()
	}
	f.addUp(&a, common, denies)
	f.derive(&a, denies)
	f.roles, f.rows = a.Roles, a.Rows
	return a
}

// giveGroups adds what the user's groups give; of a shared group, only its roles.
func (f *Flattener) giveGroups(a *policy.Access, shared *common) {
	for i := range a.User.Memberships {
		m := &a.User.Memberships[i]
		if shared != nil && shared.made && shared.group == m.Group {
			a.Roles = append(a.Roles, shared.roles...)
			continue
		}
		if ends, ok := m.Periods.On(f.day); ok {
			f.giveGroup(a, m.Group, ends)
		}
	}
}

// giveGroup adds what a group gives to members until a day.
func (f *Flattener) giveGroup(a *policy.Access, g *policy.Group, until policy.Date) {
	before, all := len(f.items)+f.blocks.items, f.common != nil
	for i := range g.Entries {
		e := &g.Entries[i]
		f.entry(a, source{e, g, policy.Earlier(e.Ends, until)})
		all = all && givesToAll(e)
	}
	if all && !f.spreads.on {
		f.gives[g.Index] = int32(len(f.items) + f.blocks.items - before)
	}
}

// entry adds what an entry gives if it is in force.
func (f *Flattener) entry(a *policy.Access, from source) {
	e := from.entry
	if !e.InForce(f.day) || e.FaultFor(a.User) != 0 || !f.concern.Has(e) {
		return
	}
	n := int32(len(f.sources))
	f.sources = append(f.sources, from)
	if e.Permission != nil {
		f.items = append(f.items, item{rowKey(e.Scope, e.Permission), nil, n, noImplier})
		return
	}
	if layers := f.layers[e.Role.Index]; layers != nil {
		a.Roles = append(a.Roles, policy.Held{Role: e.Role, Scope: e.Scope, Group: from.group, Entry: e,
			Ends: from.ends})
		for i := range layers {
			f.giveLayer(a, &layers[i], &from, n)
		}
		return
	}
	x := f.expand(policy.RoleOn{Role: e.Role, Scope: e.Scope})
	for i := range x.roles {
		held := policy.Held{Role: x.roles[i].Role, Scope: x.roles[i].Scope, Group: from.group, Entry: e,
			Ends: from.ends}
		if i > 0 {
			held.From, held.Confidence = e.Role, x.sure[i]
		}
		a.Roles = append(a.Roles, held)
	}
	f.give(a, x.cells, 0, n)
}

// give adds items for cells; base is added to their keys.
func (f *Flattener) give(a *policy.Access, cells []cell, base uint64, source int32) {
	if f.conditional {
		f.giveWhereMet(a, cells, base, source)
		return
	}
	at := len(f.items)
	f.items = slices.Grow(f.items, len(cells))[:at+len(cells)]
	for i := range cells {
		f.items[at+i] = item{base | cells[i].key, &cells[i], source, noImplier}
	}
}

// giveWhereMet adds items for those cells whose conditions the user meets. Such an item ends with the condition, too.
func (f *Flattener) giveWhereMet(a *policy.Access, cells []cell, base uint64, from int32) {
	for i := range cells {
		c, key, n := &cells[i], base|cells[i].key, from
		if c.when != nil {
			m := c.when.Met(a, f.policy.Scopes[key>>32])
			if !m.OK {
				continue
			}
			n = f.endingBy(from, m.Ends)
		}
		f.items = append(f.items, item{key, c, n, noImplier})
	}
}

// endingBy returns a source like another one that ends no later than a day.
func (f *Flattener) endingBy(from int32, day policy.Date) int32 {
	s := f.sources[from]
	if ends := policy.Earlier(s.ends, day); ends != s.ends {
		s.ends = ends
		if last := len(f.sources) - 1; f.sources[last] == s {
			return int32(last)
		}
		f.sources = append(f.sources, s)
		return int32(len(f.sources) - 1)
	}
	return from
}

// expand returns everything that an assignment gives.
func (f *Flattener) expand(at policy.RoleOn) *expansion {
	if x, ok := f.given[at]; ok {
		return x
	}
	x := &expansion{roles: at.Closure()}
	x.sure = sureOf(x.roles)
	cells := f.cells[:0]
	for n, held := range x.roles {
		for i := range held.Role.Cells {
			c := &held.Role.Cells[i]
			if !f.looksAt(c.Permission) {
				continue
			}
			c.Reach.Each(held.Scope, c.Permission.Levels, func(s *policy.Scope) {
				cells = append(cells, cell{rowKey(s, c.Permission), c.Actions, c.Records(),
					max(c.Confidence, x.sure[n]), held.Role, c.When})
			})
		}
	}
	slices.SortStableFunc(cells, func(a, b cell) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.role.Index, b.role.Index),
			cmp.Compare(a.actions, b.actions),
			cmp.Compare(a.records, b.records), cmp.Compare(a.sure, b.sure))
	})
	f.cells = cells
	x.cells = slices.Clone(slices.Compact(cells))
	f.given[at] = x
	return x
}

// via expands an item.
func (f *Flattener) via(v *policy.Via, it *item) {
	s := &f.sources[it.source]
	e := s.entry
	v.Group, v.Scope, v.Ends, v.Pos = s.group, e.Scope, s.ends, e.Pos
	v.From, v.Implier = nil, nil
	switch c := it.cell; {
	case c == nil:
		v.Kind, v.Role, v.Actions = policy.FromGrant, nil, e.Actions
		v.Records, v.Confidence = policy.AllRecords, e.Permission.Confidence()
		if s.group != nil {
			v.Kind = policy.FromGroupGrant
		}
	default:
		v.Kind, v.Role, v.Actions, v.Records, v.Confidence = policy.FromRole, c.role, c.actions, c.records, c.sure
		if c.records == policy.OwnRecords && s.group != nil && c.role.GroupRecords {
			v.Records = policy.GroupRecords
		}
		switch {
		case c.role != e.Role:
			v.Kind, v.From = policy.FromIncludedRole, e.Role
		case e.ByDefault:
			v.Kind = policy.FromDefaultRole
		case s.group != nil:
			v.Kind = policy.FromGroupRole
		}
	}
	if it.implier != noImplier {
		v.Kind, v.Implier = policy.FromImplied, f.policy.Catalog.Permissions[it.implier.index()]
		v.Actions = f.policy.Catalog.Permissions[uint32(it.key)].All()
		v.Confidence = max(v.Confidence, it.implier.sure())
	}
}

// actionsOf returns the actions of an item, as via expands it.
func (f *Flattener) actionsOf(it *item) policy.Actions {
	switch {
	case it.implier != noImplier:
		return f.policy.Catalog.Permissions[uint32(it.key)].All()
	case it.cell != nil:
		return it.cell.actions
	}
	return f.sources[it.source].entry.Actions
}

// imply adds the sources of implied permissions. A source implies others exactly if it has an action
// left.
func (f *Flattener) imply(denies []*deny) {
	if len(f.policy.Catalog.Implying) == 0 {
		return
	}
	f.chains.reset(f.policy.Catalog)
	f.chains.add(f.items, 0)
	for _, p := range f.policy.Catalog.Implying {
		sources := f.implying[:0]
		for i := f.chains.first[p.Index]; i >= 0; i = f.chains.next[i] {
			if it := &f.items[i]; f.actionsOf(it)&^f.taken(denies, it.key) != 0 {
				sources = append(sources, *it)
			}
		}
		f.implying = sources
		slices.SortFunc(sources, f.compare)
		sources = slices.CompactFunc(sources, func(a, b item) bool { return f.compare(a, b) == 0 })
		made := len(f.items)
		for _, it := range sources {
			var v policy.Via
			f.via(&v, &it)
			by := newImplier(p, max(v.Confidence, p.Confidence()))
			for _, q := range p.Implies {
				f.items = append(f.items, item{it.key>>32<<32 | uint64(q.Index), it.cell, it.source, by})
			}
		}
		f.chains.add(f.items, made)
	}
}

func (f *Flattener) taken(denies []*deny, key uint64) (set policy.Actions) {
	if len(denies) == 0 {
		return 0
	}
	for _, d := range f.denying(denies, f.policy.Scopes[key>>32]) {
		set |= d.takes(int(uint32(key)))
	}
	return set
}
