package xlsx

import (
	"archive/zip"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// written takes rows as texts.
type written struct {
	list  []string
	width int
}

func (w *written) Grid(name string) { w.list = append(w.list, "grid "+name) }

func (w *written) Row(number int, cells []string) {
	w.list = append(w.list, fmt.Sprintf("%d %q", number, cells))
}

func (w *written) StrikeCell(column int) { w.list = append(w.list, fmt.Sprintf("struck %d", column)) }

func (w *written) HideRow() { w.list = append(w.list, "hidden") }

func (w *written) Width() int { return w.width }

func (w *written) Past() bool { return len(w.list) > 40 }

func (w *written) CountFrom1904() {}

// plainBook returns a workbook with one sheet and its shared texts.
func plainBook(t testing.TB, sheet, texts string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range [][2]string{
		{"xl/workbook.xml", `<workbook xmlns:r="x"><sheets><sheet name="S" r:id="a"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="a" Type="x/worksheet" Target="s.xml"/>` +
			`<Relationship Id="b" Type="x/sharedStrings" Target="t.xml"/>` +
			`<Relationship Id="c" Type="x/styles" Target="f.xml"/></Relationships>`},
		{"xl/s.xml", sheet}, {"xl/t.xml", texts}, {"xl/f.xml", someStyles},
	} {
		w, err := z.Create(f[0])
		if err == nil {
			_, err = w.Write([]byte(f[1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// readBoth reads a workbook quickly and with encoding/xml, which must agree.
func readBoth(t testing.TB, raw []byte, width int) {
	t.Helper()
	fast, full := &written{width: width}, &written{width: width}
	errFast, errFull := read(raw, fast, false), read(raw, full, true)
	if (errFast == nil) != (errFull == nil) || errFast != nil && errFast.Error() != errFull.Error() {
		t.Fatalf("quickly: %v; with encoding/xml: %v", errFast, errFull)
	}
	if errFull == nil && !slices.Equal(fast.list, full.list) {
		t.Fatal(cmp.Diff(full.list, fast.list))
	}
}

const (
	someTexts = `<?xml version="1.0" encoding="UTF-8"?><sst xmlns="x" count="3"><si><t>one &amp; 1</t></si><si>` +
		`<t xml:space="preserve"> two </t></si><si><t/></si></sst>`
	someStyles = `<styleSheet xmlns="x"><fonts><font><strike val="0"/></font><font><b/><strike/></font></fonts>` +
		`<cellStyleXfs><xf fontId="1"/></cellStyleXfs><cellXfs><xf/><xf fontId="0"/><xf fontId="7"/><xf fontId="1"/>` +
		`</cellXfs><dxfs><dxf><font><strike/></font></dxf></dxfs></styleSheet>`
	someSheet = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n" +
		`<worksheet xmlns="x"><cols><col min="1"/>` +
		`</cols><sheetData><row r="1" spans="1:3" x14ac:dyDescent="0.25"><c r="A1" s="1" t="s"><v>0</v></c><c r="C1" t="s">` +
		`<v>1</v></c></row><row><c t="inlineStr"><is><t>in_x0041_line é</t></is></c><c/><c s="3"><f>A1+1</f><v>42.5</v></c>` +
		"</row>\n" +
		`<row r="9" ht="15"/><row r="10" hidden="1">` +
		`<c r="B10" t="str"><f t="shared" si="0"/><v>&lt;x&gt;</v></c><c r="ZZ10"><v>far</v></c></row></sheetData>` +
		`<autoFilter ref="A1:C1"/><mergeCells/></worksheet>`
)

// TestScanOdd reads what the quick reader leaves to encoding/xml, somewhere behind rows that it reads itself.
func TestScanOdd(t *testing.T) {
	for _, text := range []string{
		"", "<!-- x -->", "<row r='20'/>",
		`<row r="20"><c t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c></row>`,
		`<row r="20" hidden="true"><c s="3" t="inlineStr"><is><t>a</t></is></c><c s="1"><v>1</v></c><c s="-1"/></row>`,
		`<row r="20"><c t="inlineStr"><is><r><rPr><strike/></rPr><t>a</t></r><r><t>b</t></r></is></c></row>`,
		`<row r="20"><c><v>a<![CDATA[<b>]]></v></c></row>`, `<row r="20"><c><v>&#65;</v></c></row>`,
		`<row r="20"><c><v>&no;</v></c></row>`,
		`<row r="3"/>`, `<row r="x"/>`, `<row r="20"><c t="s"><v>7</v></c></row>`,
		`<row r="20"><c t="s"><v>x</v></c></row>`,
		`<row r="20"><c r="1"><v>x</v></c></row>`, `<row r="20"><c r="AAAAAA1"/></row>`,
		"<row r=\"20\"><c><v>a\r\nb</v></c></row>",
		"<row r=\"20\"><c><v>a\x01b</v></c></row>", "<row r=\"20\"><c><v>a\xffb</v></c></row>",
		`<row r="20"><c><v>]]></v></c></row>`,
		`<x:row r="20"><x:c><x:v>1</x:v></x:c></x:row>`, `<row r="20"><c><v>1</v><v>2</v></c></row>`,
		`<row r="20"><c><is><t>1</t></is></c></row>`,
		`<row r="20"><c t="inlineStr"><v>1</v></c></row>`,
		`<row r="20"><c t="inlineStr"><is><t>1</t><rPh><t>2</t></rPh></is></c></row>`,
		`<row r="20"><c><v>` + strings.Repeat("x", 40000) + `</v></c></row>`,
		`<row r="20"><c><v>` + strings.Repeat("x", 32767) + `</v></c></row>`,
		`<row r="2000000"/>`, `<row r="20"><c>`, `</row>`,
		`<row r="20"><c r="B20"><v>1</v></c><c r="A20"><v>2</v></c><c><v>3</v></c></row>`,
		`<row r="20"><c foo:r="C1" r="B1"><v>1</v></c></row>`, `<row r="20"><c r="A1"r="B1"><v>1</v></c></row>`,
		`<row r="20" r="21"/>`,
		`<row r="20"><c><v> 1 </v></c></row>`, `<row r="20"><c><v>1</v>text</c>more</row>`, `<?pi?>`,
		`<row r="20"/>` + "\x00",
	} {
		sheet := strings.Replace(someSheet, "</sheetData>", text+"</sheetData>", 1)
		readBoth(t, plainBook(t, sheet, someTexts), 100)
		texts := strings.Replace(someTexts, "</sst>", "<si><t>a</t></si>"+text+"</sst>", 1)
		readBoth(t, plainBook(t, someSheet, texts), 100)
	}
}

// TestStruck reads what is struck out by a cell style, or by a font in a text, and what is hidden.
func TestStruck(t *testing.T) {
	texts := `<sst><si><t>plain</t></si><si><r><rPr><strike/></rPr><t>struck</t></r><r><rPr/><t> not</t></r></si>` +
		`<si><r><rPr><strike val="false"/></rPr><t>not</t></r></si><si><r><rPr><strike/></rPr><t> </t></r></si></sst>`
	cells := `<c s="3" t="s"><v>0</v></c><c t="s"><v>1</v></c><c s="2" t="s"><v>2</v></c><c s="1" t="s"><v>3</v></c>`
	want := []string{"grid S", "struck 0", "struck 1", `1 ["plain" "struck not" "not" " "]`, "hidden", `2 []`}
	for _, full := range []bool{false, true} {
		w := &written{width: 9}
		raw := plainBook(t, `<worksheet><sheetData><row>`+cells+`</row><row hidden="1"/></sheetData></worksheet>`, texts)
		if err := read(raw, w, full); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, w.list); diff != "" {
			t.Error(diff)
		}
	}
}

// TestScanLarge reads rows that are in memory in pieces, of every length around a border.
func TestScanLarge(t *testing.T) {
	var b strings.Builder
	for n := range 30 {
		fmt.Fprintf(&b, `<row r="%d"><c><v>%s</v></c><c t="s"><v>1</v></c></row>`, 20+n, strings.Repeat("é", 9000+n))
	}
	sheet := strings.Replace(someSheet, "</sheetData>", b.String()+"</sheetData>", 1)
	for n := range 40 {
		readBoth(t, plainBook(t, strings.Replace(sheet, "<cols>", strings.Repeat(" ", n)+"<cols>", 1), someTexts), 3)
	}
}

// TestScanMutated reads workbooks that were changed at random. PERMC_FUZZ is how many.
func TestScanMutated(t *testing.T) {
	times, _ := strconv.Atoi(os.Getenv("PERMC_FUZZ"))
	pieces := []string{`"`, "<", ">", "/", "&amp;", "&", "<c>", "</c>", "<v>", "</v>", "</row>", `<row r="30">`, "<si>",
		"</si>", "<t>", "</t>",
		"'", "=", " ", "\n", "\r", "é", "\x00", "]]>", "<!---->", `t="s"`, `r="B2"`, "<is>", "</is>", "<f>1</f>", "0",
		"x:", "_x0041_", `s="3"`, `hidden="1"`, "<strike/>", "<r>", "</r>"}
	r := rand.New(rand.NewPCG(1, 2))
	mutate := func(s string) string {
		for range 1 + r.IntN(3) {
			at, cut := r.IntN(len(s)), 0
			if r.IntN(2) == 0 {
				cut = r.IntN(min(12, len(s)-at))
			}
			piece := pieces[r.IntN(len(pieces))]
			if r.IntN(3) == 0 {
				piece = ""
			}
			s = s[:at] + piece + s[at+cut:]
		}
		return s
	}
	for range max(times, 3000) {
		sheet, texts := someSheet, someTexts
		if r.IntN(3) > 0 {
			sheet = mutate(sheet)
		} else {
			texts = mutate(texts)
		}
		readBoth(t, plainBook(t, sheet, texts), 1+r.IntN(800))
	}
}
