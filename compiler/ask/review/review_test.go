package review

import (
	"bytes"
	"encoding/csv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"permc.dev/permc/compiler/policy"
)

func TestParseDay(t *testing.T) {
	for text, want := range map[string]string{
		"2026-12-05": "2026-12-05", "2026/12/5": "2026-12-05", "5.12.2026": "2026-12-05", "05.12.2026": "2026-12-05",
		"5.12.26": "2026-12-05", "31.02.26": "",
		"5 December 2026": "2026-12-05", "5 Dec 2026": "2026-12-05", "Dec 5, 2026": "2026-12-05",
		"5-Dec-2026":          "2026-12-05",
		"2026-12-05 00:00:00": "2026-12-05", "2026-12-05T00:00:00Z": "2026-12-05", "2026-12-05 14:30": "2026-12-05",
		"31/12/2026": "2026-12-31", "12/31/2026": "2026-12-31", "5/5/2026": "2026-05-05",
		"46361": "2026-12-05", "46361.75": "2026-12-05", "61": "1900-03-01", "2958465": "9999-12-31",
		"": "", "soon": "", "3/4/2026": "", "2026-13-01": "", "31.2.2026": "", "60": "", "2958466": "", "-1": "",
		"NaN": "", "1e300": "", "x": "",
	} {
		if day, _ := parseDay(text, false); day.String() != want {
			t.Errorf("%q is read as %q, want %q", text, day, want)
		}
	}
	if day, _ := parseDay("44899", true); day.String() != "2026-12-05" {
		t.Errorf("counted from 1904 it is %s", day)
	}
}

func TestMarked(t *testing.T) {
	for text, want := range map[string]bool{"x": true, "X": true, "✓": true, "Yes": true, "TRUE": true, "1": true,
		"keep": true, "": false, "no": false, "0": false} {
		if yes, ok := isMarked(text, "keep"); yes != want || !ok {
			t.Errorf("%q: marked %v, read %v", text, yes, ok)
		}
	}
	for _, text := range []string{"maybe", "remove", "x?", "2"} {
		if _, ok := isMarked(text, "keep"); ok {
			t.Errorf("%q is read", text)
		}
	}
}

func TestHimself(t *testing.T) {
	u := &policy.User{ID: "ana@contoso.example", Name: "Ana Diaz"}
	for by, want := range map[string]bool{"ANA@contoso.example": true, "Ana Diaz <ana@contoso.example>": true,
		"ana diaz": true, "Ana": false, "eva@contoso.example": false, "": false} {
		if isOwnAccess(by, u, false) != want {
			t.Errorf("%q: %v, want %v", by, !want, want)
		}
	}
}

// TestMade checks that the description of a table survives a round trip, whatever the names.
func TestMade(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.OneOf(rapid.Just(""), rapid.String(), rapid.StringMatching(`[a-z/; "]{1,12}`))
		m := Made{Product: "desk", AsOf: policy.Date(rapid.IntRange(400_000, 2_000_000).Draw(t, "day")),
			User: name.Draw(t, "user"), Affiliation: name.Draw(t, "affiliation"), Scope: name.Draw(t, "scope"),
			Permission: name.Draw(t, "permission"), Role: name.Draw(t, "role")}
		got, ok := ParseMade(m.String())
		if diff := cmp.Diff(m, got); !ok || diff != "" {
			t.Fatalf("%q is read as (ok %v):\n%s", m.String(), ok, diff)
		}
	})
}

// TestSeparators reads one sheet as saved by spreadsheets of several languages.
func TestSeparators(t *testing.T) {
	for _, sep := range ",;\t" {
		var b bytes.Buffer
		b.WriteString("\ufeff")
		w := csv.NewWriter(&b)
		w.Comma, w.UseCRLF = sep, true
		if err := w.WriteAll([][]string{{"Remark", "User", "Scope", "Permission", "KEEP", "Remove", "By", "Date"},
			{"a, b; c", "'=ana", "acme", "read", "x", "", "Lind, Eva", "2026-12-05"},
			{"", "", "", "", "", "", "", ""}}); err != nil {
			t.Fatal(err)
		}
		var r Reader
		if err := r.CSV(b.Bytes()); err != nil {
			t.Fatal(err)
		}
		s, err := r.Sheet()
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Rows) != 1 || s.Rows[0].User != "=ana" || s.Rows[0].By != "Lind, Eva" || s.Rows[0].Decision != Keep ||
			s.Rows[0].Where.Row != 2 {
			t.Errorf("%q: %+v", sep, s.Rows)
		}
	}
}
