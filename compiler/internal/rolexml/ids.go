package rolexml

import (
	"regexp"
	"strings"
)

var notID = regexp.MustCompile(`[^a-z0-9]+`)

// RoleID returns the id that a role has here: its name in lower case, with hyphens.
func RoleID(name string) string {
	if id := strings.Trim(notID.ReplaceAllString(strings.ToLower(name), "-"), "-"); id != "" {
		return id
	}
	return name
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
