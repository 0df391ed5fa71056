package render

import (
	"testing"

	"permc.dev/permc/compiler/ask/paths"
	"permc.dev/permc/compiler/policy"
)

// A text about several people is the same from a block as wrapped for each, whatever goes into its gaps.
func TestPathsBlock(t *testing.T) {
	scopes := []*policy.Scope{{Path: "contoso/emea"}, {Path: "contoso/a-workspace-with-a-long-name"}}
	var x pathsText
	for _, s := range scopes {
		for i := range 12 {
			x.add("role workspace-administrator, health on ")
			x.scope(s)
			x.addIf(i%2 == 0, ", for ")
			x.person()
			x.addIf(i%3 == 0, " and others")
		}
		x.end(4, 6, nil)
	}
	one := &pathsWriter{}
	for _, id := range []string{"ana@contoso.example", "ben@contoso.example", "cem@contoso.example", "x",
		"a b@contoso.exampl", "\u00e9va@contoso.exampl", "dan@contoso.example"} {
		u := &paths.User{User: &policy.User{ID: id}}
		got := string(one.user(nil, u, &x))
		alone := pathsText{gappedText: x.gappedText, lines: x.lines}
		if want := string((&pathsWriter{}).user(nil, u, &alone)); got != want {
			t.Errorf("%q: got\n%s\nwant\n%s", id, got, want)
		}
	}
	if x.kept.block.Load() == nil {
		t.Error("no block was made")
	}
}
