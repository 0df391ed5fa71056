package diff

import (
	"cmp"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Person is what changes for one user.
type Person struct {
	Base, Head *policy.User // nil where there is no such user
	Changes    []Change     // by scope and permission
	Roles      []RoleChange // by role and scope
	Facts      []Fact

	hits   []gateHit // of each gate, where there are any
	domain string    // the affiliation that the base gives the domain of the address, or ""
}

// User is the user of the head, or of the base if only there.
func (p *Person) User() *policy.User {
	if p.Head != nil {
		return p.Head
	}
	return p.Base
}

// User returns what changes for a user on any day from that of the comparison
// on. What the calendar does alike on both sides is no change. The rows are copied.
func (p *Policies) User(pair *Pair) (x Person) {
	if pair.Base != nil {
		x.Base = pair.Base.User
	}
	if pair.Head != nil {
		x.Head = pair.Head.User
	}
	if x.Base != nil && x.Head != nil {
		if p.sameUser(x.Base, x.Head) {
			p.countSame(pair)
			return x
		}
		x.Facts = p.userFacts(x.Base, x.Head)
	}
	if len(pair.Later) == 0 {
		x.Changes = p.today(nil, pair)
		x.Roles = p.rolesToday(pair)
		p.countToday(pair, x.Changes)
		return x
	}
	t := p.timeline(pair)
	t.count()
	for _, k := range t.keys() {
		x.Changes = t.changes(x.Changes, t.rows[k])
	}
	x.Roles = t.roleChanges()
	return x
}

// Any reports whether anything changes.
func (x *Person) Any() bool { return len(x.Changes)+len(x.Roles)+len(x.Facts) > 0 }

// today compares a user whose entries neither begin nor end later.
func (p *Policies) today(list []Change, pair *Pair) []Change {
	var before, after []policy.Row
	if pair.Base != nil {
		before = pair.Base.Rows
	}
	if pair.Head != nil {
		after = pair.Head.Rows
	}
	row := func(b, h *policy.Row) {
		if b != nil && h != nil && alike(b, h) {
			return
		}
		t := &track{base: []*policy.Row{b}, head: []*policy.Row{h}}
		list = (&timeline{Policies: p, pair: pair, days: []policy.Date{0}}).changes(list, t)
	}
	for len(before) > 0 || len(after) > 0 {
		switch c := p.compare(before, after); {
		case c < 0:
			row(&before[0], nil)
			before = before[1:]
		case c > 0:
			row(nil, &after[0])
			after = after[1:]
		default:
			row(&before[0], &after[0])
			before, after = before[1:], after[1:]
		}
	}
	return list
}

// alike reports whether two rows are plainly the same, with all their sources.
func alike(b, h *policy.Row) bool {
	return b.Actions == h.Actions && b.Own == h.Own && b.Ends == h.Ends && b.User.Invited == h.User.Invited && b.User.Affiliation == h.User.Affiliation &&
		len(b.Withheld) == 0 && len(h.Withheld) == 0 && samePermission(b.Permission, h.Permission) &&
		slices.Equal(b.Permission.ConditionIDs, h.Permission.ConditionIDs) &&
		slices.EqualFunc(b.Via, h.Via, func(v, w policy.Via) bool { return sameVia(&v, b.Permission, &w, h.Permission, true) })
}

// compare orders the first rows of both sides as the head's rows are ordered.
func (p *Policies) compare(before, after []policy.Row) int {
	switch {
	case len(before) == 0:
		return 1
	case len(after) == 0:
		return -1
	}
	b, a := &before[0], &after[0]
	if s := p.scopes[b.Scope.Index]; s < 0 || s != int32(a.Scope.Index) {
		return cmp.Or(strings.Compare(b.Scope.Path, a.Scope.Path), -1)
	}
	if x := p.permissions[b.Permission.Index]; x < 0 || x != int32(a.Permission.Index) {
		return cmp.Or(strings.Compare(b.Permission.ID, a.Permission.ID), -1)
	}
	return 0
}
