package diff

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// beyond returns the actions of a row, in order, that somebody can do more with
// than by the row on the other side, of which either may be nil: they are not
// held there, on own records only, under more conditions, or once an invitation
// is accepted, or the user is enabled.
func beyond(row, other *policy.Row) (actions []string) {
	if row == nil || !row.Held() {
		return nil
	}
	if other == nil || !other.Held() {
		return row.Permission.Names(row.Actions)
	}
	freer := other.User.Waits() && !row.User.Waits() ||
		lacksAny(row.Permission.ConditionIDs, other.Permission.ConditionIDs)
	for i, name := range row.Permission.Actions {
		one := policy.Actions(1) << i
		if row.Actions&one == 0 {
			continue
		}
		theirs := policy.Actions(0)
		if k := slices.Index(other.Permission.Actions, name); k >= 0 {
			theirs = other.Actions & (1 << k)
		}
		if theirs == 0 || freer || other.RecordsOf(theirs) > row.RecordsOf(one) {
			actions = append(actions, name)
		}
	}
	return actions
}

// lacksAny reports whether a lacks one of b.
func lacksAny(a, b []string) bool {
	return slices.ContainsFunc(b, func(s string) bool { return !slices.Contains(a, s) })
}

// Difference is one changed value of a row.
type Difference struct {
	What          string // actions, access, until, conditions or status; of one action, with its name before it
	Before, After string
	More, Less    bool
}

// differences returns what two rows that are held give otherwise, except for how
// long: of some actions only, or of all.
func differences(before, after *policy.Row, only []string) (list []Difference) {
	if before.Actions != after.Actions || !samePermission(before.Permission, after.Permission) {
		b, a := actionNames(before), actionNames(after)
		more, less := lacksAny(b, a), lacksAny(a, b)
		if (more || less) && (only == nil || lacksAny(b, only) || lacksAny(a, only)) {
			list = append(list, Difference{"actions", policy.JoinNames(b, ", "), policy.JoinNames(a, ", "), more, less})
		}
	}
	list = append(list, eachAction("access", before, after, only, func(r *policy.Row, a policy.Actions) string {
		return r.RecordsOf(a).String()
	}, func(b, a string) bool { return b == "group" || a == "all" })...)
	if b, a := before.Permission.ConditionIDs, after.Permission.ConditionIDs; !slices.Equal(b, a) {
		if more, less := lacksAny(a, b), lacksAny(b, a); more || less {
			list = append(list, Difference{"conditions", strings.Join(b, ", "), strings.Join(a, ", "), more, less})
		}
	}
	if b, a := before.User, after.User; b.Waits() != a.Waits() {
		list = append(list, Difference{"status", b.Status(), a.Status(), b.Waits(), a.Waits()})
	}
	return list
}

// eachAction compares something of the actions that both rows hold, or of some of
// them: one difference where all of them differ alike, else one for each that differs.
func eachAction(what string, before, after *policy.Row, only []string,
	of func(*policy.Row, policy.Actions) string, more func(before, after string) bool) (list []Difference) {
	shared := 0
	for i, name := range before.Permission.Actions {
		k := slices.Index(after.Permission.Actions, name)
		if k < 0 || before.Actions&(1<<i) == 0 || after.Actions&(1<<k) == 0 {
			continue
		}
		shared++
		if only != nil && !slices.Contains(only, name) {
			continue
		}
		if b, a := of(before, 1<<i), of(after, 1<<k); b != a {
			wider := more(b, a)
			list = append(list, Difference{name + " " + what, b, a, wider, !wider})
		}
	}
	if len(list) < shared || len(list) == 0 ||
		slices.ContainsFunc(list, func(d Difference) bool {
			return d.Before != list[0].Before || d.After != list[0].After
		}) {
		return list
	}
	list[0].What = what
	return list[:1]
}

func samePermission(a, b *policy.Permission) bool { return slices.Equal(a.Actions, b.Actions) }

// actionNames returns the actions of a row by name.
func actionNames(r *policy.Row) []string { return r.Permission.Names(r.Actions) }

func untilText(d policy.Date) string {
	if d == 0 {
		return "no end"
	}
	return d.String()
}

func held(r *policy.Row) bool { return r != nil && r.Held() }

// holdsAction reports whether a row holds an action.
func holdsAction(r *policy.Row, action string) bool {
	return held(r) && slices.Contains(actionNames(r), action)
}

// holdsAll reports whether a row holds some actions.
func holdsAll(r *policy.Row, actions []string) bool {
	return held(r) && !lacksAny(actionNames(r), actions)
}

// sameRow reports whether two rows that give the same do so for the same
// reasons, wherever these are written and however often.
func (m *Memory) sameRow(a, b *policy.Row) bool {
	if a.User.Affiliation != b.User.Affiliation ||
		!slices.EqualFunc(a.Withheld, b.Withheld, func(x, y policy.Withheld) bool {
			return x.Action == y.Action && x.Rule.ID == y.Rule.ID
		}) {
		return false
	}
	return len(m.missingSources(a, b)) == 0 && len(m.missingSources(b, a)) == 0
}

// twoLists names what findMissing compares.
type twoLists struct {
	a, b policy.ViaList
	p, q *policy.Permission
}

// missingSources returns the sources of a that b, a row of the other policy, lacks. Rows may share long lists, so it
// compares two such lists once.
func (m *Memory) missingSources(a, b *policy.Row) []*policy.Via {
	if max(len(a.Via), len(b.Via)) < policy.Long {
		return findMissing(a, b)
	}
	k := twoLists{a.List(), b.List(), a.Permission, b.Permission}
	list, known := m.lacking[k]
	if !known {
		list = findMissing(a, b)
		if m.lacking == nil {
			m.lacking = map[twoLists][]*policy.Via{}
		}
		m.lacking[k] = list
	}
	return list
}

// findMissing compares the lists of two rows.
func findMissing(a, b *policy.Row) (list []*policy.Via) {
	same := samePermission(a.Permission, b.Permission)
	has := func(v *policy.Via) bool {
		return slices.ContainsFunc(b.Via, func(w policy.Via) bool {
			return sameVia(v, a.Permission, &w, b.Permission, same)
		})
	}
	if len(b.Via) >= policy.Long {
		has = viasOf(b, a.Permission, same)
	}
	for i := range a.Via {
		v := &a.Via[i]
		// sources are in order of place
		if i < len(b.Via) && sameVia(v, a.Permission, &b.Via[i], b.Permission, same) {
			continue
		}
		if !has(v) {
			list = append(list, v)
		}
	}
	return list
}

// viaKey holds all in which sources of two policies are compared.
type viaKey struct {
	kind                              policy.SourceKind
	records                           policy.Records
	ends                              policy.Date
	scope, role, from, group, implier string
	actions                           policy.Actions
	names                             string
}

// viasOf returns a function that reports whether a row of many sources has one that sameVia says is the same as a
// source of a permission.
func viasOf(r *policy.Row, p *policy.Permission, sameActions bool) func(*policy.Via) bool {
	keyOf := func(v *policy.Via, p *policy.Permission) viaKey {
		k := viaKey{kind: v.Kind, records: v.Records, ends: v.Ends, scope: v.Scope.Path, role: roleID(v.Role),
			from: roleID(v.From), group: groupID(v.Group), implier: permissionID(v.Implier)}
		if sameActions {
			k.actions = v.Actions
		} else {
			k.names = strings.Join(p.Names(v.Actions), "\n")
		}
		return k
	}
	all := make(map[viaKey]bool, len(r.Via))
	for i := range r.Via {
		all[keyOf(&r.Via[i], r.Permission)] = true
	}
	return func(v *policy.Via) bool { return all[keyOf(v, p)] }
}

// sameVia compares sources of two policies, but for their places.
func sameVia(a *policy.Via, p *policy.Permission, b *policy.Via, q *policy.Permission, sameActions bool) bool {
	return a.Kind == b.Kind && a.Records == b.Records && a.Ends == b.Ends && a.Scope.Path == b.Scope.Path &&
		roleID(a.Role) == roleID(b.Role) && roleID(a.From) == roleID(b.From) &&
		groupID(a.Group) == groupID(b.Group) && permissionID(a.Implier) == permissionID(b.Implier) &&
		(sameActions && a.Actions == b.Actions || !sameActions && slices.Equal(p.Names(a.Actions), q.Names(b.Actions)))
}

func roleID(r *policy.Role) string {
	if r == nil {
		return ""
	}
	return r.ID
}

func groupID(g *policy.Group) string {
	if g == nil {
		return ""
	}
	return g.ID
}

func permissionID(p *policy.Permission) string {
	if p == nil {
		return ""
	}
	return p.ID
}
