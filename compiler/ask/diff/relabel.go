package diff

import (
	"slices"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// asDescribedBefore returns the findings of forbid and require rules about relabelled people, as the base describes
// them: a change cannot take a person out of a rule by relabelling them. Findings that exist anyway are left out.
func asDescribedBefore(p *compiler.Project, people []Person, found []diag.Finding) []diag.Finding {
	var about []*policy.Rule
	for _, r := range p.Policy.Rules {
		if r.Forbid != nil || r.Require != nil {
			about = append(about, r)
		}
	}
	if len(about) == 0 || !slices.ContainsFunc(people, func(x Person) bool { return x.DescribedBefore() != nil }) {
		return nil
	}
	part := *p.Policy
	part.Rules = about
	linter := compiler.NewLinter(&part, nil)
	look := compiler.NewLooker(p.Policy, linter, policy.NewCalendar(p.Policy))
	var list []diag.Finding
	for i := range people {
		x := &people[i]
		before := x.DescribedBefore()
		at, ok := p.Policy.FindUser(x.User().ID)
		if before != nil && ok {
			u := p.Policy.Users[at]
			list = append(list, look.UserAs(u, describeAs(u, before))...)
		}
	}
	come, _, _ := Findings(found, slices.DeleteFunc(linter.Settle(list), aboutSilence))
	for i := range come {
		come[i].Message += ", as the base describes them"
	}
	return come
}

// describeAs returns a user with the affiliation and attributes of another description.
func describeAs(u, as *policy.User) *policy.User {
	described := *u
	described.Affiliation, described.Attributes = as.Affiliation, as.Attributes
	return &described
}
