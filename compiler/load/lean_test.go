package load

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// leanTexts are files whose text is not kept.
func leanTexts() map[string]string {
	var lines, table strings.Builder
	lines.WriteString("\ufeff")
	table.WriteString("user,name,affiliation,role,scope\r\n")
	for i := 0; lines.Len() < kept+kept/8; i++ {
		id := fmt.Sprintf("user-%d@contoso.example", i*7919%1_000_003) // in no order
		fmt.Fprintf(&lines, "{\"user\": %q, \"name\": \"Zoë %d\", \"affiliation\": \"customer\", "+
			"\"roles\": [{\"role\": \"case-clerk\", \"scope\": \"contoso\", \"reason\": %q}]}\r\n", id, i,
			strings.Repeat("why ", 600))
		fmt.Fprintf(&table, "%s,Zoë %d,customer,case-clerk,%s\r\n", id, i, strings.Repeat("contoso", 400))
	}
	faulty := "{\"user\": \"Zed@contoso.example\", \"roles\": [{\"rolle\": \"case-clerk\"}]}\r\n"
	return map[string]string{
		"lines.jsonl":  lines.String(),
		"faulty.jsonl": lines.String() + faulty + strings.Replace(faulty, "Zed", "Zoe", 1),
		"table.csv":    table.String(),
	}
}

// TestLean: a project whose texts are not kept is the same, with the same findings at the same places.
func TestLean(t *testing.T) {
	if testing.Short() {
		t.Skip("reads large files")
	}
	for name, text := range leanTexts() {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		read := func(lean bool) (users []policy.DeclaredUser, faults []diag.Finding, at []string) {
			p, faults, err := Dirs(t.Context(), []string{path}, Options{Limits: DefaultLimits, Lean: lean})
			if err != nil {
				t.Fatal(err)
			}
			reader := p.Users.Reader()
			for i := range p.Users.Len() {
				var u policy.DeclaredUser
				if reader.Read(i, &u) {
					at = append(at, fmt.Sprint(p.Files.Position(u.ID.Pos)))
				}
				users = append(users, u)
			}
			faults = append(faults, p.Users.Check(t.Context(), true)...)
			for _, d := range faults {
				at = append(at, fmt.Sprint(p.Files.Excerpt(d.Pos)))
			}
			return users, faults, at
		}
		users, faults, at := read(true)
		wantUsers, wantFaults, wantAt := read(false)
		if len(users) == 0 || !reflect.DeepEqual(users, wantUsers) || !reflect.DeepEqual(faults, wantFaults) ||
			!reflect.DeepEqual(at, wantAt) || (len(faults) > 0) != (name == "faulty.jsonl") {
			t.Errorf("%s: %d users, not %d; findings %v, not %v", name, len(users), len(wantUsers), faults, wantFaults)
		}
	}
}

// TestChangedInPlace: a file that others write to while its text is needed is an error; one that they replace is not.
func TestChangedInPlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "users.jsonl")
	text := strings.Repeat("{\"user\": \"ana@contoso.example\"}\n", kept/30)
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	p, _, err := Dirs(t.Context(), []string{path}, Options{Limits: DefaultLimits, Lean: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.loader.room.inPlace) == 0 {
		t.Skip("this system maps no files")
	}
	if err := p.Unchanged(); err != nil {
		t.Error(err)
	}
	if err := os.Rename(path, path+".old"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("{}"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := p.Unchanged(); err != nil {
		t.Error(err)
	}
	f, err := os.OpenFile(path+".old", os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("\n"); err != nil {
		t.Fatal(err)
	}
	f.Close()
	want := "users.jsonl changed while permc read it; run permc again"
	if err := p.Unchanged(); err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Error(err)
	}
}
