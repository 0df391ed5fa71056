package load

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/parser"
	"golang.org/x/tools/txtar"

	"permc.dev/permc/compiler/load/scan"
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// cueLibrary reads a file as load does if nothing is evaluated.
func cueLibrary(text string) (t tree.Tree, pkg string, ok bool) {
	p := &cueProject{files: &policy.Files{}, numbers: map[string]int32{}, limits: DefaultLimits}
	num := p.files.Add("a.cue", []byte(text))
	p.numbers["a.cue"] = num
	f, err := parser.ParseFile("a.cue", text)
	if err != nil || len(p.refuseAttributes(f)) > 0 || deepNode(f) != nil {
		return nil, "", false
	}
	for range f.ImportSpecs() {
		return nil, "", false
	}
	l := &dataReader{project: p}
	if !l.file(f) {
		return nil, "", false
	}
	return l.b.Nodes, f.PackageName(), true
}

// cueScan reads a file with the scanner and puts the records back. If a user appears twice, whole is
// false: then the library decides.
func cueScan(text string) (t tree.Tree, pkg string, whole, ok bool) {
	out, pkg, ok := scan.CUE(1, text)
	if !ok {
		return nil, "", false, false
	}
	b := &tree.Builder{}
	whole = true
	b.Open(tree.Struct, out.Rest[0].Pos)
	for k, v := range out.Rest.Fields() {
		b.Key(k.Text, k.Pos)
		if k.Text != "users" || v[0].Kind != tree.Struct || len(v) > 1 {
			b.Append(v)
			continue
		}
		b.Open(tree.Struct, v[0].Pos)
		seen := map[string]bool{}
		for _, r := range out.Records {
			whole = whole && !seen[r.ID]
			seen[r.ID] = true
			b.Key(r.ID, policy.Pos{File: 1, Off: r.Key, End: r.KeyEnd})
			if !scan.CUEValue(b, 1, text, r) {
				return nil, "", false, false
			}
		}
		b.Close(0)
	}
	b.Close(0)
	return b.Nodes, pkg, whole, true
}

// cueCompare reports whether the scanner reads a text, and how it then differs from the library.
func cueCompare(text string, evaluate bool) (accepted bool, fault string) {
	text = strings.TrimPrefix(text, "\ufeff") // as policy.Files does
	got, pkg, whole, ok := cueScan(text)
	if !ok {
		return false, ""
	}
	want, wantPkg, ok := cueLibrary(text)
	switch {
	case !ok:
		return true, "the library refuses it"
	case pkg != wantPkg:
		return true, fmt.Sprintf("package %q, want %q", pkg, wantPkg)
	case !reflect.DeepEqual(got, want):
		return true, fmt.Sprintf("got  %v\nwant %v", got, want)
	case !whole:
		return true, ""
	case len(findDuplicates(got)) > 0:
		return true, "a key occurs twice"
	case evaluate:
		return true, cueEvaluate(text, got)
	}
	return true, ""
}

// cueEvaluate compares a tree with CUE's evaluation of the text.
func cueEvaluate(text string, t tree.Tree) string {
	v := cuecontext.New().CompileString(text)
	if err := v.Validate(cue.Concrete(true)); err != nil {
		return "evaluation: " + err.Error()
	}
	data, err := v.MarshalJSON()
	if err != nil {
		return "evaluation: " + err.Error()
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var want any
	if err := d.Decode(&want); err != nil {
		return err.Error()
	}
	if got := treeAny(t); !reflect.DeepEqual(got, want) {
		return fmt.Sprintf("evaluation: got  %v\nwant %v", got, want)
	}
	return ""
}

// treeAny returns a tree as encoding/json would decode it.
func treeAny(t tree.Tree) any {
	switch t[0].Kind {
	case tree.Struct:
		m := map[string]any{}
		for k, v := range t.Fields() {
			m[k.Text] = treeAny(v)
		}
		return m
	case tree.List:
		list := []any{}
		for v := range t.Elems() {
			list = append(list, treeAny(v))
		}
		return list
	case tree.Number:
		return json.Number(t[0].Text)
	case tree.Bool:
		return t[0].Text == "true"
	}
	return t[0].Text
}

// cueSeeds returns the CUE texts of the examples and test data.
func cueSeeds(t testing.TB) (seeds []string) {
	t.Helper()
	for _, dir := range []string{"../../examples", "../../testdata", "../../schema"} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			switch filepath.Ext(path) {
			case ".cue":
				seeds = append(seeds, string(data))
			case ".txtar":
				for _, f := range txtar.Parse(data).Files {
					if filepath.Ext(f.Name) == ".cue" {
						seeds = append(seeds, string(f.Data))
					}
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return seeds
}

// cueMaker writes random declarations, formatted or loosely, the latter with an occasional wrong
// comma.
type cueMaker struct {
	*rand.Rand
	b     strings.Builder
	loose bool
	names int // keys written
}

func (m *cueMaker) pick(list ...string) string { return list[m.IntN(len(list))] }

func (m *cueMaker) file() string {
	m.b.Reset()
	if m.loose && m.IntN(12) == 0 {
		m.b.WriteString(m.pick("package ", "package\t", "package\n", "package", "\n// c\npackage // c\n"))
		m.b.WriteString(m.pick("if", "for", "null", "func", "package", "import", "users", "_", "_a", "#a", "$a", "a1",
			"a_b", "ä", "a$", "1", `"a"`))
		m.b.WriteString(m.pick("\n", ",", " ", "\n,", "// c\n", "\r\n", ":", " b\n"))
	} else if m.IntN(3) == 0 {
		m.b.WriteString(m.pick("package contoso\n\n", "// Who may do what.\npackage contoso // ours\n", "package a, "))
	}
	for i := range 1 + m.IntN(4) {
		if i > 0 && m.loose {
			m.part()
		}
		if m.IntN(2) == 0 {
			m.users()
		} else {
			m.field(0)
		}
		m.b.WriteString("\n")
	}
	return m.b.String()
}

func (m *cueMaker) users() {
	m.b.WriteString(m.pick("users: {", "users: {", "users:\t{", `"users" : {`))
	m.b.WriteString("\n")
	for range m.IntN(4) {
		m.names++
		fmt.Fprintf(&m.b, "\t%q: ", fmt.Sprint(m.pick("ana", "ben", "eva", "ümit", ""), m.names%20)+m.pick("@a.example",
			"@b.example"))
		if m.IntN(8) == 0 {
			m.value(1)
		} else {
			m.structure(1)
		}
		m.part()
	}
	m.b.WriteString("}")
}

func (m *cueMaker) indent(depth int) {
	if m.loose && m.IntN(3) == 0 {
		m.b.WriteString(m.pick("", " ", "\r", "\t \t", "// a\n", "//\n\n", "// \"{\n"))
		return
	}
	m.b.WriteString(strings.Repeat("\t", depth))
}

// part ends a part of a struct or list.
func (m *cueMaker) part() {
	if !m.loose {
		m.b.WriteString("\n")
		return
	}
	if m.IntN(30) == 0 {
		m.b.WriteString(m.pick("\n,", "", " ", ",,", "// c\n, ", "\r", ", ,"))
		return
	}
	m.b.WriteString(m.pick("\n", ", ", ",\n", " // }\n", "\r\n", " ,\t", "\n", ",", ", // c\n\n", " \n // c\n"))
}

func (m *cueMaker) field(depth int) {
	m.indent(depth)
	m.key()
	if m.loose {
		m.b.WriteString(m.pick("", "", "", " ", "\t", "\r"))
	}
	m.b.WriteString(":")
	m.b.WriteString(" ")
	if m.loose && m.IntN(4) == 0 {
		m.b.WriteString(m.pick("\n", "\t", "", "// c\n", "\r\n"))
	}
	m.value(depth)
}

func (m *cueMaker) key() {
	if m.loose && m.IntN(50) == 0 { // not all in CUE's normal form
		m.b.WriteString(m.pick("\"e\u0301\"", `"ﬁ"`, `"销"`, "\"\u212b\"", "\"\u02ff\""))
		return
	}
	if m.IntN(12) == 0 {
		m.b.WriteString(m.pick("name", "a_b", "A", `"a b"`, `"ä"`, `""`, `"01"`, `"if"`, `"_a"`, `"#a"`, "string",
			"users"))
		return
	}
	m.names++
	fmt.Fprintf(&m.b, m.pick("name%d", "role_%d", "S%d", `"%d"`, `"ü %d"`), m.names%20)
}

func (m *cueMaker) value(depth int) {
	switch n := m.IntN(10); {
	case n < 5 || depth > 5:
		m.b.WriteString(m.pick(`"workspace-administrator"`, `"contoso/emea"`, `"2027-01-31"`, `""`, `"ü // {"`, "true",
			"false", "0", "7", "30", "12345678901234567890"))
	case n < 6:
		m.field(depth + 1)
	case n < 8:
		m.structure(depth)
	default:
		m.list(depth)
	}
}

func (m *cueMaker) structure(depth int) {
	m.b.WriteString("{")
	if !m.loose || m.IntN(2) == 0 {
		m.b.WriteString("\n")
	}
	for range m.IntN(4) {
		m.field(depth + 1)
		m.part()
	}
	m.indent(depth)
	m.b.WriteString("}")
}

func (m *cueMaker) list(depth int) {
	m.b.WriteString("[")
	n := m.IntN(4)
	for i := range n {
		m.value(depth + 2)
		if m.loose {
			m.part()
		} else if i < n-1 {
			m.b.WriteString(", ")
		}
	}
	m.b.WriteString("]")
}

// cueTokens are inserted by mutations.
var cueTokens = []string{
	",", ":", "{", "}", "[", "]", `"`, "'", `#"`, `"""`, `\(`, `\`, "//", "/", "@tag(x)", "?", "!", "...", "|", "&",
	"*", "_", "#D",
	"let x = 1", "if true {}", "for", "1_000", "0x1f", "1.5", "1K", "1e3", "007", "00", "0", "-1", "+1", "null", "true",
	"false", "\t", "\r", "\n", "\r\n",
	"\n\n", " ", "\u00a0", "\u0085", "\u2028", "\ufeff", "\ufffd", "\x00", "\x01", "\x7f", "\v", "\f", "\xff", "é",
	"e\u0301", "ﬁ", "package x", "package",
	"import \"strings\"", "import", "users", "users: {", "a: b: ", "\"a\": ", "a: 1", "a:", "$", "$a", "__a", "_a",
	"string", "int", "in", "func", "try", "else",
	"otherwise", "fallback", "(", ")", ".", "..", "=", "~", "~X", ";", "`", "%", "^", "<", ">=", "@a()",
	"@experiment(try)", "_|_", "\"x\"", "\"x\" // c", "// c\n", ", // c\n", "\n// c\n",
	"{}", "[]", "{},", "[1, 2]", "[1\n2]", ",\n}", "\n,", "\n:", "'a'", `"\(x)"`, `#"a"#`, `##`, "[string]: ", "1:",
	"\"\"\"\na\n\"\"\"",
}

// cueMutate changes a text in one to four places.
func cueMutate(r *rand.Rand, text string) string {
	for range 1 + r.IntN(4) {
		at := r.IntN(len(text) + 1)
		switch r.IntN(9) {
		case 0: // a byte becomes another
			if at < len(text) {
				text = text[:at] + string([]byte{byte(r.IntN(256))}) + text[at+1:]
			}
		case 1: // a byte is removed
			if at < len(text) {
				text = text[:at] + text[at+1:]
			}
		case 2: // a part is removed
			to := min(len(text), at+r.IntN(20))
			text = text[:at] + text[to:]
		case 3, 4, 5:
			text = cueLines(r, text)
		case 6: // a token replaces another
			text = cueInstead(r, text, at)
		default:
			text = text[:at] + cueTokens[r.IntN(len(cueTokens))] + text[at:]
		}
	}
	return text
}

// cueLines drops, doubles or swaps lines, or joins two.
func cueLines(r *rand.Rand, text string) string {
	lines := strings.Split(text, "\n")
	i, j := r.IntN(len(lines)), r.IntN(len(lines))
	switch r.IntN(4) {
	case 0:
		lines = append(lines[:i], lines[i+1:]...)
	case 1:
		lines = append(lines, "")
		copy(lines[j+1:], lines[j:])
		lines[j] = lines[min(i, len(lines)-1)]
	case 2:
		lines[i], lines[j] = lines[j], lines[i]
	case 3:
		if i+1 < len(lines) {
			lines[i] += []string{"", " ", ", "}[r.IntN(3)] + strings.TrimSpace(lines[i+1])
			lines = append(lines[:i+1], lines[i+2:]...)
		}
	}
	return strings.Join(lines, "\n")
}

// cueInstead replaces the text between blanks at a place.
func cueInstead(r *rand.Rand, text string, at int) string {
	const blank = " \n\t:,{}[]"
	from := strings.LastIndexAny(text[:at], blank) + 1
	to := strings.IndexAny(text[at:], blank)
	if to < 0 {
		to = len(text) - at
	}
	return text[:from] + cueTokens[r.IntN(len(cueTokens))] + text[at+to:]
}

// TestCUEScanSeeds has the scanner read what people write.
func TestCUEScanSeeds(t *testing.T) {
	data, accepted := 0, 0
	m := &cueMaker{Rand: rand.New(rand.NewPCG(1, 1))}
	seeds := cueSeeds(t)
	written := len(seeds)
	for range 300 {
		seeds = append(seeds, m.file())
	}
	for i, text := range seeds {
		ok, fault := cueCompare(text, true)
		if fault != "" {
			t.Errorf("%s\n%s", fault, text)
		}
		if want, _, isData := cueLibrary(text); isData && len(findDuplicates(want)) == 0 {
			data++
			if ok {
				accepted++
			} else {
				t.Logf("text %d of %d left to the library:\n%s", i, written, text)
			}
		}
	}
	t.Logf("%d of %d texts of data are read", accepted, data)
	if data < 100 || accepted*100 < data*95 {
		t.Errorf("%d of %d texts of data are read", accepted, data)
	}
}

// TestCUEScanMutated compares the readers on texts that are almost right. PERMC_FUZZ sets how many,
// PERMC_FUZZ_SEED which.
func TestCUEScanMutated(t *testing.T) {
	number := func(name string, otherwise int) int {
		if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
			return n
		}
		return otherwise
	}
	n, seed := number("PERMC_FUZZ", 4000), number("PERMC_FUZZ_SEED", 1)
	r := rand.New(rand.NewPCG(uint64(seed), 2))
	m := &cueMaker{Rand: r}
	seeds := cueSeeds(t)
	accepted, evaluated, faults := 0, 0, 0
	for range n {
		text := ""
		switch m.loose = r.IntN(2) == 0; r.IntN(4) {
		case 0:
			text = cueMutate(r, seeds[r.IntN(len(seeds))])
		case 1:
			text = m.file()
		default:
			text = cueMutate(r, m.file())
		}
		evaluate := r.IntN(8) == 0
		ok, fault := cueCompare(text, evaluate)
		if ok {
			accepted++
			if evaluate {
				evaluated++
			}
		}
		if fault == "" {
			continue
		}
		t.Errorf("%s\n%q", fault, text)
		cueKeep(t, text)
		if faults++; faults == 20 {
			t.Fatal("too many differences")
		}
	}
	t.Logf("%d texts: %d read, %d of them evaluated, %d differences", n, accepted, evaluated, faults)
	if accepted < n/20 {
		t.Errorf("only %d of %d texts are read: the test tests little", accepted, n)
	}
}

// cueKeep saves a text for FuzzCUE.
func cueKeep(t *testing.T, text string) {
	dir := filepath.Join("testdata", "fuzz", "FuzzCUE")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("%x", sha256.Sum256([]byte(text)))[:16]
	if err := os.WriteFile(filepath.Join(dir, name), fmt.Appendf(nil, "go test fuzz v1\nstring(%q)\n", text),
		0o666); err != nil {
		t.Fatal(err)
	}
}

func FuzzCUE(f *testing.F) {
	for _, s := range cueSeeds(f) {
		f.Add(s)
	}
	m := &cueMaker{Rand: rand.New(rand.NewPCG(3, 3))}
	for i := range 100 {
		m.loose = i%2 == 0
		f.Add(m.file())
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, fault := cueCompare(text, utf8.ValidString(text)); fault != "" {
			t.Error(fault)
		}
	})
}
