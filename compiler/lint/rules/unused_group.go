package rules

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// UnusedGroup flags a group that gives its members nothing.
var UnusedGroup = &lint.Rule{
	ID:       "unused-group",
	Severity: diag.Warning,
	Doc: lint.Doc{
		What: "A group that gives its members nothing.",
		Why:  "Readers take it for access that does not exist.",
		Do:   "Remove it, or add the roles or grants it should give.",
		Fires: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
}
groups: "apac-support": members: ["ana@contoso.example"]
`,
		Fixed: hub + `users: "ana@contoso.example": {
	affiliation: "customer"
	roles: [{role: "workspace-administrator", scope: "contoso/emea"}]
}
groups: "apac-support": {
	members: ["ana@contoso.example"]
	grants: [{permission: "support-contact", scope: "contoso/apac"}]
}
`,
		Gaps: "A group whose entries are all rejected or expired is not reported; the entries are.",
	},
	Policy: unusedGroup,
}

func unusedGroup(p *lint.Pass) {
	named := map[string]bool{}
	for _, r := range p.Policy.Rules {
		if r.Require != nil {
			namedGroups(r.Require.Needs, named)
		}
		for _, s := range []*policy.Selector{r.Deny, r.Forbid} {
			if s != nil {
				namedGroups(s.Unless, named)
			}
		}
		for _, g := range r.SelectedGroups() {
			named[g.Name] = true
		}
	}
	p.Policy.Catalog.Conditions(func(r *policy.Requirement) { namedGroups(r, named) })
	gives := policy.OrAround(func(g *policy.Group) bool { return len(g.Entries) > 0 || named[g.ID] })
	for _, g := range p.Policy.Groups {
		if !g.Undeclared && !gives(g) {
			d := lint.Findingf(g.Pos, "group %q gives nothing", g.ID)
			d.Group, d.Help = g.ID, "remove it, or add the roles or grants it should give"
			p.Report(d)
		}
	}
}

// namedGroups collects the names of the groups that a requirement checks.
func namedGroups(r *policy.Requirement, into map[string]bool) {
	if r == nil {
		return
	}
	into[r.GroupName.Name] = true
	for _, list := range [][]*policy.Requirement{r.AllOf, r.AnyOf, r.NoneOf} {
		for _, x := range list {
			namedGroups(x, into)
		}
	}
}
