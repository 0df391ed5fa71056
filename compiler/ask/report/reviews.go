package report

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Reviewed is an entry or a membership, with whether it is confirmed.
type Reviewed struct {
	*policy.ToReview
	State policy.ReviewState
	Level string      // the highest sensitivity of what it may give
	Due   policy.Date // the last day before a review is due; 0 if none is, or one is already
}

// Reviews say what is confirmed, and what nobody has confirmed for too long.
type Reviews struct {
	Every   policy.MaxAge
	List    []*Reviewed // the most urgent first
	Counts  [4]int      // by state
	OfUser  map[*policy.User][]*Reviewed
	OfGroup map[*policy.Group][]*Reviewed // its entries, and its own memberships
}

// collectReviews lists what needs reviews, or returns nil if the project has nothing to do with them.
func collectReviews(p *policy.Policy) *Reviews {
	if !p.UsesReviews() {
		return nil
	}
	r := &Reviews{Every: p.ReviewEvery}
	p.EachToReview(func(x *policy.ToReview) {
		y := &Reviewed{x, x.State(r.Every, p.AsOf), x.Sensitivity(), x.Due(r.Every)}
		if y.State == policy.NeverReviewed && x.Starts == 0 || y.State == policy.AwaitsReview && !r.Every.Limited {
			y.Due = 0
		}
		r.List = append(r.List, y)
	})
	slices.SortStableFunc(r.List, compareReviewed)
	return r.Shown(nil)
}

// compareReviewed orders what is overdue before what is not, then by sensitivity, then by day.
func compareReviewed(a, b *Reviewed) int {
	overdue := func(x *Reviewed) int { return max(int(x.State), int(policy.ReviewOverdue)) }
	rank := func(x *Reviewed) int { return slices.Index(policy.Sensitivities, x.Level) }
	return cmp.Or(overdue(a)-overdue(b), rank(b)-rank(a), cmp.Compare(a.Due, b.Due), cmp.Compare(a.Holder, b.Holder),
		cmp.Compare(a.What, b.What), cmp.Compare(a.Subject.Scope, b.Subject.Scope))
}

// Shown returns the part that is shown.
func (r *Reviews) Shown(shows Shows) *Reviews {
	if r == nil {
		return nil
	}
	out := &Reviews{Every: r.Every, OfUser: map[*policy.User][]*Reviewed{}, OfGroup: map[*policy.Group][]*Reviewed{}}
	for _, x := range r.List {
		if shows != nil && !shows(x.names()) {
			continue
		}
		out.List = append(out.List, x)
		out.Counts[x.State]++
		if x.User != nil {
			out.OfUser[x.User] = append(out.OfUser[x.User], x)
		} else if x.Group != nil {
			out.OfGroup[x.Group] = append(out.OfGroup[x.Group], x)
		}
	}
	return out
}

// names returns what a filter asks about.
func (x *Reviewed) names() (user, role, permission, scope string) {
	if x.User != nil {
		user = x.User.ID
	}
	switch e := x.Entry; {
	case e == nil:
	case e.Role != nil:
		role, scope = e.Role.ID, e.Scope.Path
	default:
		permission, scope = e.Permission.ID, e.Scope.Path
	}
	return user, role, permission, scope
}

// Overdue counts what nobody has confirmed for too long.
func (r *Reviews) Overdue() int {
	return r.Counts[policy.NeverReviewed] + r.Counts[policy.ReviewOverdue]
}

// Confirmed counts what is confirmed.
func (r *Reviews) Confirmed() int { return r.Counts[policy.ReviewedInTime] }

// OfEntry returns the review of an entry of a user or a group, or nil.
func (r *Reviews) OfEntry(u *policy.User, g *policy.Group, e *policy.Entry) *Reviewed {
	list := r.OfGroup[g]
	if u != nil {
		list = r.OfUser[u]
	}
	for _, x := range list {
		if x.Entry != nil && x.Entry.Pos == e.Pos && x.Entry.Scope == e.Scope {
			return x
		}
	}
	return nil
}

// OfMember returns the review of the membership of a user in a group, or nil.
func (r *Reviews) OfMember(u *policy.User, g *policy.Group) *Reviewed {
	for _, x := range r.OfUser[u] {
		if x.Into == g {
			return x
		}
	}
	return nil
}
