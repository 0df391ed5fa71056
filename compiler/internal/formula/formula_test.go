package formula

import (
	"testing"

	"pgregory.net/rapid"
)

func TestEscape(t *testing.T) {
	for cell, want := range map[string]string{
		"": "", "ana": "ana", "a=b": "a=b", "d'Arc": "d'Arc", "1-2": "1-2", " ": " ", "\"": "\"", "ｘ": "ｘ",
		"=1+1": "'=1+1", "+49": "'+49", "-": "'-", "@x": "'@x", "\tx": "'\tx", "\rx": "'\rx", "\nx": "'\nx",
		" =1": "' =1", "\"=1": "'\"=1", "\u00a0@x": "'\u00a0@x", "＝1": "'＝1", "－1": "'－1", "'": "''", "'s": "''s",
		"'=1": "''=1",
	} {
		if got := Escape(cell); got != want {
			t.Errorf("%q is escaped as %q, want %q", cell, got, want)
		}
	}
	for _, cell := range []string{"'s Hertogenbosch", "'tis", "'"} { // from other programs
		if got := Unescape(cell); got != cell {
			t.Errorf("%q is taken back as %q", cell, got)
		}
	}
}

// TestTakenBack checks that every cell survives a round trip, and that no escaped cell begins like a formula.
func TestTakenBack(t *testing.T) {
	cells := rapid.OneOf(rapid.String(), rapid.StringMatching(`['"=+@\t\r\n -]{0,4}[a-z=+'"-]{0,4}`))
	rapid.Check(t, func(t *rapid.T) {
		cell := cells.Draw(t, "cell")
		written := Escape(cell)
		if got := Unescape(written); got != cell {
			t.Fatalf("%q is written %q and read %q", cell, written, got)
		}
		if Like(written) && written[0] != '\'' {
			t.Fatalf("%q is written %q", cell, written)
		}
	})
}
