package diff

import (
	"cmp"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Person lists the changes for one user.
type Person struct {
	Base, Head *policy.User // nil where there is no such user
	Roles      []RoleChange // by role and scope
	Facts      []Fact

	// Changes are by scope and permission. They are not kept: they are there until
	// the next user is compared, and what is below sums them up.
	Changes []Change
	Counts  [ReasonChanged + 1]int // of changes, by kind
	Effects []Effect               // in the order of the first change
	Key     Key                    // of those who change alike, or zero

	gains, losses int              // actions that come and go, by row
	hits          map[int]*gateHit // by gate, where there are any
	owned         []owned          // of each owner, and of nobody; where owners are asked for
	domain        string           // the affiliation that the base gives the domain of the address, or ""
}

// User returns the user of the head, or of the base if only there.
func (p *Person) User() *policy.User {
	if p.Head != nil {
		return p.Head
	}
	return p.Base
}

// forgetGiven drops what roles give: nobody asks again.
func (p *Person) forgetGiven() {
	for i := range p.Roles {
		p.Roles[i].Gives = nil
	}
}

// User compares a user on every day from that of the comparison on. A change that the calendar makes on both sides is
// none. The result is valid until the next call, and has causes and differences only if keys are made of them.
func (p *Policies) User(pair *Pair) (x Person) {
	m := pair.memory()
	m.forget()
	x = p.user(pair)
	x.summarize(m)
	return x
}

// Changes returns the complete changes of a user. They are valid until the next call with the same memory.
func (p *Policies) Changes(pair *Pair) []Change {
	m := pair.memory()
	m.forget()
	if len(pair.Later) == 0 {
		return p.today(pair, true)
	}
	t := p.timeline(pair)
	t.whole = true
	return t.allChanges()
}

func (p *Policies) user(pair *Pair) (x Person) {
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
	if x.Base == nil && p.base != nil && p.facts.Domain != nil {
		x.domain = p.facts.Domain(x.Head)
	}
	if len(pair.Later) == 0 {
		x.Changes = p.today(pair, p.whole)
		x.Roles = p.rolesToday(pair)
		p.countToday(pair, x.Changes)
		return x
	}
	t := p.timeline(pair)
	t.whole = p.whole
	t.count()
	x.Changes = t.allChanges()
	x.Roles = t.roleChanges()
	return x
}

// allChanges returns the changes of all rows.
func (t *timeline) allChanges() []Change {
	m := t.pair.memory()
	for _, k := range t.keys() {
		m.changes = t.changes(m.changes, t.rows[k])
	}
	return m.changes
}

// DescribedBefore returns the affiliation and the attributes that the base gives a person of the head, directly or by
// the domain of a new user's address; nil if they are the same.
func (x *Person) DescribedBefore() *policy.User {
	switch {
	case x.Head == nil:
		return nil
	case x.Base != nil && len(x.Facts) > 0:
		return x.Base
	case x.Base == nil && x.domain != "" && x.domain != x.Head.Affiliation:
		return &policy.User{Affiliation: x.domain, Attributes: x.Head.Attributes}
	}
	return nil
}

// Any reports whether anything changes.
func (x *Person) Any() bool { return x.HasAccess() || len(x.Facts) > 0 }

// HasAccess reports whether a row or a role changes.
func (x *Person) HasAccess() bool { return x.Counts != [len(x.Counts)]int{} || len(x.Roles) > 0 }

// today compares a user whose entries neither begin nor end later.
func (p *Policies) today(pair *Pair, whole bool) []Change {
	m := pair.memory()
	if m.row.base == nil {
		m.row = track{newSteps[policy.Row]()}
	}
	m.one = timeline{Policies: p, pair: pair, days: oneDay, whole: whole}
	var before, after []policy.Row
	if pair.Base != nil {
		before = pair.Base.Rows
	}
	if pair.Head != nil {
		after = pair.Head.Rows
	}
	row := func(b, h *policy.Row) {
		if b != nil && h != nil && rowsAlike(b, h) {
			return
		}
		m.row.base[0], m.row.head[0] = b, h
		m.changes = m.one.changes(m.changes, &m.row)
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
	return m.changes
}

// rowsAlike reports whether both sides have equal rows for a user.
func rowsAlike(b, h *policy.Row) bool {
	return b.Actions == h.Actions && b.Records == h.Records && b.Ends == h.Ends && b.User.Waits() == h.User.Waits() &&
		b.User.Affiliation == h.User.Affiliation &&
		len(b.Withheld) == 0 && len(h.Withheld) == 0 && samePermission(b.Permission, h.Permission) &&
		slices.Equal(b.Permission.ConditionIDs, h.Permission.ConditionIDs) &&
		slices.EqualFunc(b.Via, h.Via, func(v, w policy.Via) bool {
			return sameVia(&v, b.Permission, &w, h.Permission, true)
		})
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
