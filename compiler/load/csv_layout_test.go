package load_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"

	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
)

const plainTable = "user,name,role,permission,scope,reason\n" +
	"ana@contoso.example,Änne Müller,csam,,contoso,\n" +
	"ben@contoso.example,Ben,,learning,contoso/emea,On call\n"

// TestLayouts reads one table in every layout in which spreadsheets write it. The users and the text at each place are
// the same.
func TestLayouts(t *testing.T) {
	utf16Of := func(order binary.AppendByteOrder) []byte {
		var b []byte
		for _, unit := range utf16.Encode([]rune("\ufeff" + strings.ReplaceAll(plainTable, "\n", "\r\n"))) {
			b = order.AppendUint16(b, unit)
		}
		return b
	}
	latin, err := charmap.Windows1252.NewEncoder().Bytes([]byte(plainTable))
	if err != nil {
		t.Fatal(err)
	}
	semicolons := strings.ReplaceAll(plainTable, ",", ";")
	padded := strings.ReplaceAll(plainTable, "\n", ",,\n") + ",,,,,,,\n\n,,,,,,,\n"
	want, _ := usersOf(t, []byte(plainTable))
	for name, raw := range map[string][]byte{
		"mark":       []byte("\ufeff" + plainTable),
		"little":     utf16Of(binary.LittleEndian),
		"big":        utf16Of(binary.BigEndian),
		"latin":      latin,
		"semicolons": []byte(semicolons),
		"tabs":       []byte(strings.ReplaceAll(plainTable, ",", "\t")),
		"separator":  []byte("sep=;\r\n" + strings.ReplaceAll(semicolons, "\n", "\r\n")),
		"pipes":      []byte("sep=|\n" + strings.ReplaceAll(plainTable, ",", "|")),
		"titles":     []byte("Access export,,,,,\n\nby ana@contoso.example,,,,,\n" + plainTable),
		"padded":     []byte(padded),
		"quoted": []byte(`"` + strings.NewReplacer(",", `","`, "\n",
			"\"\n\"").Replace(strings.TrimSpace(plainTable)) + `"`),
		"titles below": []byte("sep=;\nAccess;;;;;\n" + semicolons),
	} {
		got, notes := usersOf(t, raw)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: (-plain +%s)\n%s", name, name, diff)
		}
		if said := len(notes) > 0; said != (name == "latin") {
			t.Errorf("%s: notes %q", name, notes)
		}
	}
}

// usersOf returns what a table says of users, each with the text at its place.
func usersOf(t *testing.T, raw []byte) (said, notes []string) {
	files := map[string][]byte{"users.csv": raw,
		"base.yaml": []byte("product: services-hub\nscopes: {contoso: {scopes: {emea: {}}}}\n")}
	p, faults, err := load.Dirs(context.Background(), []string{"."}, load.Options{FS: load.InMemory(files)})
	if err != nil || len(faults) > 0 {
		t.Fatalf("%v, %v in\n%q", err, faults, raw)
	}
	at := func(pos policy.Pos) string { return p.Files.File(pos.File).Data[pos.Off:pos.End] }
	if !bytes.Equal(p.Files.File(2).Raw(), raw) {
		t.Errorf("raw is not as on disk")
	}
	r := p.Users.Reader()
	for i := range p.Users.Len() {
		var u policy.DeclaredUser
		if !r.Read(i, &u) {
			t.Fatalf("user %d cannot be read", i)
		}
		said = append(said, u.ID.Name, at(u.ID.Pos), u.Name)
		for _, e := range u.Entries {
			said = append(said, e.What.Name, at(e.What.Pos), e.Scope.Name, at(e.Scope.Pos), e.Reason)
		}
	}
	for _, n := range p.Notes {
		notes = append(notes, n.Message)
	}
	return said, notes
}

// TestAmbiguousTables reads tables that may be read in two ways: they are refused.
func TestAmbiguousTables(t *testing.T) {
	for name, raw := range map[string]string{
		"two encodings":  plainTable + "cy@contoso.example,J\xf6rg,csam,,contoso,\n",
		"no letter":      "user,name\nana@contoso.example,An\x81\n",
		"half UTF-16":    "\xff\xfeu\x00s\x00e\x00r\x00\n",
		"user above":     "ben@contoso.example,csam\n" + plainTable,
		"too few":        plainTable + "cy@contoso.example,,csam\n",
		"too many":       plainTable + "cy@contoso.example,Cy,csam,,contoso,a,b\n",
		"unnamed":        strings.ReplaceAll(plainTable, "\n", ",\n") + "cy@contoso.example,Cy,csam,,contoso,a,b\n",
		"swallowed rows": plainTable + "cy@contoso.example,Cy,,learning,contoso,\"a\ndi@contoso.example,,,,,b\"\n",
	} {
		files := map[string][]byte{"users.csv": []byte(raw),
			"base.yaml": []byte("product: services-hub\nscopes: {contoso: {}}\n")}
		_, faults, err := load.Dirs(context.Background(), []string{"."},
			load.Options{FS: load.InMemory(files), Full: true})
		if err != nil || len(faults) != 1 {
			t.Errorf("%s: %v, %v", name, err, faults)
		}
	}
}
