package diff

import (
	"cmp"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// causes returns the lines that bring a change about, by its rows on the day on
// which it begins: sources that are added, on the head's side, or removed, on the
// base's; else facts about the user, and what takes or gives back an action.
func (t *timeline) causes(c *Change, before, after *policy.Row) []Cause {
	m := t.pair.memory()
	k, long := newCausesKey(c, before, after)
	if list, known := m.listed[k]; long && known {
		return list
	}
	m.ofRow = false
	list := m.found[:0]
	here, there := t.sides(c.From)
	if after != nil && !c.Kind.Less() {
		list = t.sources(list, here, after, before)
	}
	if before != nil && (c.Kind.Less() || c.Kind == ReasonChanged) {
		list = t.sources(list, there, before, after)
	}
	if before != nil && after != nil && (c.Kind != ReasonChanged || len(list) == 0) {
		list = t.withheld(list, here, after, before, c.Kind)
		list = t.withheld(list, there, before, after, c.Kind)
	}
	if len(list) == 0 {
		list, m.ofRow = append(list, t.otherwise(before, after)...), true
	}
	m.found = list
	from := len(m.causes)
	m.causes = addUnique(m.causes, from, list)
	list = m.endCauses(from)
	if long && !m.ofRow {
		if m.listed == nil {
			m.listed = map[causesKey][]Cause{}
		}
		m.listed[k] = list
	}
	return list
}

// causesKey holds all that the causes of a change may depend on, if they are entries or memberships.
type causesKey struct {
	before, after policy.ViaList
	permissions   [2]*policy.Permission // whose actions are compared
	kind          Kind
	from          policy.Date
}

// newCausesKey returns the key of a change, and reports whether its causes are many and may be those of other changes.
func newCausesKey(c *Change, before, after *policy.Row) (k causesKey, ok bool) {
	k.kind, k.from = c.Kind, c.From
	for i, r := range [...]*policy.Row{before, after} {
		if r == nil {
			continue
		}
		if len(r.Withheld) > 0 {
			return k, false
		}
		k.permissions[i] = r.Permission
		if ok = ok || len(r.Via) >= policy.Long; i == 0 {
			k.before = r.List()
		} else {
			k.after = r.List()
		}
	}
	return k, ok
}

// sources appends the causes of the sources that the row on the other side lacks.
func (p *Policies) sources(list []Cause, s side, row, other *policy.Row) []Cause {
	if other == nil {
		for i := range row.Via {
			list = p.source(list, s, row, &row.Via[i])
		}
		return list
	}
	for _, v := range s.memory.missingSources(row, other) {
		list = p.source(list, s, row, v)
	}
	return list
}

// source appends why a source is there: its entry, or what makes an entry that
// both sides have give something here alone.
func (p *Policies) source(list []Cause, s side, row *policy.Row, v *policy.Via) []Cause {
	if s.memory.last.is(s, v) {
		return append(list, s.memory.last.cause)
	}
	if v.Group != nil && memberOn(s.other, v.Group, s.day) == nil {
		if own := membershipIn(s.own, v.Group); !p.hasGroup(!s.base, v.Group.ID) {
			list = append(list, Cause{s.base, v.Group.Pos, "group " + v.Group.ID})
		} else if own != nil {
			list = append(list, p.joined(s, v.Group)...)
		}
	}
	e := s.entryOf(v)
	if e == nil {
		return append(list, Cause{Base: s.base, Pos: v.Pos})
	}
	if c, ok := s.entryCause(e, v.Group); ok {
		if v.Group == nil {
			s.memory.last = lastCause{s.base, s.day, v, c}
		}
		return append(list, c)
	}
	if v.Group != nil && !samePeriods(membershipIn(s.own, v.Group), membershipIn(s.other, v.Group)) {
		return append(list, p.joined(s, v.Group)...)
	}
	if v.Role == nil {
		return append(list, Cause{Base: s.base, Pos: v.Pos})
	}
	s.memory.ofRow = true
	return p.roleCauses(list, s, row, v)
}

// roleCauses appends why an entry that both sides have gives something here alone: through its role, or its scope.
func (p *Policies) roleCauses(list []Cause, s side, row *policy.Row, v *policy.Via) []Cause {
	if head := p.head.Catalog.RoleByID[v.Role.ID]; s.base && head != nil && !p.sameRoles[v.Role.ID] {
		return append(list, roleCause(false, head, row.Permission.ID))
	}
	if c, ok := p.scopeCause(row.Scope, s.base); ok {
		return append(list, c)
	}
	if p.sameRoles[v.Role.ID] && (v.From == nil || p.sameRoles[v.From.ID]) {
		list = append(list, Cause{s.base, row.Scope.Pos, "the scope " + row.Scope.Path})
		for _, at := range row.Scope.LabelPos {
			list = append(list, Cause{s.base, at, "its label"})
		}
		return list
	}
	return append(list, roleCause(s.base, v.Role, row.Permission.ID))
}

// scopeCause returns the line by which a scope is of another level than on the
// other side, or inherits where it did not, or the other way round.
func (p *Policies) scopeCause(s *policy.Scope, base bool) (c Cause, ok bool) {
	if p.base == nil {
		return c, false
	}
	for ; s != nil; s = s.Parent {
		b, h := p.base.ScopeByPath[s.Path], p.head.ScopeByPath[s.Path]
		switch {
		case b == nil || h == nil:
		case b.Apart && !h.Apart:
			return Cause{true, b.InheritPos, "inherits of " + s.Path}, true
		case !b.Apart && h.Apart:
			return Cause{false, h.InheritPos, "inherits of " + s.Path}, true
		case p.base.Catalog.LevelOf(b) != p.head.Catalog.LevelOf(h):
			return Cause{false, scopePos(h, b, "level"), "level of " + s.Path}, true
		}
	}
	return c, false
}

// roleCause returns where a role gets a permission: in a solution, at a correction, or at the role.
func roleCause(base bool, r *policy.Role, permission string) Cause {
	out := Cause{base, r.Pos, "what " + r.ID + " gives"}
	for i := range r.Cells {
		switch c := &r.Cells[i]; {
		case c.Permission.ID != permission:
		case c.Privilege != "":
			return Cause{base, c.Pos, c.Privilege + " of " + cmp.Or(r.Title, r.ID)}
		case c.Correction != nil:
			out.Pos = c.Correction.Pos
			return out
		}
	}
	return out
}

func (p *Policies) hasGroup(base bool, id string) bool {
	side := p.head
	if base {
		side = p.base
	}
	return side != nil && groupOf(side, id) != nil
}

// samePeriods reports whether both sides have a membership, and for the same days.
func samePeriods(a, b *policy.Membership) bool {
	return a != nil && b != nil && a.Periods.Equal(b.Periods)
}

// membershipIn returns how a user is in a group on some day, or nil.
func membershipIn(a *policy.Access, g *policy.Group) *policy.Membership {
	if a == nil || g == nil {
		return nil
	}
	list := a.User.Memberships // sorted by group, and so by id
	i, ok := slices.BinarySearchFunc(list, g.ID, func(m policy.Membership, id string) int {
		return strings.Compare(m.Group.ID, id)
	})
	if !ok {
		return nil
	}
	return &list[i]
}

// withheld appends the deny rules that apply to a row here alone. If a rule is the
// same on both sides, a fact about the user or a role makes it apply here.
func (p *Policies) withheld(list []Cause, s side, row, other *policy.Row, k Kind) []Cause {
	if s.base == k.Less() && k != ReasonChanged { // what takes here explains less there
		return list
	}
	for _, w := range row.Withheld {
		if slices.ContainsFunc(other.Withheld, func(x policy.Withheld) bool {
			return x.Action == w.Action && x.Rule.ID == w.Rule.ID
		}) {
			continue
		}
		var facts []Cause
		if p.sameRules[w.Rule.ID] {
			facts = p.factCauses(row.User, other.User, s.base)
		}
		if len(facts) == 0 {
			facts = []Cause{{s.base, w.Rule.Pos, "rule " + w.Rule.ID}}
		}
		list = append(list, facts...)
	}
	return list
}

// otherwise locates a change that no source and no deny rule explains.
func (p *Policies) otherwise(before, after *policy.Row) []Cause {
	if after != nil && before != nil {
		if !slices.Equal(before.Permission.ConditionIDs, after.Permission.ConditionIDs) {
			return []Cause{{Pos: after.Permission.Pos, Why: "conditions of " + after.Permission.ID}}
		}
		if facts := p.factCauses(after.User, before.User, false); len(facts) > 0 {
			return facts
		}
	}
	if after != nil {
		return []Cause{{Pos: after.User.Pos, Why: "the user"}}
	}
	return []Cause{{Base: true, Pos: before.User.Pos, Why: "the user"}}
}

// unique drops repetitions and causes without a place.
func unique(list []Cause) []Cause { return addUnique(nil, 0, list) }

// addUnique appends causes that are not in the list from an index on.
func addUnique(to []Cause, from int, list []Cause) []Cause {
	for _, c := range list {
		if c.Pos.IsValid() {
			to = append(to, c)
		}
	}
	return policy.KeepFirst(to, from)
}
