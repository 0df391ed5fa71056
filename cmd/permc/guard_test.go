package main

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"permc.dev/permc/compiler/render"
)

// TestGuard writes a text in pieces of every size.
func TestGuard(t *testing.T) {
	const text = "::error::a\n b ::error::\n \u00a0\t::add-mask::c\nd ##[error]e ##vso[task.debug]f ##\n## " +
		"g\n:h\n\n##teamcity[i]\n::j"
	const want = "\\u{3A}:error::a\n b ::error::\n \u00a0\t\\u{3A}:add-mask::c\nd #\\u{23}[error]e " +
		"#\\u{23}vso[task.debug]f ##\n## g\n:h\n\n#\\u{23}teamcity[i]\n\\u{3A}:j"
	for size := 1; size <= len(text); size++ {
		var b bytes.Buffer
		g := &guard{w: &b, door: render.Guard}
		for i := 0; i < len(text); i += size {
			piece := []byte(text[i:min(i+size, len(text))])
			if n, err := g.Write(piece); n != len(piece) || err != nil {
				t.Fatal(n, err)
			}
			clear(piece) // it is the caller's again
		}
		if err := g.end(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, b.String()); diff != "" {
			t.Fatalf("pieces of %d (-want +got):\n%s", size, diff)
		}
	}
}
