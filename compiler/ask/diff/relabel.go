package diff

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// asDescribedBefore returns what forbid and require rules find of people who are
// described differently, if they are as the base describes them: a change cannot
// take a person out of a rule by relabelling them. What is found anyway is
// left out.
func asDescribedBefore(p *compiler.Project, people []Person, found []diag.Diagnostic) []diag.Diagnostic {
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
	var list []diag.Diagnostic
	for i := range people {
		x := &people[i]
		before := x.DescribedBefore()
		at, ok := slices.BinarySearchFunc(p.Policy.Users, x.User().ID, func(u *policy.User, id string) int { return strings.Compare(u.ID, id) })
		if before != nil && ok {
			list = append(list, describedAs(look, p.Policy.Users[at], before)...)
		}
	}
	come, _, _ := Findings(found, slices.DeleteFunc(linter.Settle(list), aboutSilence))
	for i := range come {
		come[i].Message += ", as the base describes them"
	}
	return come
}

// describedAs looks on all days at what a user has, and at the rules with the
// affiliation and attributes of another description.
func describedAs(l *compiler.Looker, u, as *policy.User) (found []diag.Diagnostic) {
	described := *u
	described.Affiliation, described.Attributes = as.Affiliation, as.Attributes
	access := l.Flatten.User(u)
	access.User = &described
	found = l.Lint.User(&access)
	for _, day := range policy.SortDays(l.Calendar.Turns(nil, u)) {
		if day > l.Last {
			break
		}
		access := l.Flatten.UserOn(u, day)
		access.User = &described
		found = append(found, l.Lint.Later(&access)...)
	}
	return found
}
