package xlsx

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"archive/zip"
	"io"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/tools/txtar"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// hostile has names that are formulas, markup, escapes of spreadsheets, and characters that XML cannot hold.
const hostile = `
-- =cmd|' -C calc'!A0.yaml --
users:
  "=HYPERLINK(\"http://evil.example\",\"click\")": {name: "=1+1", roles: [{role: owner, scope: acme}]}
  "+49 151 1234": {name: "\t=2+2", roles: [{role: owner, scope: acme}]}
  "-1": {name: "\r@SUM(A1)", roles: [{role: owner, scope: acme}]}
  "@ana": {name: "_x0041_ _x005F_ <b>&amp;]]>", roles: [{role: owner, scope: acme}]}
  "'quoted": {name: " two  spaces ", roles: [{role: owner, scope: acme}]}
  "00042": {name: "\x01 \ufffe \u202e 日本 😀", roles: [{role: owner, scope: acme}]}
-- access.cue --
catalog: {
	product: "own", levels: ["tenant"]
	permissions: {read: {level: "tenant", actions: ["view", "export"], grantable: true}}
	roles: {owner: {level: "tenant", permissions: {read: {}}}}
}
scopes: acme: {}
`

func project(t *testing.T, archive string) *compiler.Project {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	asOf, _ := policy.ParseDate("2026-12-01")
	p, err := compiler.Load(context.Background(),
		compiler.Options{Paths: []string{"."}, AsOf: asOf, Limits: load.DefaultLimits})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range p.Stopped {
		t.Fatal(d.Message, d.Help)
	}
	return p
}

func inputOf(p *compiler.Project) *job {
	return newJob(&render.TableJob{Project: p, Known: func([]diag.Finding) {}, Note: func(string) {},
		Review: render.ByPermission})
}

func bytesOf(t *testing.T, in *job) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := in.write(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func open(t *testing.T, raw []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// columnOf returns the cells of a column below its title.
func columnOf(t *testing.T, f *excelize.File, sheet, title string) (list []string) {
	t.Helper()
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range rows[0] {
		if name != title {
			continue
		}
		for _, r := range rows[1:] {
			list = append(list, append(r, make([]string, i+1)...)[i])
		}
	}
	return list
}

// TestHostileText reads a workbook back: names are text, and no cell is a formula.
func TestHostileText(t *testing.T) {
	raw := bytesOf(t, inputOf(project(t, hostile)))
	f := open(t, raw)
	want := map[string]string{
		`=HYPERLINK("http://evil.example","click")`: "=1+1",
		"+49 151 1234": `\u{9}=2+2`,
		"-1":           `\u{D}@SUM(A1)`,
		"@ana":         "_x0041_ _x005F_ <b>&amp;]]>",
		"'quoted":      " two  spaces ",
		"00042":        `\u{1} \u{FFFE} \u{202E} 日本 😀`,
	}
	got := map[string]string{}
	names := columnOf(t, f, "Access", "Name")
	for i, user := range columnOf(t, f, "Access", "User") {
		got[user] = names[i]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if files := columnOf(t, f, "Sources", "Name"); !strings.HasPrefix(files[0], "=cmd|' -C calc'!A0.yaml") {
		t.Errorf("files are %q", files)
	}
	eachFile(t, raw, func(name string, text []byte) {
		if strings.HasPrefix(name, "xl/worksheets/") && regexp.MustCompile(`<f[ >/]`).Match(text) {
			t.Errorf("%s has a formula", name)
		}
	})
}

func eachFile(t *testing.T, raw []byte, f func(name string, text []byte)) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range z.File {
		r, err := x.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		f(x.Name, text)
	}
}

// TestSameBytes checks that a workbook depends only on the input.
func TestSameBytes(t *testing.T) {
	p := project(t, hostile)
	first := bytesOf(t, inputOf(p))
	for range 5 {
		if !bytes.Equal(first, bytesOf(t, inputOf(p))) {
			t.Fatal("another run gives other bytes")
		}
	}
	eachFile(t, first, func(name string, text []byte) {
		if bytes.Contains(bytes.ToLower(text), []byte("xuri")) {
			t.Errorf("%s names the library", name)
		}
	})
}

// TestSplit checks that a full sheet continues in the next, with titles.
func TestSplit(t *testing.T) {
	in := inputOf(project(t, hostile))
	in.most = 3 // titles and two rows
	var notes []string
	in.Note = func(text string) { notes = append(notes, text) }
	f := open(t, bytesOf(t, in))
	var users []string
	for _, name := range []string{"Access", "Access 2", "Access 3"} {
		list := columnOf(t, f, name, "User")
		if len(list) != 2 {
			t.Errorf("%s has %d rows", name, len(list))
		}
		users = append(users, list...)
	}
	if diff := cmp.Diff([]string{"'quoted", "+49 151 1234", "-1", "00042", `=HYPERLINK("http://evil.example","click")`,
		"@ana"}, users); diff != "" {
		t.Error(diff)
	}
	if i, _ := f.GetSheetIndex("Access 4"); i >= 0 {
		t.Error("there is a fourth sheet")
	}
	if !slices.Contains(notes, `sheet "Access" is full and continues in "Access 3"`) {
		t.Errorf("notes %q", notes)
	}
}

// TestFit checks that text too long for a cell is cut with a note.
func TestFit(t *testing.T) {
	var c cells
	for _, s := range []string{strings.Repeat("é", mostUnits), strings.Repeat("😀", mostUnits/2)} {
		if got := c.fit(s); got != s || c.cut != 0 {
			t.Errorf("%d characters are cut", len([]rune(s)))
		}
	}
	got := c.fit(strings.Repeat("😀", mostUnits/2+1))
	if c.cut != 1 || tooLong(got) || !strings.HasSuffix(got, "… (16384 characters, more than a cell holds)") {
		t.Errorf("%d are cut to %q", c.cut, got[len(got)-60:])
	}
}

// TestLongID checks that a user id too long for a cell is refused.
func TestLongID(t *testing.T) {
	in := inputOf(project(t, hostile+`users: "ana-`+strings.Repeat("x", mostUnits)+"\": {}\n"))
	var b bytes.Buffer
	_, err := in.write(context.Background(), &b)
	if err == nil || !strings.Contains(err.Error(),
		"a user id has 32771 characters, but a cell of a workbook holds 32767; use -f csv") || b.Len() > 0 {
		t.Errorf("%d bytes are written, and %v", b.Len(), err)
	}
}

// TestLongText checks that cut cells are reported.
func TestLongText(t *testing.T) {
	in := inputOf(project(t, strings.Replace(hostile, "=1+1", strings.Repeat("é", mostUnits+1), 1)))
	var notes []string
	in.Note = func(text string) { notes = append(notes, text) }
	bytesOf(t, in)
	if want := []string{"cells longer than the 32767 characters that Excel allows: 1; they are cut and " +
		"marked"}; !slices.Equal(notes, want) {
		t.Errorf("notes %q, want %q", notes, want)
	}
}

// TestSheets checks that each view exists, and that the overview links to it.
func TestSheets(t *testing.T) {
	f := open(t, bytesOf(t, inputOf(project(t, hostile))))
	want := []string{"Overview", "Access", "Matrix tenant", "Roles", "Findings", "Expiring", "Sources", "Legend"}
	if diff := cmp.Diff(want, f.GetSheetList()); diff != "" {
		t.Error(diff)
	}
	rows, err := f.GetRows("Overview")
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		if len(r) > 0 && slices.Contains(want[1:], r[0]) && len(r) > 2 {
			ok, to, err := f.GetCellHyperLink("Overview", fmt.Sprintf("A%d", i+1))
			if !ok || to != "'"+r[0]+"'!A1" || err != nil {
				t.Errorf("%s leads to %q: %v", r[0], to, err)
			}
			want = slices.DeleteFunc(want, func(s string) bool { return s == r[0] })
		}
	}
	if len(want) != 1 {
		t.Errorf("not listed: %q", want[1:])
	}
	if list := columnOf(t, open(t, bytesOf(t, inputOf(project(t, hostile)))), "Matrix tenant",
		"read"); !slices.Equal(list, []string{"X", "X", "X", "X", "X", "X"}) {
		t.Errorf("the matrix has %q", list)
	}
}

// TestNothing checks that a project without access makes a valid workbook.
func TestNothing(t *testing.T) {
	const nothing = `
-- access.cue --
catalog: {product: "own", levels: ["tenant"], permissions: {}, roles: {}}
scopes: acme: {}
users: ana: {}
`
	f := open(t, bytesOf(t, inputOf(project(t, nothing))))
	if list := columnOf(t, f, "Access", "User"); len(list) != 0 {
		t.Errorf("there are rows of %q", list)
	}
}

// TestNames checks that sheets have valid and different names.
func TestNames(t *testing.T) {
	long := "Matrix " + strings.Repeat("very-", 6) + "long-level"
	sheets := []*sheet{{name: long}, {name: strings.ToUpper(long)}, {name: "Access", rows: 5},
		{name: "what?/[it's]"}}
	uniqueNames(sheets)
	var names []string
	for _, s := range sheets {
		for _, p := range s.parts(2) {
			names = append(names, p.name)
		}
	}
	want := []string{"Matrix very-very-very-very-very", "MATRIX VERY-VERY-VERY-VERY-VE~2", "Access", "Access 2",
		"Access 3", "what---it-s-"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
}
