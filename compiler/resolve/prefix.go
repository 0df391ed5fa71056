package resolve

import (
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/internal/pattern"
)

// levelPrefix matches what may be a level at the beginning of each part of a path.
var levelPrefix = pattern.Lazy(`(^|/)[a-z0-9]+(?:-[a-z0-9]+)*:`)

// suggestPrefix helps with a path that differs from a declared one only in the levels that its parts begin with:
// acme/api for acme/repo:api.
func suggestPrefix(d *diag.Finding, paths []string) {
	plain := levelPrefix().ReplaceAllString(d.Wrong, "$1")
	var same []string
	for _, path := range paths {
		if strings.HasSuffix(path, plain[strings.LastIndexByte(plain, '/')+1:]) &&
			levelPrefix().ReplaceAllString(path, "$1") == plain && !namesOtherLevel(d.Wrong, path) {
			same = append(same, path)
		}
	}
	switch len(same) {
	case 0:
	case 1:
		d.Help, d.Right = "did you mean "+diag.Quote(same[0])+"?", same[0]
	case 2:
		d.Help, d.Right = "did you mean "+diag.Quote(same[0])+" or "+diag.Quote(same[1])+"?", ""
	}
}

// namesOtherLevel reports whether a part begins with one level in the first path and with another in the second.
func namesOtherLevel(a, b string) bool {
	parts := strings.Split(b, "/")
	for i, part := range strings.Split(a, "/") {
		x, y := levelPrefix().FindString(part), levelPrefix().FindString(parts[i])
		if x != "" && y != "" && x != y {
			return true
		}
	}
	return false
}
