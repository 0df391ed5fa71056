package rules

import (
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// InvalidReview flags a review that cannot have happened.
var InvalidReview = &lint.Rule{
	ID:       "invalid-review",
	Severity: diag.Error,
	Doc: lint.Doc{
		What: "A review that is dated in the future, or signed by the person who benefits or by nobody whom the " +
			"project knows.",
		Why:   "It confirms nothing, and looks as if somebody had decided.",
		Do:    "Have somebody else decide, who is a user or among the people, and write the day on which they did.",
		Fires: strings.TrimSuffix(reviewed("2026-06-10", "ana@contoso.example"), reviewSetting),
		Fixed: strings.TrimSuffix(reviewed("2026-06-10", "olga@contoso.example"), reviewSetting),
		Gaps: "Whether the person really decided, permc cannot know. Somebody who joined the reviewed group after " +
			"the " +
			"review counts as benefiting from it. `permc diff` reports a review of what the same change adds, too.",
	},
	Policy: checkInvalidReviews,
}

func checkInvalidReviews(p *lint.Pass) {
	if p.Policy.Reviews == nil {
		return
	}
	for _, x := range p.Policy.Reviews.List {
		if !x.Fault.Invalid() {
			continue
		}
		d := diag.Finding{Pos: x.By.Pos, Help: "have somebody else decide"}
		switch by := diag.Quote(x.By.Name); x.Fault {
		case policy.NamesNobody:
			d.Message, d.Help = by+" names nobody", "write who decided: a user's id or an address"
		case policy.UnknownReviewer:
			d.Message = by + " is neither a user of this project nor among its people"
			d.Help = "write the id of a user; add a reviewer who is no user under people"
		case policy.OwnReview:
			d.Message = by + " confirms their own access"
		case policy.EarlyReview:
			d.Message, d.Help = "the review is of "+x.On.String()+
				", which is in the future", "write the day of the decision"
			d.Pos = x.OnAt
		case policy.NewReviewer:
			d.Message, d.Help = by+" is added by this change", "have somebody decide whom the base knows"
		case policy.SelfConfirmed:
			d.Message, d.Help = "this change confirms what it adds itself", "remove the review: it can be confirmed "+
				"once it is merged"
			d.Pos = x.Pos
		}
		d.Message += ", so this confirms nothing: " + sayReviewed(x)
		p.Report(describeReview(x, d))
	}
}

// sayReviewed names what a review is about.
func sayReviewed(x *policy.Review) string {
	holder := diag.Quote(x.User.Name)
	if x.Group.Given() {
		holder = "group " + diag.Quote(x.Group.Name)
	}
	if x.Kind == policy.MemberSubject {
		return "the membership of " + holder + " in group " + diag.Quote(x.What)
	}
	return diag.Quote(x.What) + " on " + diag.Quote(x.Subject.Scope) + " of " + holder
}

// describeReview fills in what a finding on a review is about.
func describeReview(x *policy.Review, d diag.Finding) diag.Finding {
	d.User, d.Group, d.Scope = x.User.Name, x.Group.Name, x.Subject.Scope
	d.Role, d.Permission = x.Role.Name, x.Permission.Name
	if x.MemberOf.Given() {
		d.With = []string{"group:" + x.MemberOf.Name}
	}
	return d
}
