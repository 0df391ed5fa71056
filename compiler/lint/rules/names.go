package rules

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// aName is a name with its place.
type aName struct {
	text string
	pos  policy.Pos
}

// kindsOfNames calls f for the names of each kind, if some of them are not plain.
func kindsOfNames(p *policy.Policy, f func(kind string, names []aName)) {
	kind := func(kind string, n int, at func(i int) aName) {
		odd := false
		for i := 0; i < n && !odd; i++ {
			odd = !isPlainName(at(i).text)
		}
		if !odd {
			return
		}
		names := make([]aName, n)
		for i := range names {
			names[i] = at(i)
		}
		f(kind, names)
	}
	c := p.Catalog
	kind("group", len(p.Groups), func(i int) aName { return aName{p.Groups[i].ID, p.Groups[i].Pos} })
	kind("scope", len(p.Scopes), func(i int) aName { return aName{p.Scopes[i].Path, p.Scopes[i].Pos} })
	kind("role", len(c.Roles), func(i int) aName { return aName{c.Roles[i].ID, c.Roles[i].Pos} })
	kind("permission", len(c.Permissions), func(i int) aName {
		return aName{c.Permissions[i].ID, c.Permissions[i].Pos}
	})
}

// isPlainName reports whether a name is ASCII without capitals.
func isPlainName(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= 0x80 || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}

// eachFolded calls f for each name that folds to what an earlier one does. Of
// scopes, only the topmost ones that differ are reported.
func eachFolded(names []aName, f func(first, again aName)) {
	slices.SortFunc(names, func(x, y aName) int {
		if x.pos.Before(y.pos) {
			return -1
		}
		return 1
	})
	seen := map[string]aName{}
	for _, n := range names {
		key := policy.Fold(n.text)
		if first, ok := seen[key]; !ok {
			seen[key] = n
		} else if parent(first.text) == parent(n.text) {
			f(first, n)
		}
	}
}

func parent(path string) string { return path[:max(strings.LastIndexByte(path, '/'), 0)] }

// aboutNames starts a finding about a name that is too near to another one.
func aboutNames(kind string, n, like aName, format string) diag.Finding {
	d := lint.Findingf(n.pos, kind+" %s "+format, diag.Quote(n.text), diag.Quote(like.text))
	d.SetSubject(kind, n.text)
	d.With = []string{kind + ":" + like.text}
	return d.WithRelated(like.pos, "%s here", diag.Quote(like.text))
}
