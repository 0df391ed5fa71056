package rolexml

import (
	"cmp"
	"slices"
	"strings"

	"permc.dev/permc/compiler/internal/pattern"
)

var notID = pattern.Lazy(`[^a-z0-9]+`)

// RoleID returns the id that a role has here: its name in lower case, with hyphens. A name without such letters gives
// way to the role's own id.
func RoleID(name, id string) string {
	clean := func(s string) string { return strings.Trim(notID().ReplaceAllString(strings.ToLower(s), "-"), "-") }
	return cmp.Or(clean(name), clean(id))
}

// Reach returns how far a level reaches, in any case: a greater number includes the smaller ones.
func Reach(level string) int {
	return slices.IndexFunc(Levels, func(l string) bool { return strings.EqualFold(l, level) })
}

// rights are the words of privileges, the longest first where one begins another.
var rights = [][2]string{{"AppendTo", "append-to"}, {"Append", "append"}, {"Create", "create"}, {"Read", "read"},
	{"Write", "write"}, {"Delete", "delete"}, {"Assign", "assign"}, {"Share", "share"}}

// PermissionID returns the id of the permission for a privilege that the catalog does not have: TABLE:RIGHT, or its
// name.
func PermissionID(privilege string) string {
	rest, ok := strings.CutPrefix(privilege, "prv")
	if !ok {
		return privilege
	}
	for _, x := range rights {
		if table, ok := strings.CutPrefix(rest, x[0]); ok && table != "" {
			return strings.ToLower(table) + ":" + x[1]
		}
	}
	return privilege
}
