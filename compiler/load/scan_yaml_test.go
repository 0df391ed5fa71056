package load

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"permc.dev/permc/compiler/load/scan"
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// yamlByScan reads a text with only the scanner and puts the records back.
func yamlByScan(text string) (tree.Tree, bool) {
	split, ok := scan.YAML(1, text)
	if !ok {
		return nil, false
	}
	if len(split.Records) == 0 {
		return split.Rest, true
	}
	at := 1
	for split.Rest[at].Text != "users" {
		at += 1 + int(split.Rest[at+1].Len)
	}
	b := &tree.Builder{Nodes: slices.Clone(split.Rest[:at+2])}
	for _, r := range split.Records {
		b.Key(r.ID, policy.Pos{File: 1, Off: r.Key, End: r.KeyEnd})
		if !scan.YAMLValue(b, 1, text, r) {
			return nil, false
		}
	}
	added := int32(len(b.Nodes) - at - 2)
	b.Append(split.Rest[at+2:])
	b.Nodes[0].Len += added
	b.Nodes[at+1].Len += added
	return b.Nodes, true
}

// yamlDifference returns how the scanner and the library differ on a text that the scanner accepts.
func yamlDifference(text string) (diff string, accepted bool) {
	got, ok := yamlByScan(text)
	if !ok {
		return "", false
	}
	defer func() {
		if p := recover(); p != nil {
			diff, accepted = fmt.Sprint("the library panics: ", p), true
		}
	}()
	docs, faults := readYAML(&policy.File{Name: "fuzz.yaml", Data: text}, 1)
	switch {
	case len(faults) > 0:
		return fmt.Sprint("the library: ", faults[0].Message), true
	case len(docs) != 1:
		return fmt.Sprintf("the library: %d documents", len(docs)), true
	case len(findDuplicates(docs[0])) > 0 && !yamlRecordTwice(docs[0]):
		return "a key occurs twice", true
	case !slices.Equal(docs[0], got):
		return cmp.Diff(docs[0], got), true
	}
	return "", true
}

// yamlRecordTwice reports whether a record's ID appears twice, which the scanner leaves to its caller.
func yamlRecordTwice(t tree.Tree) bool {
	seen := map[string]bool{}
	if users := t.Get("users"); users != nil {
		for k := range users.Fields() {
			if seen[k.Text] {
				return true
			}
			seen[k.Text] = true
		}
	}
	return false
}

// yamlSeeds returns the YAML files of the examples and tests.
func yamlSeeds(tb testing.TB) (seeds []string) {
	tb.Helper()
	isYAML := func(name string) bool { return kinds[fileExt(name)] == ".yaml" }
	for _, dir := range []string{"../../examples", "../../testdata"} {
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !isYAML(name) && fileExt(name) != ".txtar" {
				return err
			}
			data, err := os.ReadFile(name)
			if isYAML(name) {
				seeds = append(seeds, string(data))
				return err
			}
			for _, f := range txtar.Parse(data).Files {
				if isYAML(f.Name) {
					seeds = append(seeds, string(f.Data))
				}
			}
			return err
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
	return seeds
}

// yamlWriter writes random declarations in the styles of people and exporters.
type yamlWriter struct {
	*rand.Rand
	strings.Builder
	step int
	flat bool // sequences are below their key
	eol  string
}

func writeYAML(r *rand.Rand) string {
	w := &yamlWriter{Rand: r, step: 1 + r.IntN(4), flat: r.IntN(3) == 0, eol: "\n"}
	if r.IntN(8) == 0 {
		w.eol = "\r\n"
	}
	if r.IntN(3) == 0 {
		w.line("product: services-hub")
	}
	w.line("users:")
	for range 1 + r.IntN(5) {
		w.line(strings.Repeat(" ", w.step), w.key(), ":", w.value(w.step, 0))
	}
	for range r.IntN(3) {
		w.line(w.key(), ":", w.value(0, 0))
	}
	return w.String()
}

func (w *yamlWriter) line(parts ...string) {
	text := strings.Join(parts, "")
	w.WriteString(text)
	if strings.HasSuffix(text, "\n") {
		return
	}
	w.WriteString([]string{"", "", "", "", "", " # why", "  ", " #"}[w.IntN(8)])
	w.WriteString(w.eol)
	if w.IntN(12) == 0 {
		w.WriteString(strings.Repeat(" ", w.IntN(6)) + []string{"", "# a comment", "#"}[w.IntN(3)] + w.eol)
	}
}

func (w *yamlWriter) key() string {
	n := strconv.Itoa(w.IntN(40))
	return []string{"user" + n + "@contoso.example", "k" + n, `"q` + n + `"`, "'s " + n + "'", "ü" + n, n, "a b" + n,
		"c:" + n}[w.IntN(8)]
}

func (w *yamlWriter) scalar() string {
	if w.IntN(8) == 0 {
		return w.numeric()
	}
	return []string{"workspace-administrator", "contoso/emea", "2026-12-31", "17", "-1.5e3", "true", "null", "~",
		"0x1F", ".inf", "Ana Díaz",
		`"für Bø"`, `'it is "so"'`, "a  b", "http://x.example:80/a", "b#c", "Bob's, [1]", "yes", "''", "(x)", "12:30",
		"-x", "- x", "a: b", "👍", "'it''s'", `"D\u00edaz \"x\"\\"`}[w.IntN(27)]
}

// numeric returns something close to a number or a word.
func (w *yamlWriter) numeric() string {
	const parts = "+-..00123789eEeExXoOabfF_:"
	var out strings.Builder
	for range 1 + w.IntN(7) {
		out.WriteByte(parts[w.IntN(len(parts))])
	}
	words := []string{".inf", ".Inf", ".INF", ".nan", ".NaN", "-.inf", "+.INF", "-.nan", "null", "Null", "NULL", "nULL",
		"true", "True", "TRUE", "tRUE", "false", "False", "FALSE", "~"}
	return []string{out.String(), out.String(), words[w.IntN(len(words))],
		words[w.IntN(len(words))] + out.String()}[w.IntN(4)]
}

// plain returns a scalar that may be in brackets.
func (w *yamlWriter) plain() string {
	return []string{"view", "export", "contoso/emea", "17", "true", "null", `"a, b"`, "'x'", "a b", "ü",
		"a:b"}[w.IntN(11)]
}

func (w *yamlWriter) flow(depth int) string {
	if depth > 2 || w.IntN(2) == 0 {
		return w.plain()
	}
	var parts []string
	list := w.IntN(2) == 0
	for range w.IntN(4) {
		if list {
			parts = append(parts, w.flow(depth+1))
		} else {
			parts = append(parts, fmt.Sprintf("k%d: %s", w.IntN(99), w.flow(depth+1)))
		}
	}
	sep := []string{", ", ",", " , "}[w.IntN(3)]
	if list {
		return "[" + strings.Join(parts, sep) + "]"
	}
	return "{" + strings.Join(parts, sep) + "}"
}

// value returns the text after the colon of a key in a column.
func (w *yamlWriter) value(col, depth int) string {
	switch n := w.IntN(6); {
	case n == 0 && depth > 0:
		return ""
	case n == 1:
		return " " + w.flow(0)
	case n < 4 || depth > 3:
		return " " + w.scalar()
	case n == 4:
		return w.eol + w.inner(func(in *yamlWriter) { in.mapping(col+w.step, depth) })
	}
	if !w.flat {
		col += w.step
	}
	return w.eol + w.inner(func(in *yamlWriter) { in.sequence(col, depth) })
}

// inner writes lines further in.
func (w *yamlWriter) inner(write func(*yamlWriter)) string {
	in := &yamlWriter{Rand: w.Rand, step: w.step, flat: w.flat, eol: w.eol}
	write(in)
	return in.String()
}

func (w *yamlWriter) mapping(col, depth int) {
	for range 1 + w.IntN(3) {
		w.line(strings.Repeat(" ", col), w.key(), ":", w.value(col, depth+1))
	}
}

func (w *yamlWriter) sequence(col, depth int) {
	for range 1 + w.IntN(3) {
		gap := strings.Repeat(" ", w.IntN(3))
		begin := strings.Repeat(" ", col) + "-"
		switch w.IntN(5) {
		case 0:
			w.line(begin)
		case 1:
			w.line(begin, " ", gap, w.flow(0))
		case 2:
			w.line(begin, " ", gap, w.scalar())
		default:
			in := w.inner(func(in *yamlWriter) { in.mapping(col+2+len(gap), depth+1) })
			w.line(begin, " ", gap, strings.TrimLeft(in, " "))
		}
	}
}

var yamlTokens = []string{": ", ":", "- ", "-", " #", "#", "'", `"`, "{", "}", "[", "]", ",", ", ", "|", ">", "&a",
	"*a", "!t", "!!str ", "? ", "?", "---", "--- ", "...", "... ", "%YAML 1.2",
	"\t", "\u00a0", "\u0085", "\u2028", "\u2029", "\ufeff", "\ufffe", "null", "~", "yes", "true", "False", "0x1f",
	"0o17", "1e3", ".inf", "-.INF", ".nan", "+1.", "1_0", "2026-01-02", "=", "<<", "<<: ", "<<: {a: b}",
	"\\", `\n`, `\ud800`, `\U00110000`, `\x4`, `\x00`, `\u2028`, `\/`, `"\xe9\t\\"`, "''", "\n", "\n\n", "\r", "\r\n",
	" ", "  ", "    ", "\n  ", "\n    ", "\n- ", "\n  - ", "\n#", "\n  # x\n", "`", "@", "%", "\x00", "\x07", "\x7f",
	"\xff", "é", "😀", "\ue000",
	"users:", "\nusers:\n", "users: {}", "a: b", "\na: b\n", "a:\n", "''", `""`, "{}", "[]", "key: value", "- - x",
	"-\n", "- a: b", ":\n", "k:\n- x\n", "null: x", "\"a\": ", "'b': "}

// mutate changes a text at one to three places.
func mutate(r *rand.Rand, text, other string) string {
	for range 1 + r.IntN(3) {
		text = mutateOnce(r, text, other)
	}
	if len(text) > 20_000 {
		text = text[:20_000]
	}
	return text
}

func mutateOnce(r *rand.Rand, text, other string) string {
	at := r.IntN(len(text) + 1)
	end := min(len(text), at+r.IntN(4))
	lines := strings.SplitAfter(text, "\n")
	i, j := r.IntN(len(lines)), r.IntN(len(lines))
	switch r.IntN(12) {
	case 0:
		return text[:at] + string([]byte{byte(r.IntN(256))}) + text[end:]
	case 1:
		return text[:at] + text[end:]
	case 2, 3, 4:
		return text[:at] + yamlTokens[r.IntN(len(yamlTokens))] + text[end:]
	case 5:
		return text[:at] + yamlTokens[r.IntN(len(yamlTokens))] + text[at:]
	case 6:
		lines = slices.Insert(lines, j, lines[i])
	case 7:
		lines = slices.Delete(lines, i, i+1)
	case 8:
		lines[i], lines[j] = lines[j], lines[i]
	case 9:
		to := min(len(lines), i+1+r.IntN(3))
		by := r.IntN(7) - 3
		for k := i; k < to; k++ {
			lines[k] = reindent(lines[k], by)
		}
	case 10:
		others := strings.SplitAfter(other, "\n")
		k := r.IntN(len(others))
		lines = slices.Insert(lines, i, others[k:min(len(others), k+1+r.IntN(4))]...)
	case 11:
		if r.IntN(8) > 0 {
			lines[i] = strings.TrimRight(lines[i], "\r\n") + yamlTokens[r.IntN(len(yamlTokens))] + "\n"
			break
		}
		// The library reads and looks ahead in blocks of 512 bytes.
		run := []string{" ", "\n", "x", "#", "# x\n", " \n", "é", "  # y\n"}[r.IntN(8)]
		return text[:at] + strings.Repeat(run, (480+r.IntN(1200))/len(run)) + text[at:]
	}
	return strings.Join(lines, "")
}

func reindent(line string, by int) string {
	if by >= 0 {
		return strings.Repeat(" ", by) + line
	}
	for ; by < 0 && strings.HasPrefix(line, " "); by++ {
		line = line[1:]
	}
	return line
}

// TestScanYAML compares the scanner with the library on mutated declarations. PERMC_FUZZ sets how
// many, PERMC_FUZZ_SEED the first seed.
func TestScanYAML(t *testing.T) {
	count, _ := strconv.Atoi(os.Getenv("PERMC_FUZZ"))
	if count == 0 {
		count = 5_000
	}
	seed, _ := strconv.Atoi(os.Getenv("PERMC_FUZZ_SEED"))
	seeds := yamlSeeds(t)
	taken := 0
	for _, text := range seeds {
		diff, accepted := yamlDifference(text)
		if diff != "" {
			saveYAML(t, text, diff)
		}
		if accepted {
			taken++
		} else if testing.Verbose() && os.Getenv("PERMC_FUZZ") != "" {
			t.Logf("not accepted:\n%s", text)
		}
	}
	t.Logf("%d of %d seeds accepted", taken, len(seeds))
	if taken*2 < len(seeds) {
		t.Error("most seeds should be accepted")
	}
	r := rand.New(rand.NewPCG(uint64(seed), 3))
	generated := 0
	for range 200 {
		text := writeYAML(r)
		diff, accepted := yamlDifference(text)
		if diff != "" {
			saveYAML(t, text, diff)
		}
		if accepted {
			generated++
			seeds = append(seeds, text)
		}
	}
	t.Logf("%d of 200 generated accepted", generated)
	if generated < 40 {
		t.Error("more of the generated texts should be accepted")
	}
	fuzzYAML(t, r, seeds, count)
}

// TestScanYAMLNumbers compares the kinds of everything that looks like a number.
func TestScanYAMLNumbers(t *testing.T) {
	const parts = "+-.07eExof:_"
	var try func(text string)
	try = func(text string) {
		if diff, _ := yamlDifference("a: " + text); diff != "" {
			t.Error(text, diff)
		}
		for _, c := range parts {
			if len(text) < 4 {
				try(text + string(c))
			}
		}
	}
	try("")
	for _, text := range []string{".inf", "-.Inf", "+.INF", ".nan", ".NaN", ".NAN", "-.nan", ".iNF", "1.5e+10",
		"-0.5E-3", "+1.e", "0x1G", "0o18", "1e3.0"} {
		if diff, _ := yamlDifference("a: " + text); diff != "" {
			t.Error(text, diff)
		}
	}
}

// fuzzYAML mutates texts, and then the results, as long as the scanner accepts them.
func fuzzYAML(t *testing.T, r *rand.Rand, pool []string, count int) {
	own := len(pool)
	taken, differ := 0, 0
	for n := range count {
		text := pool[r.IntN(len(pool))]
		if n%10 == 0 {
			text = writeYAML(r)
		}
		if n%20 > 0 {
			text = mutate(r, text, pool[r.IntN(len(pool))])
		}
		diff, accepted := yamlDifference(text)
		if !accepted {
			continue
		}
		taken++
		if diff != "" {
			if differ++; differ < 20 {
				saveYAML(t, text, diff)
			}
			continue
		}
		if len(text) > 6_000 && n%20 > 0 {
			continue
		}
		if len(pool) < own+2_000 {
			pool = append(pool, text)
		} else if r.IntN(3) == 0 {
			pool[own+r.IntN(2_000)] = text
		}
	}
	t.Logf("%d of %d mutated accepted, %d differ", taken, count, differ)
	if taken*20 < count {
		t.Error("more of the mutated texts should be accepted")
	}
}

// saveYAML fails the test and saves the text for FuzzYAML.
func saveYAML(t *testing.T, text, diff string) {
	t.Helper()
	text = shrinkYAML(text)
	name := filepath.Join("testdata", "fuzz", "FuzzYAML", fmt.Sprintf("%.8x", sha256.Sum256([]byte(text))))
	t.Errorf("%s: %q\n%s", name, text, diff)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, fmt.Appendf(nil, "go test fuzz v1\nstring(%q)\n", text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// shrinkYAML removes everything that a difference does not need.
func shrinkYAML(text string) string {
	for size := len(text) / 2; size > 0; size /= 2 {
		for i := 0; i+size <= len(text); {
			shorter := text[:i] + text[i+size:]
			if diff, _ := yamlDifference(shorter); diff != "" {
				text = shorter
			} else {
				i += size
			}
		}
	}
	return text
}

// FuzzYAML compares the scanner with the library.
func FuzzYAML(f *testing.F) {
	for _, text := range yamlSeeds(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if diff, _ := yamlDifference(text); diff != "" {
			t.Error(diff)
		}
	})
}
