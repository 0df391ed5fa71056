package starter

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/internal/pattern"
	"permc.dev/permc/compiler/policy"
)

// item is a role or a permission in a cell.
type item struct{ kind, name, id string } // id: "" if there is none of that name

// items splits a cell with names of one kind. A name of the other kind is that: exports have one column for both.
func (p *People) items(cell, kind, other string) (list []item) {
	ids := map[string]func(string) string{"role": p.roleID, "permission": p.permissionID}
	known := func(s string) bool { return ids[kind](s) != "" || ids[other](s) != "" }
	for _, name := range splitNames(cell, known) {
		x := item{kind, name, ids[kind](name)}
		if x.id == "" && ids[other](name) != "" {
			x = item{other, name, ids[other](name)}
		}
		list = append(list, x)
	}
	return list
}

// splitNames splits a cell with several names, by semicolons and line ends, and by commas unless they are part of a
// name.
func splitNames(cell string, known func(string) bool) (list []string) {
	split := func(s string, seps string) (parts []string) {
		for _, part := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(seps, r) }) {
			if part = strings.TrimSpace(part); part != "" {
				parts = append(parts, part)
			}
		}
		return parts
	}
	if known(cell) {
		return []string{cell}
	}
	for _, part := range split(cell, ";\r\n") {
		names := split(part, ",")
		if known(part) || !slices.ContainsFunc(names, known) {
			names = splitJoined(part, known)
		}
		list = append(list, names...)
	}
	return list
}

// joined are what people write between two names, apart from commas.
var joined = pattern.Lazy(`(?i)\s*[|/+&]\s*|\s+(?:and|und)\s+`)

// splitJoined splits a text at other signs and words between names, if all of its parts are names.
func splitJoined(text string, known func(string) bool) []string {
	if parts := joined().Split(text, -1); !known(text) && !slices.ContainsFunc(parts, func(s string) bool {
		return !known(s)
	}) {
		return parts
	}
	return []string{text}
}

// roleID finds a role by its id, its title or another of its names; "" if there is none.
func (p *People) roleID(s string) string {
	c := p.catalog
	if r, _ := c.RoleNamed(s); r != nil {
		return r.ID
	}
	for _, r := range c.Roles {
		if policy.Fold(r.Title) == policy.Fold(s) || r.ID == toKebab(s) {
			return r.ID
		}
	}
	return ""
}

// permissionID finds a permission likewise.
func (p *People) permissionID(s string) string {
	c := p.catalog
	if q, _ := c.PermissionNamed(s); q != nil {
		return q.ID
	}
	for _, q := range c.Permissions {
		if policy.Fold(q.Title) == policy.Fold(s) || q.ID == toKebab(s) {
			return q.ID
		}
	}
	return ""
}
