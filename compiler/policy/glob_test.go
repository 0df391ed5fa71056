package policy

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestGlobs: many patterns at once match as each pattern by itself.
func TestGlobs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringOfN(rapid.SampledFrom([]rune("aab//.*?[]")), 0, 6, -1)
		name := rapid.StringOfN(rapid.SampledFrom([]rune("aab//.")), 0, 6, -1)
		patterns, names := rapid.SliceOfN(pattern, 0, 6).Draw(t, "patterns"), rapid.SliceOfN(name, 0, 6).Draw(t, "names")
		globs, paths := NewGlobs(patterns), NewPaths(names)
		for _, n := range names {
			i := slices.IndexFunc(patterns, func(p string) bool { return MatchGlob(p, n) })
			if got, ok := globs.Match(n); ok != (i >= 0) || ok && got != patterns[i] {
				t.Fatalf("%q matches %q: %t", n, got, ok)
			}
		}
		for _, p := range patterns {
			want := slices.ContainsFunc(names, func(n string) bool { return MatchGlob(p, n) })
			if got := paths.Has(p); got != want {
				t.Fatalf("%q matches one of %q: %t, want %t", p, names, got, want)
			}
		}
	})
}
