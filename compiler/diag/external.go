package diag

import (
	"slices"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// NameExternal notes at each finding what the things that it mentions are called in the system. The names are sorted.
func NameExternal(names []policy.External, found []Finding) []Finding {
	if len(names) == 0 {
		return found
	}
	for i := range found {
		found[i].External = found[i].externalAmong(names)
	}
	return found
}

// externalAmong returns the names of what a finding is about, and of what its message quotes.
func (d *Finding) externalAmong(names []policy.External) (list []policy.External) {
	about := map[string]bool{"": true, d.Wrong: true}
	add := func(kind, of, id string) {
		about[id] = true
		list = appendNamed(list, names, kind, of, id)
	}
	add("scope", "", d.Scope)
	add("role", "", d.Role)
	add("permission", "", d.Permission)
	add("action", d.Permission, d.Action)
	add("group", "", d.Group)
	if group, ok := strings.CutPrefix(d.User, "group:"); ok {
		add("group", "", group)
	}
	for _, x := range d.Things {
		add("scope", "", x.Scope)
		add("role", "", x.Role)
		add("permission", "", x.Permission)
	}
	for _, text := range slices.Concat(d.With, d.Extent) {
		kind, id, _ := strings.Cut(text, ":")
		id, scope, _ := strings.Cut(id, "@")
		add("scope", "", scope)
		if kind == "action" {
			add(kind, d.Permission, id)
		} else {
			add(kind, "", id)
		}
	}
	for _, id := range quoted(d.Message) {
		if about[id] {
			continue
		}
		for _, kind := range [...]string{"group", "permission", "role", "scope"} {
			list = appendNamed(list, names, kind, "", strings.TrimPrefix(id, "group:"))
		}
		list = appendNamed(list, names, "action", d.Permission, id)
	}
	slices.SortFunc(list, policy.CompareExternal)
	return slices.Compact(list)
}

// appendNamed appends the name of a thing, if it has another one than its id.
func appendNamed(list, names []policy.External, kind, of, id string) []policy.External {
	at, ok := slices.BinarySearchFunc(names, policy.External{Kind: kind, Of: of, ID: id}, policy.CompareExternal)
	if id == "" || !ok {
		return list
	}
	return append(list, names[at])
}

// quoted returns what a message has in quotes.
func quoted(message string) (list []string) {
	for {
		at := strings.IndexByte(message, '"')
		if at < 0 {
			return list
		}
		text, err := strconv.QuotedPrefix(message[at:])
		if err != nil {
			message = message[at+1:]
			continue
		}
		if id, err := strconv.Unquote(text); err == nil {
			list = append(list, id)
		}
		message = message[at+len(text):]
	}
}
