package render

import "permc.dev/permc/compiler/policy"

// sayReview writes who confirmed an entry last, if somebody did.
func (t *explained) sayReview(indent int, e *policy.Entry, g *policy.Group) {
	holder := t.Policy.Catalog.UserKey(t.User.ID)
	if g != nil {
		holder = policy.GroupHolder(g.ID)
	}
	last := t.Policy.Reviews.Last(e.Subject(holder), e.Ends)
	if last == nil {
		return
	}
	text := "last confirmed on " + last.On.String() + " by " + last.By.Name
	if due := last.Due(t.Policy.ReviewEvery); due != 0 && due < t.Policy.AsOf {
		text += ", which counted until " + due.String()
	}
	t.line(indent, "%s", text)
}

// sayReviewOf writes it for a source of a row.
func (t *explained) sayReviewOf(v *policy.Via) {
	if t.Policy.Reviews == nil || v.Kind == policy.FromDerived {
		return
	}
	entries := t.User.Entries
	if v.Group != nil {
		entries = v.Group.Entries
	}
	for i := range entries {
		if e := &entries[i]; e.Pos == v.Pos && e.Scope == v.Scope && !e.ByDefault {
			t.sayReview(4, e, v.Group)
			return
		}
	}
}
