package policy

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// aName draws a name as systems have them: no blanks around it.
var aName = rapid.StringMatching(`[a-z,;"=@< ]{0,3}[A-Z",;.%/ü]`).Filter(func(s string) bool { return s[0] != ' ' })

// TestListsTakenBack holds that lists are read as they were written.
func TestListsTakenBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOf(aName).Draw(t, "names")
		for _, sep := range []string{";", ", ", "; "} {
			var got []string
			for item := range SplitNames(JoinNames(names, sep), sep[:1]) {
				got = append(got, item.Name)
			}
			if !slices.Equal(got, names) {
				t.Fatalf("%q is read as %q", JoinNames(names, sep), got)
			}
		}
	})
}

func TestSplitNames(t *testing.T) {
	for text, want := range map[string][]string{
		"": nil, " ": nil, "a": {"a"}, " a ;b;; ;c d": {"a", "b", "c d"}, `"a;b" ; "c""d"`: {"a;b", `c"d`},
		`"a`: {`"a`}, `"a"b;c`: {`"a"b`, "c"}, `say "x";y`: {`say "x"`, "y"}, `""`: nil, `"a";`: {"a"},
	} {
		var got []string
		for item := range SplitNames(text, ";") {
			got = append(got, item.Name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}
