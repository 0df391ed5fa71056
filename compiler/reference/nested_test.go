package reference_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A source through a nested group names the groups on a way that is in force: the first has the user, each is in the
// next, and the last is in the group that gives it. Without them, the user is in that group itself.
func TestNested(t *testing.T) {
	nested := 0
	rapid.Check(t, func(t *rapid.T) {
		d := declarations().Draw(t, "declaration")
		pr := project{Declaration: d, asOf: today}
		for _, row := range compile(t, inOneFile(d), today).Rows {
			for _, source := range row.Via {
				if source.Group == "" {
					continue
				}
				way := append(slices.Clone(source.Inner), source.Group)
				if len(way) > 1 {
					nested++
				}
				if !pr.isWay(row.User, way) {
					t.Fatalf("%q is not a way of %s\n%s", way, row.User, listing(inOneFile(d)))
				}
			}
		}
	})
	if t.Logf("%d nested", nested); nested == 0 {
		t.Error("nothing is nested")
	}
}

// isWay reports whether somebody is in the first group, and each group in the next, today.
func (pr project) isWay(id string, way []string) bool {
	if !pr.isNamedBy(id, way[0]) {
		return false
	}
	for i, inner := range way[:len(way)-1] {
		if !slices.ContainsFunc(pr.Groups[way[i+1]].Members, func(m Member) bool {
			return m.Group != "" && m.plain() == inner && pr.isNow(stay{m.Starts, m.Expires})
		}) {
			return false
		}
	}
	return true
}

// isNamedBy reports whether a group has somebody today without another one in between.
func (pr project) isNamedBy(id, group string) bool {
	return slices.ContainsFunc(pr.chains(id, group), func(c chain) bool {
		return len(c.files) == 1 &&
			pr.isNow(c.stay)
	})
}
