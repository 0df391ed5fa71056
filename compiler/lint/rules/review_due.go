package rules

import (
	"fmt"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// ReviewDue flags access that nobody has confirmed for longer than the project allows.
var ReviewDue = &lint.Rule{
	ID:       "review-due",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What: "An assignment, a grant or a membership that nobody has confirmed for longer than settings.reviewEvery " +
			"allows.",
		Why: "Access that nobody looks at outlives the work that it was for.",
		Do: "Have it reviewed: `permc compile --review` makes the sheet, and `permc review SHEET --apply` writes " +
			"what was " +
			"confirmed. Or remove it.",
		Fires: reviewed("2026-01-12", "olga@contoso.example"),
		Fixed: reviewed("2026-06-10", "olga@contoso.example"),
		Settings: `How long a review counts: settings: reviewEvery: "90d". Without it, nothing needs a review. What was ` +
			"never reviewed is due that long after its `starts`, or at once if it has none.",
		Gaps: "What is not in force needs no review: entries that start later or have expired, and those of users " +
			"who are " +
			"disabled or only invited. Nor does what nobody writes: a product's default role, the built-in groups, " +
			"and groups " +
			"of those who are at home. Whether a role or a group gives more than when it was confirmed is not noticed.",
	},
	Policy: checkReviews,
}

// reviewed returns an example with an assignment that somebody confirmed on a day.
func reviewed(on, by string) string {
	return hub + `users: {
	"ana@contoso.example": {
		affiliation: "customer"
		roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
	}
	"olga@contoso.example": {
		affiliation: "customer"
		roles: [{role: "workspace-administrator", scope: "contoso/apac", starts: "2026-05-04"}]
	}
}
reviews: [{
	user:  "ana@contoso.example"
	role:  "workspace-administrator"
	scope: "contoso/emea"
	by:    "` + by + `"
	on:    "` + on + `"
}]
` + reviewSetting
}

const reviewSetting = `settings: reviewEvery: "90d"
`

func checkReviews(p *lint.Pass) {
	if !p.Policy.ReviewEvery.Limited {
		return
	}
	key := p.Policy.Catalog.UserKey
	for _, u := range p.Policy.Users {
		if u.Waits() {
			continue
		}
		holder := key(u.ID)
		for i := range u.Entries {
			if e := &u.Entries[i]; !e.ByDefault && e.FaultFor(u) == 0 {
				checkReviewOf(p, &lint.Subject{Entry: e, User: u}, holder)
			}
		}
	}
	for _, g := range p.Policy.Groups {
		for i := range g.Entries {
			if e := &g.Entries[i]; e.Fault == 0 {
				checkReviewOf(p, &lint.Subject{Entry: e, Group: g}, policy.GroupHolder(g.ID))
			}
		}
		if g.ListsMembers() {
			checkMembersOf(p, g)
		}
	}
}

// checkReviewOf checks an entry.
func checkReviewOf(p *lint.Pass, e *lint.Subject, holder string) {
	if !e.InForce(p.Policy.AsOf) {
		return
	}
	what := fmt.Sprintf("%q on %q", itemID(e.Entry), e.Scope.Path)
	if d := dueReview(p, e.Subject(holder), e.Starts, e.Ends, what); d != nil {
		d.Pos = e.Pos
		p.Report(describeEntry(e, *d))
	}
}

// checkMembersOf checks the memberships of a group.
func checkMembersOf(p *lint.Pass, g *policy.Group) {
	waits := map[string]bool{}
	for _, u := range g.Users {
		if u.Waits() {
			waits[p.Policy.Catalog.UserKey(u.ID)] = true
		}
	}
	g.EachMember(p.Policy.Catalog.UserKey, func(m policy.MemberAt) {
		period, ok := m.Terms.Period()
		if !ok || !period.Covers(p.Policy.AsOf) || waits[m.Holder] {
			return
		}
		name := m.Name
		if m.Inner != "" {
			name = "group " + m.Inner
		}
		d := dueReview(p, m.Subject, period.Starts, period.Ends,
			fmt.Sprintf("the membership of %s in group %q", diag.Quote(name), g.ID))
		if d == nil {
			return
		}
		if d.Pos, d.Group = m.Pos, g.ID; m.Inner == "" {
			d.User = m.Name
		} else {
			d.With = []string{"group:" + m.Inner}
		}
		p.Report(*d)
	})
}

// dueReview returns a finding if a review is due, or nil.
func dueReview(p *lint.Pass, s policy.Subject, starts, ends policy.Date, what string) *diag.Finding {
	every := p.Policy.ReviewEvery
	last := p.Policy.Reviews.Last(s, ends)
	d := diag.Finding{Help: "decide about it: permc compile --review makes the sheet"}
	switch {
	case last != nil && p.Policy.AsOf <= last.Due(every), last == nil && starts != 0 &&
		p.Policy.AsOf <= starts+policy.Date(every.Days):
		return nil
	case last == nil && starts == 0:
		d.Message = what + " was never reviewed"
		d.Help += "; if it is new, write starts, and the first review is due " + countDays(every.Days) + " later"
	case last == nil:
		d.Message = fmt.Sprintf("%s was never reviewed; it started on %s", what, starts)
	default:
		d.Message = fmt.Sprintf("%s was last confirmed on %s, which counted until %s", what, last.On, last.Due(every))
		d = d.WithRelated(last.Pos, "confirmed by %s here", diag.Quote(last.By.Name))
	}
	return &d
}
