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

	order []rowKey              // of the rows, once asked for
	gives map[roleKey][]lasting // what comes through roles in the head, once asked for
}

type rowKey struct{ scope, permission string }

// track follows one row, nil where there is none.
type track struct{ steps[policy.Row] }

// steps hold something of both sides on the first day, and on each one on which it is not as on the day before.
type steps[T any] struct {
	days       []int // by their indexes in the timeline
	base, head []*T
}

// newSteps returns steps with nothing on the first day.
func newSteps[T any]() steps[T] { return steps[T]{[]int{0}, make([]*T, 1, 2), make([]*T, 1, 2)} }

// put notes what one side has from the i-th day on.
func (x *steps[T]) put(i int, head bool, has *T) {
	n := len(x.days) - 1
	if x.days[n] != i {
		x.days, x.base, x.head = append(x.days, i), append(x.base, x.base[n]), append(x.head, x.head[n])
		n++
	}
	if head {
		x.head[n] = has
	} else {
		x.base[n] = has
	}
}

// last returns what one side had last.
func (x *steps[T]) last(head bool) *T {
	if head {
		return x.head[len(x.head)-1]
	}
	return x.base[len(x.base)-1]
}

// timeline flattens both sides on every day on which something begins or ends.
func (p *Policies) timeline(pair *Pair) *timeline {
	t := &timeline{Policies: p, pair: pair, days: append([]policy.Date{0}, pair.Later...),
		rows: pair.memory().byRow(), roles: map[roleKey]*roleTrack{}}
	var was [2]there
	t.add(&was, 0, pair.Base, pair.Head)
	sides := t.sweepSides()
	for i := range pair.Later {
		for _, s := range sides {
			s.on(t, i+1)
		}
		if sides == nil {
			base, head := pair.On(pair.Later[i])
			t.add(&was, i+1, base, head)
		}
	}
	return t
}

// add notes what both sides have on the i-th day.
func (t *timeline) add(was *[2]there, i int, base, head *policy.Access) {
	t.addRows(&was[0], i, base, false)
	t.addRows(&was[1], i, head, true)
	t.addRoles(&was[0], i, base, false)
	t.addRoles(&was[1], i, head, true)
}

// there is what one side has on a day, in order.
type there struct {
	rows  []thereRow
	spare []thereRow // for the next day
	roles []*roleTrack
}

// thereRow is a row of one side with its track.
type thereRow struct {
	scope, permission int
	*track
}

// addRows notes the rows of one side on the i-th day, where they differ from those of the day before.
func (t *timeline) addRows(was *there, i int, a *policy.Access, head bool) {
	before, now := was.rows, was.spare[:0]
	t.pair.memory().copies.Reset()
	if a != nil {
		for j := range a.Rows {
			r := &a.Rows[j]
			at := thereRow{r.Scope.Index, r.Permission.Index, nil}
			for len(before) > 0 && before[0].compare(&at) < 0 {
				before[0].put(i, head, nil)
				before = before[1:]
			}
			if len(before) > 0 && before[0].compare(&at) == 0 {
				at.track, before = before[0].track, before[1:]
			} else {
				at.track = t.track(r)
			}
			t.addRow(at.track, i, r, head)
			now = append(now, at)
		}
	}
	for _, gone := range before {
		gone.put(i, head, nil)
	}
	was.rows, was.spare = now, was.rows
}

// addRow notes a row of one side on the i-th day, if it is not as on the day before.
func (t *timeline) addRow(x *track, i int, r *policy.Row, head bool) {
	if known := x.last(head); known == nil || !isUnchanged(known, r) {
		x.put(i, head, t.pair.memory().keep(r))
	}
}

// compare orders rows as those of a user are ordered.
func (x *thereRow) compare(y *thereRow) int {
	return cmp.Or(x.scope-y.scope, x.permission-y.permission)
}

// isUnchanged reports whether a row of a side says the same on two days.
func isUnchanged(a, b *policy.Row) bool {
	return a.Actions == b.Actions && a.Records == b.Records && a.Ends == b.Ends && a.More == b.More &&
		slices.Equal(a.Via, b.Via) && slices.Equal(a.Withheld, b.Withheld)
}

func (t *timeline) track(r *policy.Row) *track {
	k := rowKey{r.Scope.Path, r.Permission.ID}
	if t.rows[k] == nil {
		t.rows[k] = t.pair.memory().track()
	}
	return t.rows[k]
}

// from returns the day from which on a row is as it is in the i-th place of a track.
func (t *timeline) from(x *track, i int) policy.Date { return t.days[x.days[i]] }

// keys returns the rows in order, once all days are known.
func (t *timeline) keys() []rowKey {
	if t.order == nil {
		t.order = slices.SortedFunc(maps.Keys(t.rows), func(a, b rowKey) int {
			return cmp.Or(strings.Compare(a.scope, b.scope), strings.Compare(a.permission, b.permission))
		})
	}
	return t.order
}

// changes appends the changes of one row: what comes and what goes, by the days
// on which it does, or that it is held for another reason.
func (t *timeline) changes(list []Change, x *track) []Change {
	n := len(list)
	list = t.episodes(list, x, true)
	list = t.episodes(list, x, false)
	if len(list) > n {
		if len(t.days) == 1 {
			return list
		}
		slices.SortStableFunc(list[n:], func(a, b Change) int { return cmp.Compare(a.From, b.From) })
		return list
	}
	for i, b := range x.base {
		h := x.head[i]
		if (b == nil) != (h == nil) || b != nil && h != nil && !t.pair.memory().sameRow(b, h) {
			list = append(list, Change{})
			t.change(&list[n], ReasonChanged, i, i, x)
			return list
		}
	}
	return list
}

// episodes appends the changes of one direction: what somebody can do more, or
// less, without a day between. Actions share a change if their days are the same.
func (t *timeline) episodes(list []Change, x *track, more bool) []Change {
	own, other := x.head, x.base
	if !more {
		own, other = x.base, x.head
	}
	m := t.pair.memory()
	m.runs = runs(m.runs[:0], own, other)
	all := m.runs
	for _, r := range all {
		list = append(list, Change{Actions: r.actions})
		c := &list[len(list)-1]
		k := t.begin(c, x, own, other, &r, more)
		if t.whole || t.wantRoles {
			roles := len(m.roles)
			for i := r.from; i < r.to; i++ {
				m.roles = rolesOf(rolesOf(m.roles, x.base[i]), x.head[i])
			}
			m.roles = policy.KeepFirst(m.roles, roles)
			c.Roles = m.endRoles(roles)
		}
		if t.wantGroups {
			c.Groups = x.groupsIn(&r)
		}
		if r.to < len(own) {
			c.Until = t.from(x, r.to) - 1
			if !c.Kind.both() && holdsAll(own[r.to], r.actions) && holdsAll(other[r.to], r.actions) {
				c.Again = t.from(x, r.to)
			}
		}
		if t.whole && c.Kind.both() {
			var only []string // where other actions have changes of their own
			if len(all) > 1 {
				only = r.actions
			}
			c.Differences = append(differences(c.Before, c.After, only), t.ends(x, k, only)...)
		}
	}
	return list
}

// run is some actions that one side alone holds from one day until the one
// before another, by their places in a track.
type run struct {
	from, to int
	longer   bool // both sides hold the actions on the day before
	actions  []string
}

// runs appends what one side alone holds, by its days.
func runs(list []run, own, other []*policy.Row) []run {
	if len(own) == 1 {
		if actions := beyond(own[0], other[0]); len(actions) > 0 {
			list = append(list, run{0, 1, false, actions})
		}
		return list
	}
	var single []run
	var open []int // those that go on until the day before
	for i := range own {
		open = slices.DeleteFunc(open, func(k int) bool { return single[k].to < i })
		for _, a := range beyond(own[i], other[i]) {
			at := slices.IndexFunc(open, func(k int) bool { return single[k].to == i && single[k].actions[0] == a })
			if at >= 0 {
				single[open[at]].to++
				continue
			}
			open = append(open, len(single))
			single = append(single, run{i, i + 1, i > 0 && goesOn(own, other, i, a), []string{a}})
		}
	}
	return joinRuns(list, single)
}

// joinRuns appends runs that are in order of their first day, those of the same days as one.
func joinRuns(list, single []run) []run {
	for _, s := range single {
		k := len(list) - 1
		for k >= 0 && list[k].from == s.from && (list[k].to != s.to || list[k].longer != s.longer) {
			k--
		}
		if k >= 0 && list[k].from == s.from {
			list[k].actions = append(list[k].actions, s.actions...)
		} else {
			list = append(list, s)
		}
	}
	return list
}

// both reports whether something is held before and after.
func (k Kind) both() bool { return k == Widened || k == Narrowed }

// begin begins a change, and returns the day of its rows. What goes on longer, or
// ends earlier, is a row that is widened or narrowed, seen on the day before.
func (t *timeline) begin(c *Change, x *track, own, other []*policy.Row, r *run, more bool) int {
	alone, both := Gained, Widened
	if !more {
		alone, both = Lost, Narrowed
	}
	kind, k := alone, r.from
	switch {
	case r.longer:
		kind, k = both, r.from-1
	case held(other[k]):
		kind = both
	}
	t.change(c, kind, r.from, k, x)
	return k
}

// goesOn reports whether an action that one side alone holds on the i-th day is
// held by both on the day before.
func goesOn(own, other []*policy.Row, i int, action string) bool {
	return holdsAction(own[i-1], action) && holdsAction(other[i-1], action) && !holdsAction(other[i], action)
}

// change fills in a change from the i-th day on, with the rows of the k-th day.
func (t *timeline) change(c *Change, kind Kind, i, k int, x *track) {
	c.Kind, c.User, c.Before, c.After, c.From = kind, t.pair.User(), x.base[k], x.head[k], t.from(x, i)
	c.Was = t.sensitivityBefore(c)
	if t.whole {
		c.Causes = t.causes(c, x.base[i], x.head[i])
	}
}

// sensitivityBefore returns how sensitive the actions of a change are in the base, or "".
func (t *timeline) sensitivityBefore(c *Change) string {
	switch {
	case c.Before != nil:
		return c.sensitivityBy(c.Before.Permission)
	case t.base == nil || t.was[c.After.Permission.Index] == nil:
		return ""
	}
	return c.sensitivityBy(t.was[c.After.Permission.Index])
}

// ends compares until when what both sides hold on the i-th day goes on.
func (t *timeline) ends(x *track, i int, only []string) []Difference {
	if len(t.days) == 1 {
		return nil
	}
	return eachAction("until", x.base[i], x.head[i], only, func(r *policy.Row, a policy.Actions) string {
		rows, name := x.head, r.Permission.Names(a)[0]
		if r == x.base[i] {
			rows = x.base
		}
		return untilText(t.heldUntil(x, rows, i, name))
	}, func(b, h string) bool { return h == untilText(0) || b != untilText(0) && h > b })
}

// heldUntil returns the last day until which an action is held without a break.
func (t *timeline) heldUntil(x *track, rows []*policy.Row, i int, action string) policy.Date {
	for i++; i < len(rows); i++ {
		if !holdsAction(rows[i], action) {
			return t.from(x, i) - 1
		}
	}
	return 0
}

// groupsIn returns the ids of the groups that a row comes through on the days of a run.
func (x *track) groupsIn(r *run) (list []string) {
	for i := r.from; i < r.to; i++ {
		list = groupsOf(groupsOf(list, x.base[i]), x.head[i])
	}
	return policy.KeepFirst(list, 0)
}

// groupsOf appends the ids of the groups that a row comes through.
func groupsOf(list []string, r *policy.Row) []string {
	if r == nil {
		return list
	}
	for i := range r.Via {
		if g := r.Via[i].Group; g != nil {
			list = append(list, g.ID)
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
		for _, role := range [...]*policy.Role{r.Via[i].Role, r.Via[i].From} {
			if role != nil {
				list = append(list, role.ID)
			}
		}
	}
	return list
}
