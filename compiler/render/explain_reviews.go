package render

import (
	"permc.dev/permc/compiler/ask/explain"
	"permc.dev/permc/compiler/policy"
)

// reviewsOf returns what needs reviews and gives the user something.
func reviewsOf(a *explain.Answer) (list []*policy.ToReview) {
	if a.Policy.UsesReviews() {
		a.Policy.EachToReviewOf(a.User, func(x *policy.ToReview) { list = append(list, x) })
	}
	return list
}

// sayReview writes who confirmed an entry last, or that nobody did though a review is due.
func (t *explained) sayReview(indent int, e *policy.Entry, g *policy.Group) {
	for _, x := range t.reviews {
		if x.Entry != nil && x.Entry.Pos == e.Pos && x.Entry.Scope == e.Scope && x.Group == g {
			t.sayState(indent, x)
			return
		}
	}
}

// sayMembership writes it for the membership of the user in a group.
func (t *explained) sayMembership(indent int, g *policy.Group) {
	for _, x := range t.reviews {
		if x.Into == g && x.User == t.User {
			t.sayState(indent, x)
			return
		}
	}
}

func (t *explained) sayState(indent int, x *policy.ToReview) {
	if text := SayReview(t.Policy, x); text != "" {
		t.line(indent, "%s", text)
	}
}

// SayReview says who confirmed something last, or that nobody did though a review is due. Else it returns "".
func SayReview(p *policy.Policy, x *policy.ToReview) string {
	due := x.Due(p.ReviewEvery)
	switch x.State(p.ReviewEvery, p.AsOf) {
	case policy.ReviewedInTime:
		return "last confirmed on " + x.Last.On.String() + " by " + x.Last.By.Name
	case policy.ReviewOverdue:
		return "last confirmed on " + x.Last.On.String() + " by " + x.Last.By.Name + ", which counted until " +
			due.String()
	case policy.NeverReviewed:
		return "never confirmed"
	}
	return ""
}

// sayReviewOf writes it for a source of a row.
func (t *explained) sayReviewOf(v *policy.Via) {
	if len(t.reviews) == 0 || v.Kind == policy.FromDerived {
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

// jsonToReview says whether an entry or a membership is confirmed.
type jsonToReview struct {
	Group      string           `json:"group,omitempty"` // that has it; else the user does
	Role       string           `json:"role,omitempty"`
	Permission string           `json:"permission,omitempty"`
	MemberOf   string           `json:"memberOf,omitempty"`
	Scope      string           `json:"scope,omitempty"`
	Actions    []string         `json:"actions,omitempty"`
	State      string           `json:"state"`
	By         string           `json:"by,omitempty"`
	On         string           `json:"on,omitempty"`
	Due        string           `json:"due,omitempty"` // the last day before a review is due
	Position   *policy.Position `json:"position,omitempty"`
}

// ReviewStates are the words for the states of what needs reviews.
var ReviewStates = [...]string{policy.NeverReviewed: "never confirmed", policy.ReviewOverdue: "overdue",
	policy.AwaitsReview: "not due yet", policy.ReviewedInTime: "confirmed"}

// reviewsJSON says what is confirmed: everything that the user has, or the sources of the rows.
func reviewsJSON(a *explain.Answer) (list []jsonToReview) {
	sources := map[policy.Pos]bool{}
	for i := range a.Rows {
		for _, v := range a.Rows[i].Via {
			sources[v.Pos] = true
		}
	}
	for _, x := range reviewsOf(a) {
		switch {
		case a.Permission != nil && (x.Entry == nil || !sources[x.Entry.Pos]):
		case a.Permission == nil && a.Scope != nil && x.Entry != nil && !x.Entry.Scope.Related(a.Scope):
		default:
			list = append(list, reviewJSON(a.Policy, x))
		}
	}
	return list
}

func reviewJSON(p *policy.Policy, x *policy.ToReview) jsonToReview {
	out := jsonToReview{Scope: x.Subject.Scope, State: ReviewStates[x.State(p.ReviewEvery, p.AsOf)],
		Position: positionOf(p.Files, x.Pos)}
	if x.Group != nil {
		out.Group = x.Group.ID
	}
	switch e := x.Entry; {
	case e == nil:
		out.MemberOf = x.What
	case e.Role != nil:
		out.Role = x.What
	default:
		out.Permission, out.Actions = x.What, e.ActionNames()
	}
	if x.Last != nil {
		out.By, out.On = x.Last.By.Name, x.Last.On.String()
	}
	if due := x.Due(p.ReviewEvery); due != 0 && (x.Last != nil || x.Starts != 0) {
		out.Due = due.String()
	}
	return out
}
