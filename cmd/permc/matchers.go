package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/policy"
)

// bindMatchers gives the names in the matchers of a flag such as --forbid their ids. One of the sides must know each
// name; where they mean different things by it, both count.
func bindMatchers(flag string, list []diff.Matcher, base, head *compiler.Project) (out []diff.Matcher, err error) {
	for _, m := range list {
		var first error
		known := false
		for _, p := range [...]*compiler.Project{base, head} {
			if p == nil {
				continue
			}
			x, err := bindMatcher(m, p.Policy)
			if err != nil {
				first = err // that of the head, which is where one would look
				continue
			}
			known = true
			if !slices.Contains(out, x) {
				out = append(out, x)
			}
		}
		if !known && first != nil {
			return nil, usage("%s %s: %s", flag, m, strings.TrimPrefix(first.Error(), "--"))
		}
	}
	return out, nil
}

// bindMatcher gives the names in a matcher their ids in a project. A user need not be there yet.
func bindMatcher(m diff.Matcher, p *policy.Policy) (diff.Matcher, error) {
	f := filterFlags{scope: m.Scope, permission: m.Permission, role: m.Role, affiliation: m.Affiliation, group: m.Group,
		action: m.Action}
	bound, err := f.bind(p)
	if err != nil {
		return m, err
	}
	if levels := p.Catalog.Levels; m.Level != "" && !slices.Contains(levels, m.Level) {
		return m, fmt.Errorf("level %q: there is no such level; %s", m.Level, suggest(m.Level, levels))
	}
	n := names{policy: p}
	if m.User != "" {
		if u := n.user("user", m.User); u != nil {
			m.User = u.ID
		}
	}
	if bound.Scope != nil {
		m.Scope = bound.Scope.Path
	}
	if bound.Permission != nil {
		m.Permission = bound.Permission.ID
	}
	if bound.Role != nil {
		m.Role = bound.Role.ID
	}
	m.Group = cmp.Or(bound.Group, m.Group)
	return m, nil
}
