package silence

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/parser"
	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/txtar"
)

// These tests compare comments with the libraries. Text in a comment has no effect: a # is in a comment if a letter
// inserted after it changes nothing.

func tries(t *testing.T) int {
	if n, err := strconv.Atoi(os.Getenv("PERMC_FUZZ")); err == nil {
		return n
	}
	if testing.Short() {
		return 10_000
	}
	return 60_000
}

// pieces are lines of YAML from which tests build texts.
var pieces = []string{
	"k: |", "- |", "- >-", "k: >+1", "- - |2", "|", "> # c", "# c", "text", "text # c", "a: b # c", "a: b#c", "a:",
	"- a: # c", "- a", "- - b # c",
	`"a # b`, `c" # d`, `"a # \" # b" # c`, `'it''s # x' # c`, "k: it's # y", `k: say "x # y" # z`, "k: 'a", "b # c'",
	`k: "a`, `b # c"`,
	"? a # b", ": c # d", "[a, # b", "b] # c", "{a: b, # c", "c: d} # e", "[a#b, 'c # d'] # e", "{a: 'x # y'}: b # c",
	"[a]: |",
	"--- # c", "---", "--- |", "...", "--- text # c", "", "  ", "é: |", "- é # ü", `"k # l": |`, "'k': # c", "k: - # c",
	"a:b # c", "a: :b # c", "- #", "k: #c",
	"url: http://x#y # z", "k: ',' # c", "k: [',', \"#\"] # c", "k: {'#': '#'} # c", "k: @#", "?#", "-#", ":#",
	"k: -# c", "# permc:ignore a -- b", "k: \\# # c",
}

// TestYAML combines pieces at random, and checks every # of the texts that the library can read.
func TestYAML(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	read, marks := 0, 0
	for range tries(t) {
		var b strings.Builder
		for range 1 + r.IntN(7) {
			b.WriteString(strings.Repeat(" ", r.IntN(5)) + pieces[r.IntN(len(pieces))] + "\n")
		}
		text := b.String()
		if r.IntN(4) == 0 {
			text = strings.ReplaceAll(text, "\n", "\r\n")
		}
		n, ok := checkYAML(t, text)
		if marks += n; ok {
			read++
		}
	}
	if t.Logf("%d texts with %d marks", read, marks); read < 1000 || marks < 1000 {
		t.Errorf("only %d texts with %d marks", read, marks)
	}
}

// TestYAMLFiles checks the YAML in testdata and examples, unchanged and with comments inserted at random.
func TestYAMLFiles(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	n := 0
	for _, text := range texts(t, ".yaml") {
		for range 20 {
			if _, ok := checkYAML(t, text); ok {
				n++
			}
			i := r.IntN(len(text) + 1)
			text = text[:i] + []string{" # c", "#", " #c\n", "\n# c\n", "|\n", "'", `"`}[r.IntN(7)] + text[i:]
		}
	}
	if t.Logf("%d texts", n); n < 100 {
		t.Errorf("only %d texts", n)
	}
}

func checkYAML(t *testing.T, text string) (marks int, ok bool) {
	t.Helper()
	want, ok := yamlSays(text)
	if !ok {
		return 0, false
	}
	comments := yamlComments(text)
	for i := range len(text) {
		if text[i] != '#' {
			continue
		}
		marks++
		got, ok := yamlSays(text[:i+1] + "x" + text[i+1:])
		inComment := ok && got == want
		mine := slices.ContainsFunc(comments, func(c span) bool { return c.from <= i && i < c.to })
		if mine != inComment {
			t.Fatalf("# at %d: in a comment %v, found %v\n%s", i, inComment, mine, text)
		}
	}
	return marks, true
}

// yamlSays returns the content of a text, without its comments and positions.
func yamlSays(text string) (says string, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false // a bug of the library
		}
	}()
	var b strings.Builder
	for dec := yaml.NewDecoder(strings.NewReader(text)); ; {
		var n yaml.Node
		err := dec.Decode(&n)
		if err == io.EOF {
			return b.String(), true
		}
		if err != nil || !say(&b, &n) {
			return "", false
		}
	}
}

// say writes a node, and reports whether permc reads it: not anchors, aliases and tags.
func say(b *strings.Builder, n *yaml.Node) bool {
	if n.Anchor != "" || n.Alias != nil || n.Style&yaml.TaggedStyle != 0 {
		return false
	}
	fmt.Fprintf(b, "%d %q %d(", n.Kind, n.Value, n.Style)
	for _, x := range n.Content {
		if !say(b, x) {
			return false
		}
	}
	b.WriteByte(')')
	return true
}

// texts returns the files of a format in testdata and examples.
func texts(t *testing.T, ext string) (list []string) {
	t.Helper()
	for _, pattern := range []string{"../../testdata/*/*.txtar", "../../examples/*/*" + ext} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatal(pattern, err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if filepath.Ext(name) == ext {
				list = append(list, string(data))
				continue
			}
			for _, f := range txtar.Parse(data).Files {
				if filepath.Ext(f.Name) == ext {
					list = append(list, string(f.Data))
				}
			}
		}
	}
	return list
}

// TestCUE checks every // in CUE files, unchanged and with comments and strings inserted at random.
func TestCUE(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	n, marks := 0, 0
	for _, text := range texts(t, ".cue") {
		for range 60 {
			if m, ok := checkCUE(t, text); ok {
				n++
				marks += m
			}
			i := r.IntN(len(text) + 1)
			text = text[:i] + cuePieces[r.IntN(len(cuePieces))] + text[i:]
		}
	}
	if t.Logf("%d texts with %d marks", n, marks); n < 100 || marks < 100 {
		t.Errorf("only %d texts with %d marks", n, marks)
	}
}

var cuePieces = []string{
	" // c\n", "\n// \"\n", `"a // b"`, `"\(x) // \("// \(y)") // z"`, "\n\"k\": \"\"\"\n\t// no\n\t\"\"\"\n",
	"\nk: #\"\\#(\"// \\(x)\") // \"# // c\n",
	"\nk: 'a // b' // c\n", `("//")`, " @a(//)", "\nk: \"\\((1+2)*3) // \\(x)\" // c\n", "\nk: [\"//\"][0] // c\n",
}

func checkCUE(t *testing.T, text string) (marks int, ok bool) {
	t.Helper()
	want, ok := cueSays(text)
	if !ok {
		return 0, false
	}
	comments := cueComments(text)
	for i := range len(text) {
		if !strings.HasPrefix(text[i:], "//") {
			continue
		}
		marks++
		got, ok := cueSays(text[:i+2] + "x" + text[i+2:])
		inComment := ok && got == want
		mine := slices.ContainsFunc(comments, func(c span) bool { return c.from <= i && i < c.to })
		if mine != inComment {
			t.Fatalf("// at %d: in a comment %v, found %v\n%s", i, inComment, mine, text)
		}
	}
	return marks, true
}

// cueSays returns the content of a text, without its comments.
func cueSays(text string) (string, bool) {
	f, err := parser.ParseFile("", text)
	if err != nil {
		return "", false
	}
	out, err := format.Node(f)
	return string(out), err == nil
}
