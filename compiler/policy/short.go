package policy

import (
	"slices"
	"strings"
)

// ShortenActions returns the first letters of each action, as many as tell it from the others, or all.
func ShortenActions(actions []string) []string {
	list := make([]string, len(actions))
	for i, a := range actions {
		list[i] = a
		for end := range a {
			if end > 0 && !slices.ContainsFunc(actions, func(o string) bool {
				return o != a &&
					strings.HasPrefix(o, a[:end])
			}) {
				list[i] = a[:end]
				break
			}
		}
	}
	return list
}

// Shorten names some of the permission's actions by their first letters, or returns "" for all of them.
func (p *Permission) Shorten(set Actions) string {
	if set == p.All() || set == 0 {
		return ""
	}
	var list []string
	for i, a := range p.ShortActions {
		if set>>i&1 != 0 {
			list = append(list, a)
		}
	}
	return strings.Join(list, "+")
}
