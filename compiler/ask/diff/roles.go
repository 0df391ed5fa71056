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

// roleTrack follows how a role is held on a scope.
type roleTrack struct {
	steps[policy.Held]
	seen   [2]int   // one more than the last day on which it is held on each side
	groups []string // through which it is held, on any day, if a matcher asks
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
		list = m.one.roleEpisodes(list, firstDay, h, b, true, accepted)
		list = m.one.roleEpisodes(list, firstDay, b, h, false, stopped)
	}
	if p.wantGroups && len(list) > 0 {
		groups := rolesGroups(pair)
		for i := range list {
			c := &list[i]
			c.Groups = policy.KeepFirst(groups[roleKey{c.Role.ID, c.Scope.Path}], 0)
		}
	}
	return list
}

// rolesGroups returns the ids of the groups through which each role is held, with repetitions.
func rolesGroups(pair *Pair) map[roleKey][]string {
	groups := map[roleKey][]string{}
	for _, a := range []*policy.Access{pair.Base, pair.Head} {
		if a == nil {
			continue
		}
		for i := range a.Roles {
			if h := &a.Roles[i]; h.Group != nil {
				k := roleKey{h.Role.ID, h.Scope.Path}
				groups[k] = append(groups[k], h.Group.ID)
			}
		}
	}
	return groups
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

// firstDay lists the index of the only day of a timeline.
var firstDay = []int{0}

// addRoles notes the roles that one side holds on the i-th day, where they differ from those of the day before.
func (t *timeline) addRoles(was *there, i int, a *policy.Access, head bool) {
	side, now := 0, was.roles[:0:0]
	if head {
		side = 1
	}
	if a != nil {
		for j := range a.Roles {
			h := &a.Roles[j]
			x := t.roleTrack(roleKey{h.Role.ID, h.Scope.Path})
			if t.wantGroups && h.Group != nil {
				x.groups = append(x.groups, h.Group.ID)
			}
			if x.seen[side] == i+1 {
				continue // the first of several ways counts
			}
			x.seen[side] = i + 1
			t.addRole(x, i, h, head)
			now = append(now, x)
		}
	}
	for _, x := range was.roles {
		if x.seen[side] != i+1 {
			x.put(i, head, nil)
		}
	}
	was.roles = now
}

// addRole notes how one side holds a role on the i-th day, if it is not as on the day before.
func (t *timeline) addRole(x *roleTrack, i int, h *policy.Held, head bool) {
	if last := x.last(head); last == nil || *last != *h {
		kept := *h
		x.put(i, head, &kept)
	}
}

func (t *timeline) roleTrack(k roleKey) *roleTrack {
	x := t.roles[k]
	if x == nil {
		x = &roleTrack{steps: newSteps[policy.Held]()}
		t.roles[k] = x
	}
	return x
}

func (t *timeline) roleChanges() (list []RoleChange) {
	keys := slices.SortedFunc(maps.Keys(t.roles), func(a, b roleKey) int {
		return cmp.Or(strings.Compare(a.role, b.role), strings.Compare(a.scope, b.scope))
	})
	accepted, stopped := acceptedNow(t.pair), stoppedNow(t.pair)
	for _, k := range keys {
		x, n := t.roles[k], len(list)
		list = t.roleEpisodes(list, x.days, x.head, x.base, true, accepted)
		list = t.roleEpisodes(list, x.days, x.base, x.head, false, stopped)
		x.groups = policy.KeepFirst(x.groups, 0)
		for i := range list[n:] {
			list[n+i].Groups = x.groups
		}
	}
	return list
}

// roleEpisodes appends how long a role is held on one side and not on the other,
// where it does not count if the user is disabled or only invited there. Days are as in a track.
func (t *timeline) roleEpisodes(list []RoleChange, days []int, own, other []*policy.Held,
	more, otherWaits bool) []RoleChange {
	beyond := func(i int) bool { return own[i] != nil && (other[i] == nil || otherWaits) }
	for i := 0; i < len(days); i++ {
		if !beyond(i) {
			continue
		}
		h, from := own[i], t.days[days[i]]
		c := RoleChange{Kind: Gained, User: t.pair.User(), Role: h.Role, Scope: h.Scope, Group: h.Group, From: from}
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
		c.Causes = t.roleCauses(h, other[i], from, !more)
		for ; i < len(days) && beyond(i); i++ {
			until := len(t.days)
			if i+1 < len(days) {
				until = days[i+1]
			}
			if more && t.wantGives {
				c.Gives = t.given(c.Gives, days[i], until, own[i])
			}
		}
		if i < len(days) {
			c.Until = t.days[days[i]] - 1
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

// lasting holds a row of the head with the index of its first day, and of the first one without it.
type lasting struct {
	*policy.Row
	from, until int
}

// given appends the rows of the head that come through a role that is held on some days, by the same entry or one on
// the same scope.
func (t *timeline) given(list []*policy.Row, from, until int, h *policy.Held) []*policy.Row {
	if t.gives == nil {
		t.gives = t.rowsByRole()
	}
	for _, x := range t.gives[roleKey{h.Role.ID, h.Entry.Scope.Path}] {
		switch {
		case x.from >= until || x.until <= from:
		case len(t.days) == 1:
			list = append(list, x.Clone())
		default:
			list = append(list, x.Row)
		}
	}
	return list
}

// headRows returns the rows that the head has on any day, in order.
func (t *timeline) headRows() (list []lasting) {
	if len(t.days) == 1 {
		for j := range t.pair.Head.Rows {
			list = append(list, lasting{&t.pair.Head.Rows[j], 0, 1})
		}
		return list
	}
	for _, k := range t.keys() {
		x := t.rows[k]
		for i, r := range x.head {
			until := len(t.days)
			if i+1 < len(x.days) {
				until = x.days[i+1]
			}
			list = append(list, lasting{r, x.days[i], until})
		}
	}
	return list
}

// rowsByRole returns the rows that are held by the roles that they come through and by the scopes on which these are
// assigned.
func (t *timeline) rowsByRole() map[roleKey][]lasting {
	by := map[roleKey][]lasting{}
	for _, r := range t.headRows() {
		if !held(r.Row) {
			continue
		}
		for j := range r.Via {
			v := &r.Via[j]
			for _, role := range [...]*policy.Role{v.Role, v.From} {
				if role == nil {
					continue
				}
				k := roleKey{role.ID, v.Scope.Path}
				if n := len(by[k]); n == 0 || by[k][n-1] != r {
					by[k] = append(by[k], r)
				}
			}
		}
	}
	return by
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
