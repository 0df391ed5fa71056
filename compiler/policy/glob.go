package policy

import (
	"iter"
	"path"
	"slices"
	"strings"
)

// CheckGlob returns an error for a malformed pattern.
func CheckGlob(pattern string) error {
	_, err := path.Match(pattern, "")
	return err
}

// MatchGlob reports whether a pattern matches a relative path or one of the folders above it. * and ?
// stay within one folder, ** crosses folders.
func MatchGlob(pattern, name string) bool {
	globs := strings.Split(strings.Trim(strings.TrimPrefix(pattern, "./"), "/"), "/")
	parts := strings.Split(name, "/")
	for i := range parts {
		if matchParts(globs, parts[:i+1]) {
			return true
		}
	}
	return false
}

// matchParts matches a path part by part; ** matches any number of parts.
func matchParts(globs, parts []string) bool {
	// at[j] says whether the globs so far match parts[:j].
	at := make([]bool, len(parts)+1)
	at[0] = true
	for _, g := range globs {
		next := make([]bool, len(parts)+1)
		for j := range at {
			if g == "**" {
				next[j] = at[j] || j > 0 && next[j-1]
			} else if j > 0 && at[j-1] {
				ok, err := path.Match(g, parts[j-1])
				next[j] = ok && err == nil
			}
		}
		at = next
	}
	return at[len(parts)]
}

// Globs matches a path against many patterns. Those without wildcards take one step together.
type Globs struct {
	list  []string
	plain map[string]int // the first pattern without wildcards, by path
	wild  []int          // the other patterns
}

// NewGlobs returns a matcher for patterns.
func NewGlobs(list []string) *Globs {
	g := &Globs{list: list, plain: map[string]int{}}
	for i, pattern := range list {
		name, ok := plainGlob(pattern)
		if !ok {
			g.wild = append(g.wild, i)
		} else if _, known := g.plain[name]; !known {
			g.plain[name] = i
		}
	}
	return g
}

// plainGlob returns the path that a pattern names, if it has no wildcards.
func plainGlob(pattern string) (name string, ok bool) {
	return strings.Trim(strings.TrimPrefix(pattern, "./"), "/"), !strings.ContainsAny(pattern, `*?[\`)
}

// Match returns the first of the patterns that matches a relative path or one of the folders above it.
func (g *Globs) Match(name string) (pattern string, ok bool) {
	first := len(g.list)
	if len(g.plain) > 0 {
		for folder := range AndFolders(name) {
			if i, ok := g.plain[folder]; ok {
				first = min(first, i)
			}
		}
	}
	for _, i := range g.wild {
		if i >= first {
			break
		}
		if MatchGlob(g.list[i], name) {
			first = i
			break
		}
	}
	if first == len(g.list) {
		return "", false
	}
	return g.list[first], true
}

// AndFolders yields the folders above a path, from the top, and the path itself.
func AndFolders(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range len(name) {
			if name[i] == '/' && !yield(name[:i]) {
				return
			}
		}
		yield(name)
	}
}

// Paths finds out which patterns match one of many paths.
type Paths struct {
	paths []string
	known map[string]bool // the paths and all folders above them
}

// NewPaths returns paths to match.
func NewPaths(paths []string) *Paths {
	t := &Paths{paths: paths, known: map[string]bool{}}
	for _, name := range paths {
		for folder := range AndFolders(name) {
			t.known[folder] = true
		}
	}
	return t
}

// Has reports whether a pattern matches one of the paths.
func (t *Paths) Has(pattern string) bool {
	if name, ok := plainGlob(pattern); ok {
		return t.known[name]
	}
	return slices.ContainsFunc(t.paths, func(name string) bool { return MatchGlob(pattern, name) })
}
