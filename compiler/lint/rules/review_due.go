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
		What: "An assignment, a grant or a membership whose review is overdue.",
		Why:  "Access that nobody looks at outlives the work that it was for.",
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
	every := p.Policy.ReviewEvery
	if !every.Limited {
		return
	}
	p.Policy.EachToReview(func(x *policy.ToReview) {
		switch x.State(every, p.Policy.AsOf) {
		case policy.NeverReviewed, policy.ReviewOverdue:
			p.Report(describeDue(x, every))
		}
	})
}

// describeDue returns the finding about what nobody has confirmed.
func describeDue(x *policy.ToReview, every policy.MaxAge) diag.Finding {
	d := diag.Finding{Pos: x.Pos, Help: "decide about it: permc compile --review makes the sheet"}
	switch what := sayToReview(x); {
	case x.Last == nil && x.Starts == 0:
		d.Message = what + " was never reviewed"
		d.Help += "; if it is new, write starts, and the first review is due " + countDays(every.Days) + " later"
	case x.Last == nil:
		d.Message = fmt.Sprintf("%s was never reviewed; it started on %s", what, x.Starts)
	default:
		d.Message = fmt.Sprintf("%s was last confirmed on %s, which counted until %s", what, x.Last.On, x.Due(every))
		d = d.WithRelated(x.Last.Pos, "confirmed by %s here", diag.Quote(x.Last.By.Name))
	}
	if x.Entry != nil {
		return describeEntry(&lint.Subject{Entry: x.Entry, User: x.User, Group: x.Group}, d)
	}
	if d.Group = x.Into.ID; x.Group == nil {
		d.User = x.Name
	} else {
		d.With = []string{x.Name}
	}
	return d
}

// sayToReview names what is to be reviewed.
func sayToReview(x *policy.ToReview) string {
	if x.Entry != nil {
		return fmt.Sprintf("%q on %q", itemID(x.Entry), x.Entry.Scope.Path)
	}
	name := diag.Quote(x.Name)
	if x.Group != nil {
		name = "group " + diag.Quote(x.Group.ID)
	}
	return fmt.Sprintf("the membership of %s in group %q", name, x.Into.ID)
}
