package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// UnusedReview flags a review that confirms nothing any more.
var UnusedReview = &lint.Rule{
	ID:       "unused-review",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What: "A review that confirms nothing any more: the entry is gone or expires later than it did, or was " +
			"reviewed again.",
		Why:   "If the access comes back, it would look as if somebody had confirmed it.",
		Do:    "Remove it. `permc fix` removes one that a later one replaces.",
		Fires: unusedReview(`, expires: "2026-12-31"`),
		Fixed: unusedReview(""),
		Gaps:  "A review of a grant that names actions is of exactly these.",
	},
	Policy: checkUnusedReviews,
}

// unusedReview returns an example with a review of an assignment that had an expiry, or none.
func unusedReview(expires string) string {
	return hub + `users: {
	"ana@contoso.example": {
		affiliation: "customer"
		roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
	}
	"olga@contoso.example": {
		affiliation: "customer"
		roles: [{role: "workspace-administrator", scope: "contoso/apac"}]
	}
}
reviews: [{user: "ana@contoso.example", role: "workspace-administrator", scope: "contoso/emea"` + expires + `,
	by: "olga@contoso.example", on: "2026-06-10"}]
`
}

func checkUnusedReviews(p *lint.Pass) {
	if p.Policy.Reviews == nil {
		return
	}
	for _, x := range p.Policy.Reviews.List {
		d := diag.Finding{Pos: x.Pos, Help: "remove the review"}
		switch x.Fault {
		case policy.NoSubject:
			d.Message = "the project no longer has what this review confirms: " + sayReviewed(x)
			d.Help = "remove the review, or correct its names"
		case policy.Widened:
			d.Message = sayReviewed(x) + " was confirmed until " + x.Ends.String() + ", and now has no expiry"
			if x.Now != policy.Date(0).End() {
				d.Message = sayReviewed(x) + " was confirmed until " + x.Ends.String() + ", and now expires on " +
					x.Now.String()
			}
			d.Help = "review it again, and remove this review"
		case policy.Replaced:
			d.Message = "a review of " + x.Better.On.String() + " replaces this one of " + x.On.String() + ": " +
				sayReviewed(x)
			d = d.WithRelated(x.Better.Pos, "the later review").
				WithEdit(diag.DropItem, "removed the review of "+x.On.String()+" of "+sayReviewed(x))
		default:
			continue
		}
		p.Report(describeReview(x, d))
	}
}
