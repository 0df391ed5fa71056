package resolve

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/policy/person"
	"permc.dev/permc/compiler/policy/signer"
)

// reviews binds what was confirmed. A review of what the project no longer has is a finding and stops nothing: entries
// go, and users with them.
func (b *policyBinder) reviews() {
	b.policy.ReviewEvery = b.declared.ReviewEvery
	if len(b.declared.Reviews) == 0 {
		return
	}
	r := &reviewBinder{
		policyBinder: b,
		signed:       person.NewSignatures(b.policy.Users, b.find, b.catalog.ExactUsers, b.declared.People),
		ends:         map[policy.Subject][]policy.Date{},
		looked:       map[string]bool{},
		groupOf:      map[string]*policy.Group{},
	}
	for _, g := range b.policy.Groups {
		r.groupOf[g.ID] = g
	}
	b.policy.Reviews = &policy.Reviews{}
	for i := range b.declared.Reviews {
		r.review(&b.declared.Reviews[i])
	}
	b.policy.Reviews.Settle()
}

// reviewBinder binds the reviews of a project.
type reviewBinder struct {
	*policyBinder
	signed  *person.Signatures
	ends    map[policy.Subject][]policy.Date // what there is, of the holders and groups looked at
	looked  map[string]bool                  // holders, and groups with their members
	groupOf map[string]*policy.Group
}

func (b *reviewBinder) review(d *policy.DeclaredReview) {
	if !b.wellFormed(d) {
		return
	}
	x := &policy.Review{DeclaredReview: *d}
	b.canonical(&x.Role, &x.Permission)
	x.Subject = policy.NewSubject(&x.DeclaredReview, b.catalog.UserKey)
	x.Fault = b.fault(x)
	b.policy.Reviews.List = append(b.policy.Reviews.List, x)
}

// wellFormed reports whether a review is about one thing, and adds a finding if not.
func (b *reviewBinder) wellFormed(d *policy.DeclaredReview) bool {
	n := 0
	for _, r := range []policy.Ref{d.Role, d.Permission, d.MemberOf} {
		if r.Given() {
			n++
		}
	}
	message, help := "", ""
	switch {
	case n != 1:
		message, help = "a review is about one role, one permission or one membership",
			"write one of role, permission and memberOf"
	case d.MemberOf.Given() && d.Scope.Given():
		message, help = "a membership has no scope", "remove scope"
	case !d.MemberOf.Given() && !d.Scope.Given():
		message, help = "a review of a role or a permission needs the scope", "add scope"
	case len(d.Actions) > 0 && !d.Permission.Given():
		message, help = "only a permission has actions", "remove actions"
	case d.Until != 0 && d.Until < d.On:
		message, help = "the review counts until "+d.Until.String()+", which is before "+d.On.String(),
			"write a later day in until, or remove it"
	default:
		return true
	}
	b.fail(diag.Stopf("schema", d.Pos, "%s", message).WithHelp("%s", help))
	return false
}

// fault returns why a review does not count.
func (b *reviewBinder) fault(x *policy.Review) policy.ReviewFault {
	if signer.Read(x.By.Name).IsNobody() {
		return policy.NamesNobody
	}
	by := b.signed.Of(x.By.Name)
	user, group := b.holder(x)
	switch {
	case !by.Known:
		return policy.UnknownReviewer
	case x.Added == policy.HidesReviewer, user != nil && by.Is(user), group != nil && b.signed.IsIn(by, group):
		return policy.OwnReview
	case x.On > b.policy.Today:
		return policy.EarlyReview
	case x.Added == policy.AddsReviewer:
		return policy.NewReviewer
	case x.Added == policy.ConfirmsOwnChange:
		return policy.SelfConfirmed
	}
	b.lookAt(x, user, group)
	ends, ok := b.ends[x.Subject]
	if !ok {
		return policy.NoSubject
	}
	for _, e := range ends {
		if x.Covers(e) {
			return 0
		}
		x.Now = max(x.Now, e.End())
	}
	return policy.Widened
}

// holder returns who has what a review is about: a user or a group, or neither if they are gone.
func (b *reviewBinder) holder(x *policy.Review) (*policy.User, *policy.Group) {
	if x.User.Given() {
		return b.find(x.User.Name), nil
	}
	return nil, b.groupOf[x.Group.Name]
}

// lookAt notes what the holder has, or who is in the group.
func (b *reviewBinder) lookAt(x *policy.Review, user *policy.User, group *policy.Group) {
	if x.Kind == policy.MemberSubject {
		g := b.groupOf[x.What]
		if g == nil || b.looked["members of "+g.ID] {
			return
		}
		b.looked["members of "+g.ID] = true
		g.EachMember(b.catalog.UserKey, func(m policy.MemberAt) { b.note(m.Subject, m.Terms.LastDay()) })
		return
	}
	if b.looked[x.Holder] {
		return
	}
	b.looked[x.Holder] = true
	var entries []policy.Entry
	switch {
	case user != nil:
		entries = user.Entries
	case group != nil:
		entries = group.Entries
	}
	for i := range entries {
		if e := &entries[i]; !e.ByDefault {
			b.note(e.Subject(x.Holder), e.Ends)
		}
	}
}

func (b *reviewBinder) note(s policy.Subject, ends policy.Date) { b.ends[s] = append(b.ends[s], ends) }
