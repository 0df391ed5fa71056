package review

import (
	"strings"
	"testing"
)

// TestCSVLimits checks that CSV beyond the limits of spreadsheets is refused with a short message.
func TestCSVLimits(t *testing.T) {
	titles := strings.Join(needed, ",") + "\n"
	for name, x := range map[string]struct{ text, want string }{
		"cell": {titles + strings.Repeat("a", MostCell+1) + ",b\n", "line 2: a cell has more than 32767 characters"},
		"quoted": {titles + `"` + strings.Repeat("a\n", MostCell) + `"`,
			"line 2: a cell has more than 32767 characters"},
		"columns": {titles + strings.Repeat(",", MostColumns) + "\n", "a line has more than 16384 columns"},
	} {
		var r Reader
		if err := r.CSV([]byte(x.text)); err == nil || !strings.HasPrefix(err.Error(), x.want) {
			t.Errorf("%s: error %.200v, want %q", name, err, x.want)
		}
	}
	var r Reader
	if err := r.CSV([]byte(titles + strings.Repeat("é", MostCell) + ",,,x,,\n")); err != nil {
		t.Fatal(err)
	}
	s, err := r.Sheet()
	if err != nil || !strings.HasSuffix(s.Rows[0].User, "… (32767 characters)") || len(s.Rows[0].User) > 200 {
		t.Errorf("%v, %.200v", err, s)
	}
}

// FuzzCSV checks that no CSV makes permc panic.
func FuzzCSV(f *testing.F) {
	f.Add([]byte(strings.Join(needed, ",") + ",row,table\nana,acme,read,x,,Eva,2026-12-05,r1,desk as of 2026-12-01\n"))
	f.Add([]byte("\ufeff" + strings.Join(needed, ";") + "\n\"'=a\";b;c;;x;d;5.12.2026\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var r Reader
		if err := r.CSV(raw); err == nil {
			_, _ = r.Sheet()
		}
	})
}
