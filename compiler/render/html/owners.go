package html

import (
	"fmt"
	"strings"

	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/policy"
)

// OwnerLines say who must agree to a change of what people have on the scope.
func (s scopeView) OwnerLines() []string {
	return ownerLines(s.Policy, func(m *policy.Matcher) bool {
		path := m.Scope.Name
		return (path == "" || path == s.Path || strings.HasPrefix(s.Path, path+"/")) &&
			(m.Level.Name == "" || m.Level.Name == s.LevelName())
	})
}

// OwnerLines say who must agree to a change of what the person has.
func (p personView) OwnerLines() []string {
	key := p.Policy.Catalog.UserKey
	return ownerLines(p.Policy, func(m *policy.Matcher) bool {
		return (m.User.Name == "" || key(m.User.Name) == key(p.ID)) &&
			(m.Affiliation.Name == "" || m.Affiliation.Name == p.Affiliation)
	})
}

// ownerLines words the entries about gains and losses that a condition selects.
func ownerLines(p *policy.Policy, fits func(*policy.Matcher) bool) (list []string) {
	for i := range p.Owners {
		o := &p.Owners[i]
		var on []string
		for _, what := range []string{"gain", "loss"} {
			if o.Is(what) {
				on = append(on, what)
			}
		}
		if len(on) == 0 || !fits(&o.Match) {
			continue
		}
		var who []string
		for _, r := range o.Approvers {
			who = append(who, r.Name)
		}
		text := fmt.Sprintf("%d of %s to a %s", max(1, o.Min), strings.Join(who, ", "), strings.Join(on, " or "))
		if about := diff.ReviewMatcher(o.Match).String(); about != "" {
			text += " of " + about
		}
		list = append(list, text)
	}
	return list
}
