package diff

import (
	"fmt"
	"reflect"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/policy/person"
)

// judgedReviews returns the reviews by which a change is judged: those of the base that the change does not take away,
// and those that it adds, which confirm nothing until they are merged. Whoever adds access cannot confirm it at once.
func judgedReviews(p, base *compiler.Project, shift int32) (list []policy.DeclaredReview) {
	key := p.Policy.Catalog.UserKey
	before, after := base.Declared().Reviews, p.Declared().Reviews
	if len(before)+len(after) == 0 {
		return nil
	}
	still := map[policy.Subject]bool{}
	for i := range after {
		still[policy.NewSubject(&after[i], key)] = true
	}
	known := map[string]int{}
	for i := range before {
		known[sayReview(&before[i])]++
		if still[policy.NewSubject(&before[i], key)] {
			list = append(list, policy.Moved(before[i], shift))
		}
	}
	had := newReviewBase(base.Policy)
	for i := range after {
		r := after[i]
		if text := sayReview(&r); known[text] > 0 {
			known[text]--
			continue
		}
		r.Added = had.judge(&r, policy.NewSubject(&r, key))
		list = append(list, r)
	}
	return list
}

// judge says what a change does by adding a review.
func (b *reviewBase) judge(r *policy.DeclaredReview, s policy.Subject) policy.ReviewChange {
	by := b.signed.Of(r.By.Name)
	switch {
	case !by.Known:
		return policy.AddsReviewer
	case r.User.Given() && b.users[s.Holder] != nil && by.Is(b.users[s.Holder]):
		return policy.HidesReviewer
	case !b.cover(s, r.Ends):
		return policy.ConfirmsOwnChange
	}
	return policy.AddsReview
}

func sayReview(r *policy.DeclaredReview) string { return sayValue(reflect.ValueOf(*r)) }

// reviewBase is what the reviews of a change are compared with.
type reviewBase struct {
	last   map[policy.Subject]policy.Date // of what can be reviewed
	users  map[string]*policy.User        // by key
	signed *person.Signatures
}

func newReviewBase(p *policy.Policy) *reviewBase {
	b := &reviewBase{last: map[policy.Subject]policy.Date{}, users: make(map[string]*policy.User, len(p.Users))}
	find := func(id string) *policy.User { return b.users[p.Catalog.UserKey(id)] }
	b.signed = person.NewSignatures(p.Users, find, p.Catalog.ExactUsers, p.People)
	note := func(x policy.Subject, ends policy.Date) { b.last[x] = max(b.last[x], ends.End()) }
	for _, u := range p.Users {
		b.users[p.Catalog.UserKey(u.ID)] = u
		for i := range u.Entries {
			note(u.Entries[i].Subject(p.Catalog.UserKey(u.ID)), u.Entries[i].Ends)
		}
	}
	for _, g := range p.Groups {
		for i := range g.Entries {
			note(g.Entries[i].Subject(policy.GroupHolder(g.ID)), g.Entries[i].Ends)
		}
		g.EachMember(p.Catalog.UserKey, func(m policy.MemberAt) { note(m.Subject, m.Terms.LastDay()) })
	}
	return b
}

// cover reports whether something lasted at least as long.
func (b *reviewBase) cover(x policy.Subject, ends policy.Date) bool {
	last, ok := b.last[x]
	return ok && ends.End() <= last
}

// reviewChanges says how many reviews by whom a change adds and removes.
func reviewChanges(b, h []policy.DeclaredReview) (list []PolicyChange) {
	count := map[string]int{}
	for i := range b {
		count[sayReview(&b[i])]++
	}
	for i := range h {
		count[sayReview(&h[i])]--
	}
	return append(countReviews(b, count, 1, "removed"), countReviews(h, count, -1, "added")...)
}

// countReviews counts the reviews that only one side has, by reviewer in order.
func countReviews(side []policy.DeclaredReview, count map[string]int, sign int, how string) (list []PolicyChange) {
	at, n := map[string]int{}, []int{}
	for i := range side {
		text := sayReview(&side[i])
		if count[text]*sign <= 0 {
			continue
		}
		count[text] -= sign
		by := side[i].By.Name
		if _, ok := at[by]; !ok {
			at[by] = len(list)
			list, n = append(list, PolicyChange{What: "reviews", Name: "by " + by, How: how, Base: sign > 0,
				Pos: side[i].Pos}),
				append(n, 0)
		}
		n[at[by]]++
	}
	for i := range list {
		if list[i].Text = "1 review"; n[i] > 1 {
			list[i].Text = fmt.Sprintf("%d reviews", n[i])
		}
	}
	return list
}
