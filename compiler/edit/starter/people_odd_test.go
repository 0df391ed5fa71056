package starter

import (
	"strings"
	"testing"
)

// TestBookOfSheets takes the users of the first visible sheet that has some, and names the sheets that it leaves.
func TestBookOfSheets(t *testing.T) {
	var b Book
	sheet := func(name string, hidden bool, rows ...string) {
		b.Grid(name)
		if hidden {
			b.Hide()
		}
		for i, row := range rows {
			b.Row(i+1, strings.Split(row, "|"))
		}
	}
	sheet("Former", true, "Email|Role|Customer", "zoe@contoso.example|Services Admin|Contoso")
	sheet("Cover", false, "Access of Contoso", "printed by IT")
	sheet("Staff", false, "Access of Contoso", "", "Email|Role|Customer|Valid from|Valid until",
		"ana@contoso.example|Services Admin|Contoso|-|never", "bo@contoso.example|Services Admin|Contoso|never|46387")
	sheet("Partners", false, "Email|Role|Customer", "kim@fabrikam.example|Services Admin|Contoso")
	sheet("Empty", false, "Email|Role|Customer")
	p, err := ReadBook(&b, catalogOf(t, "services-hub"), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := `user,affiliation,role,permission,scope,actions,starts,expires,reason,ticket
ana@contoso.example,,services-admin,,contoso,,,,,
bo@contoso.example,,services-admin,,contoso,,never,2026-12-31,,
`
	if string(p.CSV) != want {
		t.Errorf("got\n%s", p.CSV)
	}
	notes := strings.Join(p.Notes, "\n")
	for _, part := range []string{`sheet "Staff" read, and no other`, `sheet "Partners" has users, too`,
		`line 5: cannot read the date "never"`} {
		if !strings.Contains(notes, part) {
			t.Errorf("no note says %s:\n%s", part, notes)
		}
	}
	if strings.Contains(notes, "Empty") || strings.Contains(notes, "Former") {
		t.Errorf("too many notes:\n%s", notes)
	}
}
