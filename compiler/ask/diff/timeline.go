package diff

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// timeline is what a user has on both sides, day by day: from each day until
// the one before the next nothing begins or ends.
type timeline struct {
	*Policies
	pair  *Pair
	days  []policy.Date // 0 is the day of the comparison
	rows  map[rowKey]*track
	roles map[roleKey]*roleTrack
	whole bool // with causes and differences
}

type rowKey struct{ scope, permission string }

// track is one row on each day; nil where there is none.
type track struct{ base, head []*policy.Row }

// timeline flattens both sides on every day on which something begins or ends.
func (p *Policies) timeline(pair *Pair) *timeline {
	t := &timeline{Policies: p, pair: pair, days: append([]policy.Date{0}, pair.Later...),
		rows: pair.memory().byRow(), roles: map[roleKey]*roleTrack{}}
	base, head, m := pair.Base, pair.Head, pair.memory()
	for i, day := range t.days {
		if day > 0 {
			base, head = pair.On(day)
		}
		if base != nil {
			for j := range base.Rows {
				t.track(&base.Rows[j]).base[i] = m.keep(&base.Rows[j])
			}
		}
		if head != nil {
			for j := range head.Rows {
				t.track(&head.Rows[j]).head[i] = m.keep(&head.Rows[j])
			}
		}
		t.addRoles(i, base, head)
	}
	return t
}

func (t *timeline) track(r *policy.Row) *track {
	k := rowKey{r.Scope.Path, r.Permission.ID}
	if t.rows[k] == nil {
		t.rows[k] = t.pair.memory().track(len(t.days))
	}
	return t.rows[k]
}

func (t *timeline) keys() []rowKey {
	return slices.SortedFunc(maps.Keys(t.rows), func(a, b rowKey) int {
		return cmp.Or(strings.Compare(a.scope, b.scope), strings.Compare(a.permission, b.permission))
	})
}

// changes appends the changes of one row: what comes and what goes, by the days
// on which it does, or that it is held for another reason.
func (t *timeline) changes(list []Change, x *track) []Change {
	n := len(list)
	list = t.episodes(list, x, true)
	list = t.episodes(list, x, false)
	if len(list) > n {
		slices.SortStableFunc(list[n:], func(a, b Change) int { return cmp.Compare(a.From, b.From) })
		return list
	}
	for i := range t.days {
		b, h := x.base[i], x.head[i]
		if (b == nil) != (h == nil) || b != nil && h != nil && !sameRow(b, h) {
			return append(list, t.change(ReasonChanged, i, b, h))
		}
	}
	return list
}

// episodes appends the changes of one direction: each lasts as long as somebody
// can do more, or less, without a day between.
func (t *timeline) episodes(list []Change, x *track, more bool) []Change {
	own, other := x.head, x.base
	if !more {
		own, other = x.base, x.head
	}
	for i := 0; i < len(t.days); i++ {
		actions := beyond(own[i], other[i])
		if len(actions) == 0 {
			continue
		}
		if len(t.days) > 1 {
			actions = slices.Clone(actions)
		}
		from := i
		c, k := t.begin(x, own, other, i, more)
		for ; i < len(t.days); i++ {
			if i > from {
				now := beyond(own[i], other[i])
				if len(now) == 0 {
					break
				}
				actions = append(actions, now...)
			}
			if t.whole || t.wantRoles {
				c.Roles = rolesOf(rolesOf(c.Roles, x.base[i]), x.head[i])
			}
		}
		if c.Actions = actions; len(t.days) > 1 {
			c.Actions = inOrder(own, actions)
		}
		if i < len(t.days) {
			c.Until = t.days[i] - 1
			if !c.Kind.both() && held(own[i]) && held(other[i]) {
				c.Again = t.days[i]
			}
		}
		if t.whole && c.Kind.both() {
			c.Differences = append(differences(c.Before, c.After), t.ends(x, k)...)
		}
		list = append(list, c)
	}
	return list
}

// both reports whether something is held before and after.
func (k Kind) both() bool { return k == Widened || k == Narrowed }

// begin begins an episode on the i-th day. What goes on longer, or ends earlier,
// is a row that is widened or narrowed, seen on the day before.
func (t *timeline) begin(x *track, own, other []*policy.Row, i int, more bool) (Change, int) {
	alone, both := Gained, Widened
	if !more {
		alone, both = Lost, Narrowed
	}
	kind, k := alone, i
	switch {
	case i > 0 && goOn(own, other, i):
		kind, k = both, i-1
	case held(other[i]):
		kind = both
	}
	c := t.change(kind, k, x.base[k], x.head[k])
	c.From = t.days[i]
	return c, k
}

// goOn reports whether what one side alone holds on the i-th day is what both
// held on the day before.
func goOn(own, other []*policy.Row, i int) bool {
	if !held(own[i-1]) || !held(other[i-1]) {
		return false
	}
	for _, a := range beyond(own[i], other[i]) {
		if held(other[i]) && slices.Contains(names(other[i]), a) || !slices.Contains(names(own[i-1]), a) || !slices.Contains(names(other[i-1]), a) {
			return false
		}
	}
	return true
}

func (t *timeline) change(kind Kind, i int, b, h *policy.Row) Change {
	c := Change{Kind: kind, User: t.pair.User(), Before: b, After: h, From: t.days[i]}
	if t.base != nil {
		c.Was = sensitivity(t.base, c.Row().Permission.ID)
	}
	if t.whole {
		c.Causes = t.causes(&c, t.pair)
	}
	return c
}

// ends compares until when what both sides hold on the i-th day goes on.
func (t *timeline) ends(x *track, i int) []Difference {
	if len(t.days) == 1 {
		return nil
	}
	return eachAction("until", x.base[i], x.head[i], func(r *policy.Row, a policy.Actions) string {
		rows, name := x.head, r.Permission.Names(a)[0]
		if r == x.base[i] {
			rows = x.base
		}
		return untilText(t.heldUntil(rows, i, name))
	}, func(b, h string) bool { return h == untilText(0) || b != untilText(0) && h > b })
}

// heldUntil is the last day until which an action is held without a break.
func (t *timeline) heldUntil(rows []*policy.Row, i int, action string) policy.Date {
	for i++; i < len(rows); i++ {
		if !held(rows[i]) || !slices.Contains(names(rows[i]), action) {
			return t.days[i] - 1
		}
	}
	return 0
}

// inOrder puts actions in the order of their permission, each once.
func inOrder(rows []*policy.Row, actions []string) (list []string) {
	for _, r := range rows {
		if r == nil {
			continue
		}
		for _, a := range r.Permission.Actions {
			if slices.Contains(actions, a) && !slices.Contains(list, a) {
				list = append(list, a)
			}
		}
	}
	return list
}

// rolesOf appends the ids of the roles that a row comes through.
func rolesOf(list []string, r *policy.Row) []string {
	if r == nil {
		return list
	}
	for i := range r.Via {
		for _, role := range []*policy.Role{r.Via[i].Role, r.Via[i].From} {
			if role != nil && !slices.Contains(list, role.ID) {
				list = append(list, role.ID)
			}
		}
	}
	return list
}
