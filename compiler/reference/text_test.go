package reference_test

import (
	"fmt"
	"slices"
	"strings"
)

// texts writes rows one by one, for people and for comparison: what stands in a
// list without an order of its own is sorted, and what is there twice is there
// once.
func texts(rows []Row) []string {
	var all []string
	for _, row := range rows {
		all = append(all, row.String())
	}
	return all
}

func (r Row) String() string {
	text := r.grants()
	var via []string
	for _, s := range r.Via {
		via = append(via, "\n  "+s.String())
	}
	slices.Sort(via)
	return text + strings.Join(slices.Compact(via), "")
}

// grants is the row without its sources.
func (r Row) grants() string {
	kind := strings.TrimSpace(r.Status + " " + r.Affiliation)
	text := fmt.Sprintf("%s (%s) %s (%s) %s: %s", r.User, kind, r.Scope, r.Level, r.Permission, list(r.Actions))
	if r.Sensitivity != "" {
		text += " [" + r.Sensitivity + "]"
	}
	var withheld []string
	for _, w := range r.Withheld {
		withheld = append(withheld, w.Action+" by "+w.Rule)
	}
	if withheld != nil {
		text += ", without " + list(withheld)
	}
	text += ending(r.Access, r.Expires)
	if len(r.Conditions) > 0 {
		text += ", if " + list(r.Conditions)
	}
	return text
}

func (s Source) String() string {
	text := s.Kind
	if s.Role != "" {
		text += " " + s.Role
	}
	if s.Group != "" {
		text += " of " + s.Group
	}
	return text + " at " + s.Scope + ": " + list(s.Actions) + ending(s.Access, s.Expires)
}

func ending(access, expires string) string {
	text := ""
	if access != "all" {
		text += ", " + access + " records"
	}
	if expires != "" {
		text += ", until " + expires
	}
	return text
}

func list(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	return strings.Join(slices.Sorted(slices.Values(names)), " ")
}
