package flags

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/policy"
)

// sensitivities are those that a permission may have.
var sensitivities = []string{"low", "medium", "high", "critical"}

// Matchers returns a flag for rows that nobody may gain, which may be repeated.
func Matchers(to *[]diff.Matcher) Value {
	l := &list[diff.Matcher]{all: to}
	l.word, l.parse, l.complete = "MATCHER", parseMatcher, completeMatcher
	return l
}

func parseMatcher(s string) (diff.Matcher, error) {
	m, err := diff.ParseMatcher(s)
	if err == nil && m.Sensitivity != "" && !slices.Contains(sensitivities, m.Sensitivity) {
		err = fmt.Errorf("sensitivity %q: use one of %s", m.Sensitivity, strings.Join(sensitivities, ", "))
	}
	return m, err
}

// completeMatcher completes the last FIELD=VALUE of a matcher.
func completeMatcher(project Project, start string) ([]string, cobra.ShellCompDirective) {
	before := start[:strings.LastIndexByte(start, ',')+1]
	list := listParts(project())
	for i := range list {
		list[i] = before + list[i]
	}
	return Starting(list, start), cobra.ShellCompDirectiveNoFileComp
}

// listParts lists the parts that a matcher may have. Without a project these are the ones that every project has.
func listParts(p *policy.Policy) (list []string) {
	if p != nil {
		for _, x := range []struct {
			field string
			names Names
		}{
			{"permission", ListPermissions}, {"role", ListRoles}, {"affiliation", ListAffiliations},
			{"scope", ListScopes}, {"level", ListLevels}, {"user", ListUsers}, {"action", ListActions},
			{"group", ListGroups},
		} {
			for _, name := range x.names(p) {
				list = append(list, x.field+"="+name)
			}
		}
	}
	for _, s := range sensitivities {
		list = append(list, "sensitivity="+s)
	}
	return list
}
