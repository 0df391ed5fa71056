package policy

import (
	"path"
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
