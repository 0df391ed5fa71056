package scan

import (
	"fmt"
	"strings"
	"testing"

	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// cueShown writes a tree with the text at each position; whole values as their kind.
func cueShown(text string, t tree.Tree) string {
	var b strings.Builder
	for _, n := range t {
		at := text[n.Pos.Off:n.Pos.End]
		switch {
		case n.Kind >= tree.List:
			fmt.Fprintf(&b, "%d‹%s›", n.Len, strings.Join(strings.Fields(at), ""))
		case n.Text == at || at == `"`+n.Text+`"`:
			b.WriteString(n.Text)
		default:
			fmt.Fprintf(&b, "%s at %s", n.Text, at)
		}
		b.WriteString(" ")
	}
	return strings.TrimSuffix(b.String(), " ")
}

// cueRead reads a whole file and shows its rest, package and records.
func cueRead(text string) (shown string, ok bool) {
	out, pkg, ok := CUE(1, text)
	if !ok {
		return "", false
	}
	shown = cueShown(text, out.Rest)
	if pkg != "" {
		shown += " package " + pkg
	}
	for _, r := range out.Records {
		b := &tree.Builder{}
		if !CUEValue(b, 1, text, r) {
			return "", false
		}
		b.Nodes = append(tree.Tree{{Text: r.ID, Pos: policy.Pos{File: 1, Off: r.Key, End: r.KeyEnd}}}, b.Nodes...)
		shown += "; " + cueShown(text, b.Nodes)
	}
	return shown, true
}

func TestCUE(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a: 1\n", "3‹a:1› a 1"},
		{"// c\na: 1 // c", "3‹a:1› a 1"},
		{"package x // c\n", "1‹packagex› package x"},
		{"package x, a: true,", "3‹packagex,a:true› a true package x"},
		{"a: {}, b: []\r\n", "5‹a:{},b:[]› a 1‹{}› b 1‹[]›"},
		{"a: {\n\tb: \"ü\" // }\n\t\"c d\": 12,\n}",
			"7‹a:{b:\"ü\"//}\"cd\":12,}› a 5‹{b:\"ü\"//}\"cd\":12,}› b ü c d 12"},
		{"a: [1\n2, // c\n[],\n]", "6‹a:[12,//c[],]› a 4‹[12,//c[],]› 1 2 1‹[]›"},
		{"a: \"b\": c: 1", "7‹a:\"b\":c:1› a 5‹\"b\":c:1› b 3‹c:1› c 1"},
		{"a:\n// c\n1", "3‹a://c1› a 1"},
		{"users: {\n\t\"a@x\": {b: 1}\n\tc: d: \"}\"\n}\nz: 1",
			"5‹users:{\"a@x\":{b:1}c:d:\"}\"}z:1› users 1‹{\"a@x\":{b:1}c:d:\"}\"}› z 1; a@x 3‹{b:1}› b 1; c " +
				"3‹d:\"}\"› d }"},
		{"users: \"a@x\": {b: 1}", "7‹users:\"a@x\":{b:1}› users 5‹\"a@x\":{b:1}› a@x 3‹{b:1}› b 1"},
		{"users: {}", "3‹users:{}› users 1‹{}›"},
		{"users: {a: {b: \"{\" // \"}\n}, a: {}}",
			"3‹users:{a:{b:\"{\"//\"}},a:{}}› users 1‹{a:{b:\"{\"//\"}},a:{}}›; a 3‹{b:\"{\"//\"}}› b {; a 1‹{}›"},
		{"a: {b: 1}\nc: {b: 1}", "9‹a:{b:1}c:{b:1}› a 3‹{b:1}› b 1 c 3‹{b:1}› b 1"},
	} {
		got, ok := cueRead(c.text)
		if !ok || got != c.want {
			t.Errorf("%q: got %v\n%s\n%s", c.text, ok, got, c.want)
		}
	}
}

// TestCUELeft lists texts for the library: wrong, not data, or rare.
func TestCUELeft(t *testing.T) {
	for _, text := range []string{
		"", " \n", "// c", "a", "a:", "a: \n", "1", "{a: 1}", ": 1", ",", "a: 1 b: 2", "a: 1\rb: 2", "a: 1,,", ", a: 1",
		"a: 1 // c\n, b: 2", "a: 1\n: 2",
		"a: [1 2]", "a: [,]", "a: [1", "a: {b: 1", "a: }", "a: {]", "a: [}", "a: [b: 1]", "a: [\"b\": 1]", "a: 1: 2",
		"a: true: 1", "a: {,}",
		"a: 01", "a: 00", "a: 1.5", "a: 1_0", "a: 1K", "a: 1e3", "a: 0x1", "a: -1", "a: null", "a: b", "a: string",
		"a: _", "a: 1 & 1", "a: 1 | 2", "a: *1", "a: (1)",
		"a: 'b'", `a: #"b"#`, `a: "b\n"`, `a: "\(b)"`, "a: \"\"\"\n\tb\n\t\"\"\"", "a: \"b", "a: \"b\nc\"",
		"a: \"\tb\"", "a: \"b\"\"c\"", "a: `b`",
		"_a: 1", "#a: 1", "$a: 1", "a$: 1", "é: 1", "a?: 1", "a!: 1", "a.b: 1", "X=a: 1", "a~X: 1", "(a): 1", "[a]: 1",
		"[string]: 1", "1: 1", "...", "a: {...}", "a: [...]",
		"if: 1", "true: 1", "for: 1", "in: 1", "let x = 1", "if true {}", "import: 1", "import \"strings\"", "package",
		"package\nx", "package: 1", "package _", "package if", "package x y: 1", "a: 1\npackage x",
		"a: 1 @b(c)", "@b(c)", "a: {@b(c)}", "a: 1 / 2", "a: 1 /", "a: 1 /* c */", "/", "a: 1\u00a0", "a: 1\f",
		"\ufeffa: 1", "a: \"\ufeff\"", "// \x00\na: 1", "// \xff\na: 1", "a: 1;",
		"a: 1\na: 1", "a: {b: 1, b: 1}", "a: {b: 1, \"b\": 1}", "users: {}\nusers: {}", "users: {}\nusers: a: {}",
		"\"e\u0301\": 1",
		"users: {a: {}", "users: {a: {b: 1}} c: 1", "users: {a: {b: 1} c: {}}", "users: {a: {b: 1, b: 2}}",
		"users: {a: {b: [}]}}", "users: {a: {\"}}", "users: {a: {} & {}}", "users: {a: b}",
		"users: {a: {/}}", "users: {a: {]}}", "users: {a: {b: \"\"\"}}", "users: {a}", "users: {a:",
		"users: {a: {b: '}'}}",
		"a: " + strings.Repeat("[", 200) + strings.Repeat("]", 200), "a: " + strings.Repeat("b: ", 200) + "1",
	} {
		if got, ok := cueRead(text); ok {
			t.Errorf("%q: is read, as %s", text, got)
		}
	}
}

// TestCUEMany has more keys than are compared one by one.
func TestCUEMany(t *testing.T) {
	var b strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&b, "k%d: %d\n", i, i)
	}
	if _, ok := cueRead(b.String()); !ok {
		t.Error("keys that differ are left")
	}
	for _, twice := range []string{"k3", "k31", "k32", "k999"} {
		if _, ok := cueRead(b.String() + twice + ": 1\n"); ok {
			t.Errorf("%s occurs twice and is read", twice)
		}
	}
}

// cueUsers returns a file of n users, of 300 bytes each, as the formatter writes it.
func cueUsers(n int) string {
	var b strings.Builder
	b.WriteString("package contoso\n\nproduct: \"services-hub\"\n\nusers: {\n")
	for i := range n {
		fmt.Fprintf(&b, "\t\"user%06d@contoso.example\": {\n", i)
		b.WriteString("\t\taffiliation: \"customer\"\n\t\tname:        \"Ana Diaz\"\n\t\troles: [\n")
		b.WriteString("\t\t\t{role: \"workspace-administrator\", scope: \"contoso/emea\", expires: \"2027-01-31\"},\n")
		b.WriteString("\t\t\t{role: \"support-contact\", scope: \"contoso/apac\"},\n\t\t]\n")
		b.WriteString("\t\tgrants: [{permission: \"health\", scope: \"contoso\"}]\n\t}\n")
	}
	b.WriteString("}\n")
	return b.String()
}

func BenchmarkCUE(b *testing.B) {
	const n = 10000
	text := cueUsers(n)
	for _, whole := range []bool{false, true} {
		b.Run(map[bool]string{false: "split", true: "split and values"}[whole], func(b *testing.B) {
			nodes := &tree.Builder{}
			for b.Loop() {
				out, _, ok := CUE(1, text)
				if !ok || len(out.Records) != n {
					b.Fatal("not read")
				}
				for _, r := range out.Records {
					nodes.Nodes = nodes.Nodes[:0]
					if whole && !CUEValue(nodes, 1, text, r) {
						b.Fatal("not read")
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/n, "µs/user")
			b.ReportMetric(float64(len(text))/n, "B/user")
		})
	}
}
