package render

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"permc.dev/permc/compiler/formula"
)

// TestCSVReadBack holds that fields are read back as they were, whatever is in
// them, and that no spreadsheet takes one for a formula.
func TestCSVReadBack(t *testing.T) {
	field := rapid.OneOf(rapid.String(), rapid.StringMatching(`['"=+@,;\t\r\n -]{0,4}[a-zé=+,'"-]{0,12}`))
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(field, 2, 4).Draw(t, "fields")
		var line []byte
		for i := range want {
			for strings.Contains(want[i], "\r\n") { // of which the reader makes \n
				want[i] = strings.ReplaceAll(want[i], "\r\n", "\n")
			}
			line = appendCSV(comma(line, i), want[i])
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
