package change_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/edit/change"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
)

const (
	plainTable = "user,name,role,permission,scope,actions\n" +
		"ana@contoso.example,Änne,services-admin,,contoso,\n" +
		"ben@contoso.example,Ben,,learning,contoso/emea,\n"
	grantedTable = "user,name,role,permission,scope,actions,expires,reason\n" +
		"ana@contoso.example,Änne,services-admin,,contoso,,,\n" +
		"ana@contoso.example,,,customer-activity,contoso/emea,view,2027-03-01,On call\n" +
		"ben@contoso.example,Ben,,learning,contoso/emea,,,\n"
	removedTable = "user,name,role,permission,scope,actions\n" +
		"ana@contoso.example,Änne,services-admin,,contoso,\n"
)

// tableLayouts are the ways in which spreadsheets write a table.
var tableLayouts = map[string]func(string) string{
	"plain":      func(s string) string { return s },
	"mark":       func(s string) string { return "\ufeff" + s },
	"semicolons": func(s string) string { return strings.ReplaceAll(s, ",", ";") },
	"tabs":       func(s string) string { return strings.ReplaceAll(s, ",", "\t") },
	"windows":    func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
	"separator": func(s string) string {
		return "sep=;\r\n" + strings.NewReplacer(",", ";", "\n", "\r\n").Replace(s)
	},
	"pipes":  func(s string) string { return "sep=|\n" + strings.ReplaceAll(s, ",", "|") },
	"titles": func(s string) string { return "Access export,,,,,\n\nby ana@contoso.example,,,,,\n" + s },
	"padded": func(s string) string { return strings.ReplaceAll(s, "\n", ",,\n") + ",,,,,,,,,\n\n,\n" },
	"quoted": func(s string) string {
		return `"` + strings.NewReplacer(",", `","`, "\n", "\"\n\"").Replace(strings.TrimSpace(s)) + "\"\n"
	},
	"titles below": func(s string) string {
		return "sep=;\nAccess;;;;;\n" + strings.ReplaceAll(s, ",", ";")
	},
	"utf-16": func(s string) string {
		b := []byte{0xff, 0xfe}
		for _, unit := range utf16.Encode([]rune(s)) {
			b = append(b, byte(unit), byte(unit>>8))
		}
		return string(b)
	},
	"windows-1252": func(s string) string {
		text, _ := charmap.Windows1252.NewEncoder().String(s)
		return text
	},
}

// TestLayouts gives and takes something in a table in every layout: the lines are those of plain CSV in that layout. A
// table in another encoding than UTF-8 is left as it is.
func TestLayouts(t *testing.T) {
	add := &change.Entry{Permission: "customer-activity", Scope: "contoso/emea", Actions: []string{"view"},
		Ends: dateOf(t, "2027-03-01"), Reason: "On call"}
	for name, layout := range tableLayouts {
		t.Run(name, func(t *testing.T) {
			p, opts := writeTable(t, layout(plainTable))
			ana, ben := userOf(t, p, "ana@contoso.example"), userOf(t, p, "ben@contoso.example")
			tryStep(t, p, opts, change.Step{User: ana, Add: add}, layout(grantedTable))
			tryStep(t, p, opts, change.Step{User: ben, Delete: true}, layout(removedTable))
			cut := change.Step{User: ben, Cut: []policy.Pos{ben.Entries[0].Pos}}
			bare := strings.Replace(plainTable, "Ben,,learning,contoso/emea,", "Ben,,,,", 1)
			if name == "quoted" {
				return // the cells that remain have no quotes
			}
			tryStep(t, p, opts, cut, layout(bare))
		})
	}
}

// TestSeparators writes cells that have separators of any kind, which a reader may take for those of the table.
func TestSeparators(t *testing.T) {
	for name, layout := range tableLayouts {
		p, opts := writeTable(t, layout(plainTable))
		for _, reason := range []string{"a,user,b", "a;user;b", "a\tuser\tb", "a|user|b", `"user"`, "two\nlines",
			"user"} {
			add := &change.Entry{Permission: "health", Scope: "contoso/emea", Reason: reason}
			steps := []change.Step{{User: userOf(t, p, "ben@contoso.example"), Add: add}}
			_, err := change.Make(context.Background(), p, opts, steps, "error", nil)
			if (err != nil) != (name == "utf-16" || name == "windows-1252") {
				t.Errorf("%s: %q: %v", name, reason, err)
			}
		}
	}
}

func writeTable(t *testing.T, text string) (*compiler.Project, compiler.Options) {
	t.Helper()
	t.Chdir(t.TempDir())
	access := "product: services-hub\nscopes: {contoso: {scopes: {emea: {}}}}\ndomains: {contoso.example: customer}\n"
	for name, text := range map[string]string{"access.yaml": access, "users.csv": text} {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	opts := compiler.Options{Paths: []string{"."}, AsOf: dateOf(t, "2026-12-01"), Limits: load.DefaultLimits}
	return read(t, opts), opts
}

// tryStep makes an edit of the table, and compares the table with the one that is wanted.
func tryStep(t *testing.T, p *compiler.Project, opts compiler.Options, s change.Step, want string) {
	t.Helper()
	r, err := change.Make(context.Background(), p, opts, []change.Step{s}, "error", nil)
	for _, f := range p.Files.All() {
		if f.Decoded != "" {
			if err == nil || !strings.Contains(err.Error(), "save it as UTF-8 first") {
				t.Errorf("a table in %s is edited: %v", f.Decoded, err)
			}
			return
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Files) != 1 {
		t.Fatalf("%d files", len(r.Files))
	}
	if diff := cmp.Diff(want, string(r.Files[0].New)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func userOf(t *testing.T, p *compiler.Project, id string) *policy.User {
	t.Helper()
	i, ok := p.Policy.FindUser(id)
	if !ok {
		t.Fatalf("no user %s", id)
	}
	return p.Policy.Users[i]
}

func dateOf(t *testing.T, s string) policy.Date {
	t.Helper()
	d, err := policy.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
