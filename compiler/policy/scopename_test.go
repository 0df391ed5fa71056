package policy

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestScopeParts holds that a path of any names is taken apart as it was made.
func TestScopeParts(t *testing.T) {
	aName := rapid.OneOf(rapid.StringMatching(`[a-z%/25F]{1,6}`), rapid.StringN(1, -1, 20))
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfN(aName, 1, 4).Draw(t, "names")
		var parts []string
		for _, name := range names {
			parts = append(parts, ScopePart(name))
		}
		got := strings.Split(strings.Join(parts, "/"), "/")
		for i := range max(len(got), len(names)) {
			if i >= len(got) || i >= len(names) || ScopeName(got[i]) != names[i] {
				t.Fatalf("%q is written %q", names, got)
			}
		}
	})
}
