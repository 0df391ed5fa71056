package review

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// addReviews finds the reviews to write for what is to be kept, and those to remove.
func (m *itemMatch) addReviews(out *Reviewed) {
	known := &policy.Reviews{}
	if r := m.survey.policy.Reviews; r != nil {
		known = r
	}
	stays := map[policy.Subject]bool{} // whether some item of this subject stays
	var kept []*Item
	for _, x := range m.survey.Items {
		row := m.of[x]
		if row == nil || row.Decision != Remove {
			stays[m.survey.subject(x)] = true
		}
		if row != nil && row.Decision == Keep && !row.isFaulty() && !isConfirmed(x, row) {
			kept = append(kept, x)
		}
	}
	fresh := map[policy.Subject][]policy.DeclaredReview{}
	for _, x := range kept {
		r := m.newReview(x)
		s := m.survey.subject(x)
		fresh[s] = append(fresh[s], r)
		out.Confirms = append(out.Confirms, r)
	}
	gone := map[policy.Pos]bool{}
	for _, old := range known.List {
		at := cmp.Or(old.User.Pos, old.Group.Pos)
		replaced := slices.ContainsFunc(fresh[old.Subject], func(r policy.DeclaredReview) bool {
			return old.Fault != 0 || old.Ends.End() <= r.Ends.End()
		})
		if at.IsValid() && (replaced || !stays[old.Subject] && m.removes(old.Subject)) {
			out.Outdated, gone[at] = append(out.Outdated, at), true
		}
	}
	out.Trimmed.Reviews = slices.DeleteFunc(slices.Clone(out.Trimmed.Reviews), func(r policy.DeclaredReview) bool {
		return gone[cmp.Or(r.User.Pos, r.Group.Pos)]
	})
	after := *out.Trimmed
	after.Reviews = slices.Concat(out.Trimmed.Reviews, out.Confirms)
	out.After = &after
}

// isFaulty reports whether a row has an error.
func (x *Row) isFaulty() bool {
	return slices.ContainsFunc(x.faults, func(f fault) bool { return !f.warning })
}

// isConfirmed reports whether a review says what a row says, or is later.
func isConfirmed(x *Item, row *Row) bool {
	if x.Last == nil {
		return false
	}
	day, _ := policy.ParseDate(row.Date)
	return x.Last.On >= day && x.Last.Ends == x.Ends()
}

// removes reports whether the sheet removes all that a review may be of.
func (m *itemMatch) removes(s policy.Subject) bool {
	for x, row := range m.of {
		if row.Decision == Remove && m.survey.subject(x) == s {
			return true
		}
	}
	return false
}

// newReview returns the review of an item that a row keeps.
func (m *itemMatch) newReview(x *Item) policy.DeclaredReview {
	row := m.of[x]
	r := policy.DeclaredReview{Ends: x.Ends(), Scope: policy.Ref{Name: x.Path()}, By: policy.Ref{Name: row.By}}
	r.On, _ = policy.ParseDate(row.Date)
	if u := m.signed.Of(row.By).User; u != nil {
		r.By.Name = u.ID
	}
	if x.User != nil {
		r.User.Name = x.User.ID
	} else {
		r.Group.Name = x.Group.ID
	}
	switch {
	case x.Into != nil:
		r.MemberOf.Name = x.Into.ID
	case x.Entry.Role != nil:
		r.Role.Name = x.Entry.Role.ID
	default:
		r.Permission.Name = x.Entry.Permission.ID
		for _, a := range x.Entry.ActionNames() {
			r.Actions = append(r.Actions, policy.Ref{Name: a})
		}
	}
	return r
}
