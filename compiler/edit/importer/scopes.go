package importer

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load/observe"
	"permc.dev/permc/compiler/load/observe/match"
	"permc.dev/permc/compiler/policy"
)

// addScopes declares the scopes that the project does not have, in the words of the system.
func (i *importer) addScopes(p *policy.Policy) error {
	m := match.New(p, i.o, i.opts.Map, i.opts.Scope)
	used := map[int32]bool{}
	isNamed := i.opts.Scope != "" && len(i.o.Entries) == 0 // what the product gives to everybody needs one
	for j := range i.o.Entries {
		if e := &i.o.Entries[j]; e.Scope != observe.None {
			used[e.Scope] = true
		} else {
			isNamed = i.opts.Scope != ""
		}
	}
	if isNamed {
		if why := i.addPath(p, strings.Split(i.opts.Scope, "/")); why != "" {
			return fmt.Errorf("--scope %s cannot be declared: %s", i.opts.Scope, why)
		}
	}
	for j := range i.o.Areas {
		if s := i.o.Areas[j].Scope; s != observe.None {
			used[s] = true
		}
	}
	depths := i.depths(p, m)
	for _, j := range slices.Sorted(maps.Keys(used)) {
		f, s := &m.Scopes[j], &i.o.Scopes[j]
		if f.Of != nil || f.Ambiguous != "" || f.Ignored != nil {
			continue
		}
		path := pathOf(p.Catalog, s)
		if len(path) < max(depths[j], 1) {
			if i.opts.Scope == "" {
				return &NeedScope{p.Catalog.Levels[0], s.Title()}
			}
			path = append(strings.Split(i.opts.Scope, "/"), path...)
		}
		if why := i.addPath(p, path); why != "" {
			i.refused[s.Title()] = why
		}
	}
	return nil
}

func mapped(list []string, f func(string) string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = f(s)
	}
	return out
}

// addPath declares a scope with those above it, or says why it cannot be declared.
func (i *importer) addPath(p *policy.Policy, path []string) (why string) {
	if p.ScopeByPath[strings.Join(path, "/")] != nil {
		return ""
	}
	if why = cmp.Or(refusePath(path), refuseLevels(p.Catalog, path)); why == "" {
		i.doc.scopes.add(path)
	}
	return why
}

// pathOf returns the path of an observed scope. One cell may hold a path; with more parts than the product has levels,
// it is a name with slashes.
func pathOf(c *policy.Catalog, s *observe.Scope) []string {
	if len(s.Path) != 1 || !strings.Contains(s.Path[0], "/") {
		return mapped(s.Path, policy.ScopePart)
	}
	parts := strings.Split(s.Path[0], "/")
	if countLevels(c) > 0 && len(parts) > countLevels(c) {
		return mapped(s.Path, policy.ScopePart)
	}
	for j, part := range parts {
		if policy.ScopePart(policy.ScopeName(part)) != part {
			parts[j] = policy.ScopePart(part) // a % of a name
		}
	}
	return parts
}

// countLevels returns how many parts a path can have, or 0 if there is no limit.
func countLevels(c *policy.Catalog) int {
	if c.Branching {
		return 0
	}
	return len(c.Levels)
}

// refuseLevels says why scopes of a path can have no level, or returns "". The parts may begin with a level.
func refuseLevels(c *policy.Catalog, path []string) string {
	fitting := c.Outermost
	for _, part := range path {
		if fitting == 0 {
			return "it is too deep: the levels are " + strings.Join(c.Levels, ", ")
		}
		names := c.LevelNames(fitting)
		before, _, colon := strings.Cut(part, ":")
		switch level, only := fitting.Only(); {
		case colon && slices.Contains(names, before):
			fitting = c.Inside[slices.Index(c.Levels, before)]
		case colon && diag.Nearest(before, c.Levels) != "":
			return fmt.Sprintf("%q is like the name of a level, and %s can be there", before,
				strings.Join(names, " or "))
		case !only:
			return "its level may be " + strings.Join(names, " or ")
		default:
			fitting = c.Inside[level]
		}
	}
	return ""
}

// depths returns the least number of parts that the path of each scope must have, so that what is given there can be;
// 0 and 1 ask for nothing. What can be given on several levels needs the outermost of them.
func (i *importer) depths(p *policy.Policy, m *match.Match) map[int32]int {
	if p.Catalog.Branching {
		return nil
	}
	depths := map[int32]int{}
	for j := range i.o.Entries {
		e := &i.o.Entries[j]
		levels := policy.LevelSet(0)
		if role, permission := m.Thing(e.Thing); role.Of != nil {
			levels = role.Of.Levels
		} else if permission.Of != nil {
			levels = permission.Of.Levels
		}
		for l := range p.Catalog.Levels {
			if levels.Has(l) {
				depths[e.Scope] = max(depths[e.Scope], l+1)
				break
			}
		}
	}
	return depths
}

// scopePath returns the path under which a scope is declared, or "".
func (i *importer) scopePath(m *match.Match, scope int32) string {
	if s := m.Scopes[scope].Of; s != nil {
		return s.Path
	}
	path := pathOf(i.was.Policy.Catalog, &i.o.Scopes[scope])
	if cmp.Or(refusePath(path), refuseLevels(i.was.Policy.Catalog, path)) != "" {
		return "" // it is left out, too
	}
	return strings.Join(path, "/")
}
