package starter

import (
	"bytes"
	"context"
	"encoding/csv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/schema"
)

// TestReadAny checks that what init makes of any table can be read: what it could not understand is a name or a day
// that is flagged, never a line that cannot be.
func TestReadAny(t *testing.T) {
	titles := rapid.SampledFrom([]string{"Email", "User", "Full Name", "Role", "Role 2", "Permissions", "Team", "Group",
		"Customer", "Workspace", "Business Unit", "Environment", "Tenant", "Valid until", "From", "Reason", "Status",
		"Licenses", "Notes", "Actions", ""})
	cells := rapid.SampledFrom([]string{"", "", "ana@contoso.example", "Ana@Contoso.example", "Bo <bo@contoso.example>",
		"Ana Diaz", "Ana  Diaz", "Services Admin", "Owner", "Basic User; Reader", "Health, Learning", "Contoso",
		"Contoso  ", "Contoso/EMEA", "CN=A\\, B,OU=x,DC=y", "Everyone", "A, B", "31.12.2026", "03/04/2027", "never",
		"yes",
		"False", "read;\"x", "\"", "Total", "%", "=1+1", "/", "東京"})
	rapid.Check(t, func(rt *rapid.T) {
		width := rapid.IntRange(1, 9).Draw(rt, "width")
		var text bytes.Buffer
		w := csv.NewWriter(&text)
		w.Comma = rapid.SampledFrom([]rune{',', ';', '\t'}).Draw(rt, "separator")
		_ = w.Write(rapid.SliceOfN(titles, width, width).Draw(rt, "titles"))
		for range rapid.IntRange(0, 6).Draw(rt, "rows") {
			_ = w.Write(rapid.SliceOfN(cells, width, width).Draw(rt, "row"))
		}
		w.Flush()
		c := catalogOf(t, rapid.SampledFrom(schema.Products()).Draw(rt, "product"))
		p, err := Read(text.Bytes(), c, nil)
		if err != nil {
			return
		}
		files, err := Files(c, "yaml", p, nil)
		if err != nil {
			rt.Fatal(err)
		}
		files["users.csv"] = p.CSV
		project, err := compiler.Load(context.Background(), compiler.Options{Paths: []string{"."},
			Limits: load.DefaultLimits, FS: load.InMemory(files)})
		if err != nil {
			rt.Fatal(err)
		}
		for _, d := range project.Stopped {
			if d.Rule == "syntax" || strings.HasPrefix(d.Message, "column ") ||
				strings.HasPrefix(d.Message, "a line ") ||
				d.Rule == "unknown-group" || strings.Contains(d.Message, "is listed twice") {
				rt.Fatalf("%s\n\n%s\n%s\n%s", d.Message, text.String(), p.CSV, files["access.yaml"])
			}
		}
	})
}
