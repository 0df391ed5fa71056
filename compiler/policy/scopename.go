package policy

import (
	"strconv"
	"strings"
)

// A path joins the parts of a scope with slashes. In a part, a slash of the
// system's own name is written %2F, and a percent sign %25, so that each name has
// one spelling and no two names share one.

var (
	escapeScope   = strings.NewReplacer("%", "%25", "/", "%2F")
	unescapeScope = strings.NewReplacer("%25", "%", "%2F", "/")
)

// ScopePart returns the part of a path that stands for a scope's name.
func ScopePart(name string) string { return escapeScope.Replace(name) }

// ScopeName returns the name that a part of a path stands for.
func ScopeName(part string) string { return unescapeScope.Replace(part) }

// PathList returns the path of a scope as a list of the names that the system has.
func PathList(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		parts[i] = strconv.Quote(ScopeName(part))
	}
	return "[" + strings.Join(parts, ", ") + "]"
}
