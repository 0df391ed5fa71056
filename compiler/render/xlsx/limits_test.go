package xlsx

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"permc.dev/permc/compiler/ask/review"
	"permc.dev/permc/compiler/render"
)

const (
	titlesLine = `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>scope</t></is></c><c r="C1" ` +
		`t="str"><v>permission</v></c>` +
		`<c t="inlineStr"><is><t>keep</t></is></c><c t="inlineStr"><is><t>remove</t></is></c>` +
		`<c t="inlineStr"><is><t>by</t></is></c><c t="inlineStr"><is><t>date</t></is></c></row>`
)

// zipPart is a part of a workbook with a repeated body.
type zipPart struct {
	name, head, body string
	times            int
	tail             string
}

// zipped packs a workbook of one sheet and shared texts, with other parts.
func zipped(t testing.TB, method uint16, sheet, texts zipPart, others ...zipPart) []byte {
	t.Helper()
	sheet.name, texts.name = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
	parts := append([]zipPart{
		{name: "xl/workbook.xml",
			head: `<workbook xmlns="` + mainNS + `" xmlns:r="` + relationsNS +
				`"><sheets><sheet name="Access" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{name: "xl/_rels/workbook.xml.rels",
			head: `<Relationships xmlns="` + packageNS + `relationships"><Relationship Id="rId1" Type="` + relationsNS +
				`/worksheet" Target="worksheets/sheet1.xml"/>` +
				`<Relationship Id="rId2" Type="` + relationsNS + `/sharedStrings" Target="/xl/sharedStrings.xml"/>` +
				`</Relationships>`},
		sheet, texts}, others...)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		w, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		body := strings.Repeat(p.body, min(max(1, p.times), 1000))
		io.WriteString(w, p.head)
		for n := max(1, p.times); n > 0; n -= 1000 {
			io.WriteString(w, body[:len(p.body)*min(n, 1000)])
		}
		io.WriteString(w, p.tail)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sheetOf returns a sheet with the titles of a review and rows below them.
func sheetOf(rows string, times int) zipPart {
	return zipPart{
		head:  `<worksheet xmlns="` + mainNS + `"><sheetData>` + titlesLine,
		body:  rows,
		times: times,
		tail:  `</sheetData></worksheet>`,
	}
}

// textsOf returns shared texts, the first of which is a title.
func textsOf(list string) zipPart {
	return zipPart{head: `<sst xmlns="` + mainNS + `"><si><t>user</t></si>` + list + `</sst>`}
}

// TestLimits checks that a workbook beyond the limits of spreadsheets is refused with a short message, whichever part
// it is in.
func TestLimits(t *testing.T) {
	mib := strings.Repeat("a", 1<<20)
	long := strings.Repeat("a", review.MostCell+1)
	inline := func(s string) string { return `<row><c r="A2" t="inlineStr"><is><t>` + s + `</t></is></c></row>` }
	const deflate = zip.Deflate
	for name, x := range map[string]struct {
		raw  []byte
		want string
	}{
		"cell": {zipped(t, deflate, sheetOf(inline(long), 1), textsOf("")),
			"a cell has more than 32767 characters"},
		"cell in runs": {zipped(t, deflate,
			sheetOf(`<row><c r="A2" t="inlineStr"><is>`+strings.Repeat(`<r><t>`+long[:20000]+`</t></r>`,
				2)+`</is></c></row>`, 1), textsOf("")), "a cell has more than 32767 characters"},
		"text": {zipped(t, deflate, sheetOf("", 1), zipPart{
			head:  `<sst><si><t>`,
			body:  mib,
			times: 60,
			tail:  `</t></si></sst>`,
		}), "a cell has more than 32767 characters"},
		"attribute": {zipped(t, deflate, sheetOf(`<row x="`+mib+mib+`"/>`, 1), textsOf("")),
			"a cell has more than 32767 characters"},
		"sheet": {zipped(t, deflate,
			sheetOf(`<row><c t="inlineStr"><is><t>u</t></is></c></row>`, 1_500_000), textsOf("")),
			"more than 64 MiB unpacked"},
		"styles": {zipped(t, deflate, sheetOf("", 1), textsOf(""),
			zipPart{name: "xl/styles.xml", body: mib, times: 65}), "more than 64 MiB unpacked"},
		"properties": {zipped(t, deflate, sheetOf("", 1), textsOf(""),
			zipPart{name: "docProps/core.xml", body: mib, times: 65}), "more than 64 MiB unpacked"},
		"all parts": {zipped(t, deflate, sheetOf("", 1), textsOf(""),
			zipPart{name: "a.xml", body: mib, times: 33}, zipPart{name: "b.xml", body: mib, times: 33}),
			"more than 64 MiB unpacked"},
		"rows": {zipped(t, deflate, sheetOf(`<row r="1048577"/>`, 1), textsOf("")),
			"more than 1048576 rows"},
		"rows not in order": {zipped(t, deflate, sheetOf(`<row r="1"/>`, 1), textsOf("")), "comes after row 1"},
		"counted rows": {zipped(t, deflate, sheetOf(`<row r="1048576"/><row/>`, 1), textsOf("")),
			"more than 1048576 rows"},
		"column": {zipped(t, deflate, sheetOf(`<row><c r="ZZZZZZZZZZ2"/></row>`, 1), textsOf("")),
			"is not a cell reference"},
		"depth": {zipped(t, deflate, sheetOf(`<row>`, 1_000_000), textsOf("")), "more than 64 deep"},
		"entities": {zipped(t, deflate,
			zipPart{head: `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet>&e;</worksheet>`},
			textsOf("")), "document type"},
		"unknown entity": {zipped(t, deflate, sheetOf(inline("&e;"), 1), textsOf("")), "invalid character entity"},
		"twice": {zipped(t, deflate, sheetOf("", 1), textsOf(""),
			zipPart{name: "XL\\worksheets\\sheet1.xml", body: "x"}), "twice"},
		"reference": {zipped(t, deflate, sheetOf(`<row><c t="s"><v>7</v></c></row>`, 1), textsOf("")),
			"refers to shared text"},
		"early end": {zipped(t, deflate, zipPart{head: `<worksheet><sheetData><row><c t="inlineStr"><is><t>u`},
			textsOf("")), "not a readable workbook"},
	} {
		t.Run(name, func(t *testing.T) {
			var r review.Reader
			err := Read(x.raw, &r)
			if err == nil || !strings.Contains(err.Error(), x.want) {
				t.Fatalf("error %v, want %q", err, x.want)
			}
			if len(err.Error()) > 300 {
				t.Errorf("the error has %d bytes", len(err.Error()))
			}
		})
	}
}

// TestLargeWorkbook checks that a file may unpack to as much as workbooks usually do.
func TestLargeWorkbook(t *testing.T) {
	noise := make([]byte, 3<<20)
	rand.NewChaCha8([32]byte{}).Read(noise)
	raw := zipped(t, zip.Deflate, sheetOf("", 1), textsOf(""), zipPart{name: "xl/media/noise.png", body: string(noise)},
		zipPart{name: "xl/styles.xml", body: strings.Repeat("a", 1<<20), times: 80})
	if err := Read(raw, &review.Reader{}); err != nil {
		t.Error(err)
	}
	raw = zipped(t, zip.Deflate, sheetOf("", 1), textsOf(""), zipPart{name: "xl/media/noise.png", body: string(noise)},
		zipPart{name: "xl/styles.xml", body: strings.Repeat("a", 1<<20), times: 100})
	if err := Read(raw, &review.Reader{}); err == nil ||
		!strings.Contains(err.Error(), "more than 99 MiB unpacked, the most that permc reads") {
		t.Errorf("error %v", err)
	}
}

// TestReadable checks that permc warns when it writes a workbook that is too large to read back.
func TestReadable(t *testing.T) {
	var notes []string
	in := &job{TableJob: &render.TableJob{Note: func(text string) { notes = append(notes, text) }}}
	for _, n := range []int64{64 << 20, 65 << 20} {
		s := &stream{
			in:       in,
			parts:    []part{{sheet: &sheet{name: "Access", review: 1}, name: "Access"}},
			packed:   counter{n: 1 << 20},
			unpacked: counter{n: n},
		}
		s.tell()
	}
	if len(notes) != 1 || !strings.Contains(notes[0], "1 MiB, 65 MiB unpacked, too much for permc review") {
		t.Errorf("notes %q", notes)
	}
}

// TestColumnsBeyond checks that only the columns of a review are read, and only its sheets to the end.
func TestColumnsBeyond(t *testing.T) {
	row := `<row><c t="inlineStr"><is><t>ana</t></is></c><c r="XFD2" t="inlineStr"><is><t>` +
		strings.Repeat("a", 40_000) + `</t></is></c></row>`
	var r review.Reader
	if err := Read(zipped(t, zip.Deflate, sheetOf(row, 3), textsOf("")), &r); err != nil {
		t.Fatal(err)
	}
	s, err := r.Sheet()
	if err != nil || len(s.Rows) != 3 || s.Rows[2].User != "ana" || s.Rows[2].Where.Row != 4 {
		t.Fatalf("%v, %+v", err, s)
	}
}

// TestSharedLongText checks that a long text shared by a million cells is stored once and shortened.
func TestSharedLongText(t *testing.T) {
	long := strings.Repeat("é", review.MostCell)
	row := `<row><c t="s"><v>1</v></c><c t="s"><v>1</v></c><c t="s"><v>1</v></c><c t="s"><v>1</v></c><c/><c t="s">` +
		`<v>1</v></c><c t="s"><v>1</v></c></row>`
	var r review.Reader
	if err := Read(zipped(t, zip.Deflate, sheetOf(row, 2000), textsOf("<si><t>"+long+"</t></si>")), &r); err != nil {
		t.Fatal(err)
	}
	s, err := r.Sheet()
	if err != nil || len(s.Rows) != 2000 {
		t.Fatal(err)
	}
	if x := &s.Rows[0]; len(x.User) > 200 || len(x.By) > 200 || !strings.HasSuffix(x.User, "… (32767 characters)") ||
		len(fmt.Sprint(*x)) > 3000 {
		t.Errorf("%+v", *x)
	}
}

// FuzzSheet checks that no sheet or shared texts make permc panic.
func FuzzSheet(f *testing.F) {
	f.Add(`<worksheet><sheetData>`+titlesLine+`<row r="2"><c r="A2" t="s"><v>0</v></c><c r="D2" t="b"><v>1</v></c>`+
		`<c r="G2"><v>46361</v></c></row></sheetData></worksheet>`,
		`<sst><si><t>user</t></si><si><r><t xml:space="preserve">a_x0041_</t></r><rPh><t>b</t></rPh></si></sst>`)
	f.Add(`<worksheet><sheetData><row/></sheetData></worksheet>`, `<sst/>`)
	f.Fuzz(func(t *testing.T, sheet, texts string) {
		var r review.Reader
		if err := Read(zipped(t, zip.Store, zipPart{head: sheet}, zipPart{head: texts}), &r); err == nil {
			_, _ = r.Sheet()
		}
	})
}

// FuzzBook does the same for the parts that list the sheets.
func FuzzBook(f *testing.F) {
	f.Add(`<workbook><workbookPr date1904="1"/><sheets><sheet name="A" id="r1"/></sheets></workbook>`,
		`<Relationships><Relationship Id="r1" Type="a/worksheet" Target="../xl/s.xml"/>`+
			`<Relationship Id="r2" Type="a/sharedStrings" Target="/xl/t.xml"/></Relationships>`)
	f.Fuzz(func(t *testing.T, book, relations string) {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for name, text := range map[string]string{"xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": relations,
			"xl/s.xml": `<worksheet><sheetData>` + titlesLine + `<row/></sheetData></worksheet>`,
			"xl/t.xml": `<sst><si><t>user</t></si></sst>`} {
			w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(w, text)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		var r review.Reader
		if err := Read(b.Bytes(), &r); err == nil {
			_, _ = r.Sheet()
		}
	})
}
