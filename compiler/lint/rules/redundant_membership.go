package rules

import (
	"fmt"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/lint/redundant"
	"permc.dev/permc/compiler/policy"
)

// RedundantMembership flags a membership without which everybody has the same access on every day.
var RedundantMembership = &lint.Rule{
	ID:       "redundant-membership",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What: "A membership that gives nothing: the member is in the group through an inner group, too, or has all " +
			"that " +
			"the group gives from elsewhere.",
		Why: "If only one of the two ways is removed, the access stays.",
		Do:  "Remove the membership.",
		Fires: hub + `users: "ana@contoso.example": affiliation: "customer"
groups: {
	support: {
		members: ["ana@contoso.example", "group:night"]
		grants: [{permission: "support-contact", scope: "contoso/emea"}]
	}
	night: {
		members: ["ana@contoso.example"]
		grants: [{permission: "support-contact", scope: "contoso/apac"}]
	}
}
`,
		Fixed: hub + `users: "ana@contoso.example": affiliation: "customer"
groups: {
	support: {
		members: ["group:night"]
		grants: [{permission: "support-contact", scope: "contoso/emea"}]
	}
	night: {
		members: ["ana@contoso.example"]
		grants: [{permission: "support-contact", scope: "contoso/apac"}]
	}
}
`,
		Gaps: "A membership of a group that a rule, an expectation or a gate names, or that owns another group, is " +
			"never redundant, unless the member is in the group through another one, too. Access that one permission " +
			"implies or that is derived covers nothing. Memberships of " +
			"groups in groups are looked at only where no membership has a period.",
	},
	Policy: redundantMembership,
}

func redundantMembership(p *lint.Pass) {
	for _, x := range p.Redundant().Memberships {
		m := &lint.Member{Member: &policy.Member{User: x.User, Inner: x.Inner, Pos: x.Pos}, Group: x.Group}
		d := describeMember(m, lint.Findingf(x.Pos, "%s %s", m.Name(), whyRedundant(&x)))
		d.Help = "remove the membership"
		p.Report(d)
	}
}

func whyRedundant(x *redundant.Membership) string {
	if x.Through != nil {
		return fmt.Sprintf("is in group %q through group %q, too", x.Group.ID, x.Through.ID)
	}
	if x.Inner != nil {
		return fmt.Sprintf("gains nothing from group %q: all of its members have the same without it", x.Group.ID)
	}
	return fmt.Sprintf("has the same access without this membership of group %q", x.Group.ID)
}
