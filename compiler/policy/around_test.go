package policy

import "testing"

// A place may begin or end inside a character, as U+2028 has three bytes. The text shown is whole.
func TestAroundKeepsCharactersWhole(t *testing.T) {
	var files Files
	n := files.Add("a.yaml", []byte("x: a\u2028b\n"))
	for _, p := range []Pos{{n, 4, 5}, {n, 4, 6}, {n, 5, 6}, {n, 6, 7}} {
		parts, _ := files.File(n).Around(p, 100)
		if want := [3]string{"x: a", "\u2028", "b"}; parts != want {
			t.Errorf("%v: got %q, want %q", p, parts, want)
		}
	}
}
