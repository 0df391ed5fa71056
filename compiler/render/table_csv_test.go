package render

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"permc.dev/permc/compiler/internal/formula"
)

// TestCSVReadBack checks that fields survive a round trip, except for characters that steer or begin a line, that no
// spreadsheet takes one for a formula, and that a record is one line.
func TestCSVReadBack(t *testing.T) {
	field := rapid.OneOf(rapid.String(), rapid.StringMatching(`['"=+@,;\t\r\n -]{0,4}[a-zé=+,'"-]{0,12}`))
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(field, 2, 4).Draw(t, "fields")
		var line []byte
		for i := range want {
			line = appendCSV(appendComma(line, i), want[i])
			want[i] = Safe(want[i])
		}
		if bytes.ContainsAny(line, "\n\r") || bytes.HasPrefix(line, []byte("::")) {
			t.Fatalf("%q is more than a line, or a command", line)
		}
		read, err := csv.NewReader(bytes.NewReader(append(line, '\n'))).Read()
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		for i, cell := range read {
			if formula.Like(cell) && !strings.HasPrefix(cell, "'") {
				t.Fatalf("%q is a formula", cell)
			}
			read[i] = formula.Unescape(cell)
		}
		if diff := cmp.Diff(want, read); diff != "" {
			t.Fatalf("%q:\n%s", line, diff)
		}
	})
}

// Plain names are written as they are, alone and in a source, so that a table of them is the same without a look at
// each.
func TestPlainNames(t *testing.T) {
	names := rapid.OneOf(rapid.StringMatching(`[ -~é]{0,6}`),
		rapid.StringMatching(`[;@<"',:=+\t-]{0,2}[a-z/._]{0,4}[;@<", ]?`))
	rapid.Check(t, func(t *rapid.T) {
		name, next := names.Draw(t, "name"), names.Draw(t, "next")
		if !isPlainName(name) || !isPlainName(next) {
			return
		}
		source := string(appendInVia(append(appendInVia([]byte("role:"), name), '@'), next))
		if want := "role:" + name + "@" + next; source != want {
			t.Errorf("the source is %s, want %s", source, want)
		}
		for _, field := range []string{name, source} {
			if got := string(appendCSV(nil, field)); got != field {
				t.Errorf("%s is written as %s", field, got)
			}
		}
	})
}
