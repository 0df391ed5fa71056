package diff

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// RoleChange is a role that somebody comes to hold on a scope, or ceases to,
// from a day on, whether or not rows change by it.
type RoleChange struct {
	Kind        Kind // Gained, Lost, Widened (it lasts longer, or the invitation is accepted) or Narrowed
	User        *policy.User
	Role        *policy.Role
	Scope       *policy.Scope
	Group       *policy.Group   // through which it is held, or nil
	Path        []*policy.Group // from the group that names the user to that one
	Groups      []string        // all of them, on any day, if a matcher asks
	Gives       []*policy.Row   // rows that come through it, of a role that comes
	From, Until policy.Date     // as of a Change
	Causes      []Cause
}

type roleKey struct{ role, scope string }

// roleTrack is how a role is held on a scope on each day.
type roleTrack struct {
	base, head []*policy.Held
	groups     []string // through which it is held, on any day, if a matcher asks
}

// rolesToday compares the roles of a user whose entries neither begin nor end later.
func (p *Policies) rolesToday(pair *Pair) []RoleChange {
	if pair.Base != nil && pair.Head != nil && pair.Base.User.Waits() == pair.Head.User.Waits() &&
		slices.EqualFunc(pair.Base.Roles, pair.Head.Roles, sameHeld) {
		return nil
	}
	m := pair.memory()
	m.one = timeline{Policies: p, pair: pair, days: oneDay}
	base, head := sortedRoles(m.held[0][:0], pair.Base), sortedRoles(m.held[1][:0], pair.Head)
	m.held = [2][]*policy.Held{base, head}
	accepted, stopped := acceptedNow(pair), stoppedNow(pair)
	none := []*policy.Held{nil}
	var list []RoleChange
	for len(base) > 0 || len(head) > 0 {
		b, h := none, none
		order := compareSides(base, head)
		if order <= 0 {
			b, base = base[:1], base[1:]
		}
		if order >= 0 {
			h, head = head[:1], head[1:]
		}
		list = m.one.roleEpisodes(list, h, b, true, accepted)
		list = m.one.roleEpisodes(list, b, h, false, stopped)
	}
	for i := range list {
		if p.wantGroups {
			list[i].Groups = rolesGroups(rolesGroups(nil, pair.Base, &list[i]), pair.Head, &list[i])
		}
	}
	return list
}

// rolesGroups appends the ids of the groups through which a role is held.
func rolesGroups(list []string, a *policy.Access, c *RoleChange) []string {
	if a == nil {
		return list
	}
	for i := range a.Roles {
		h := &a.Roles[i]
		if h.Group != nil && h.Role.ID == c.Role.ID && h.Scope.Path == c.Scope.Path &&
			!slices.Contains(list, h.Group.ID) {
			list = append(list, h.Group.ID)
		}
	}
	return list
}

// sortedRoles appends the roles of a user by id and scope, each in the first of
// several ways.
func sortedRoles(list []*policy.Held, a *policy.Access) []*policy.Held {
	if a == nil {
		return list
	}
	for i := range a.Roles {
		list = append(list, &a.Roles[i])
	}
	slices.SortStableFunc(list, compareHeld)
	return slices.CompactFunc(list, func(a, b *policy.Held) bool { return compareHeld(a, b) == 0 })
}

func compareHeld(a, b *policy.Held) int {
	return cmp.Or(strings.Compare(a.Role.ID, b.Role.ID), strings.Compare(a.Scope.Path, b.Scope.Path))
}

// compareSides orders the first roles of both sides.
func compareSides(base, head []*policy.Held) int {
	switch {
	case len(base) == 0:
		return 1
	case len(head) == 0:
		return -1
	}
	return compareHeld(base[0], head[0])
}

// acceptedNow reports whether a change accepts the invitation of a user, or enables the user.
func acceptedNow(p *Pair) bool {
	return p.Base != nil && p.Head != nil && p.Base.User.Waits() && !p.Head.User.Waits()
}

// stoppedNow reports whether a change disables a user, or makes an invitation of one.
func stoppedNow(p *Pair) bool {
	return p.Base != nil && p.Head != nil && !p.Base.User.Waits() && p.Head.User.Waits()
}

func sameHeld(a, b policy.Held) bool { return a.Role.ID == b.Role.ID && a.Scope.Path == b.Scope.Path }

// addRoles notes the roles that are held on the i-th day.
func (t *timeline) addRoles(i int, base, head *policy.Access) {
	for side, a := range []*policy.Access{base, head} {
		if a == nil {
			continue
		}
		for j := range a.Roles {
			h := a.Roles[j]
			k := roleKey{h.Role.ID, h.Scope.Path}
			if t.roles[k] == nil {
				t.roles[k] = &roleTrack{base: make([]*policy.Held, len(t.days)),
					head: make([]*policy.Held, len(t.days))}
			}
			if x := t.roles[k]; t.wantGroups && h.Group != nil && !slices.Contains(x.groups, h.Group.ID) {
				x.groups = append(x.groups, h.Group.ID)
			}
			list := t.roles[k].base
			if side == 1 {
				list = t.roles[k].head
			}
			if list[i] == nil { // the first of several ways
				list[i] = &h
			}
		}
	}
}

func (t *timeline) roleChanges() (list []RoleChange) {
	keys := slices.SortedFunc(maps.Keys(t.roles), func(a, b roleKey) int {
		return cmp.Or(strings.Compare(a.role, b.role), strings.Compare(a.scope, b.scope))
	})
	accepted, stopped := acceptedNow(t.pair), stoppedNow(t.pair)
	for _, k := range keys {
		x, n := t.roles[k], len(list)
		list = t.roleEpisodes(list, x.head, x.base, true, accepted)
		list = t.roleEpisodes(list, x.base, x.head, false, stopped)
		for i := range list[n:] {
			list[n+i].Groups = x.groups
		}
	}
	return list
}

// roleEpisodes appends how long a role is held on one side and not on the other,
// where it does not count if the user is disabled or only invited there.
func (t *timeline) roleEpisodes(list []RoleChange, own, other []*policy.Held, more, otherWaits bool) []RoleChange {
	beyond := func(i int) bool { return own[i] != nil && (other[i] == nil || otherWaits) }
	for i := 0; i < len(t.days); i++ {
		if !beyond(i) {
			continue
		}
		h := own[i]
		c := RoleChange{Kind: Gained, User: t.pair.User(), Role: h.Role, Scope: h.Scope, Group: h.Group,
			From: t.days[i]}
		if h.Group != nil {
			c.Path = t.pathTo(h.Group, more)
		}
		longer := other[i] != nil || i > 0 && other[i-1] != nil && own[i-1] != nil
		switch {
		case more && longer:
			c.Kind = Widened
		case !more && longer:
			c.Kind = Narrowed
		case !more:
			c.Kind = Lost
		}
		if more && t.wantGives {
			c.Gives = t.given(c.Gives, i, h)
		}
		c.Causes = t.roleCauses(h, other[i], t.days[i], !more)
		for i++; i < len(t.days) && beyond(i); i++ {
			if more && t.wantGives {
				c.Gives = t.given(c.Gives, i, own[i])
			}
		}
		if i < len(t.days) {
			c.Until = t.days[i] - 1
		}
		list = append(list, c)
	}
	return list
}

// pathTo returns the groups through which the user is in a group of one side.
func (t *timeline) pathTo(g *policy.Group, head bool) (path []*policy.Group) {
	side := t.pair.Base
	if head {
		side = t.pair.Head
	}
	path, _ = side.User.PathTo(g)
	return path
}

// given appends the rows of the head that come through a role that is held on
// the i-th day, by the same entry or one on the same scope.
func (t *timeline) given(list []*policy.Row, i int, h *policy.Held) []*policy.Row {
	add := func(r *policy.Row) {
		if r != nil && r.Held() && slices.ContainsFunc(r.Via, func(v policy.Via) bool {
			through := v.Role != nil && v.Role.ID == h.Role.ID || v.From != nil && v.From.ID == h.Role.ID
			return through && v.Scope.Path == h.Entry.Scope.Path
		}) {
			list = append(list, r)
		}
	}
	if len(t.days) == 1 {
		for j := range t.pair.Head.Rows {
			add(t.pair.Head.Rows[j].Clone())
		}
		return list
	}
	for _, k := range t.keys() {
		add(t.rows[k].head[i])
	}
	return list
}

// roleCauses returns the lines that give a role from a day on, or take it away.
func (t *timeline) roleCauses(h, other *policy.Held, day policy.Date, base bool) (list []Cause) {
	s, there := t.sides(day)
	if base {
		s = there
	}
	if h.Group != nil && memberOn(s.other, h.Group, s.day) == nil {
		list = t.joined(s, h.Group)
	}
	if len(list) > 0 {
		return unique(list)
	}
	if other != nil { // held on both sides: the status of the user changed
		return unique([]Cause{{Pos: t.pair.User().Pos}})
	}
	if c, ok := s.entryCause(h.Entry, h.Group); ok {
		return unique([]Cause{c})
	}
	return unique([]Cause{{Base: base, Pos: h.Entry.Pos}})
}
