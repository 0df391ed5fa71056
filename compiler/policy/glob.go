package policy

import (
	"path"
	"strings"
)

// CheckGlob says what is wrong with a pattern of MatchGlob.
func CheckGlob(pattern string) error {
	_, err := path.Match(pattern, "")
	return err
}

// MatchGlob reports whether a pattern matches a path below the folder that it is
// relative to, or a folder above it. * and ? stay within one folder, ** crosses
// folders.
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

// matchParts matches a path part by part; ** stands for any number of parts.
func matchParts(globs, parts []string) bool {
	// at[j] tells whether the globs so far match parts[:j].
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
