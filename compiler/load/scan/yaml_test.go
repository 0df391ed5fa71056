package scan

import (
	"fmt"
	"strings"
	"testing"

	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// yamlWhole reads a text and puts its records back into the document.
func yamlWhole(text string) (tree.Tree, bool) {
	split, ok := YAML(1, text)
	if !ok || len(split.Records) == 0 {
		return nil, false
	}
	at := 1
	for split.Rest[at].Text != "users" {
		at += 1 + int(split.Rest[at+1].Len)
	}
	b := &tree.Builder{}
	b.Append(split.Rest[:at+2])
	for _, r := range split.Records {
		b.Key(r.ID, policy.Pos{File: 1, Off: r.Key, End: r.KeyEnd})
		if !YAMLValue(b, 1, text, r) {
			return nil, false
		}
	}
	added := int32(len(b.Nodes) - at - 2)
	b.Append(split.Rest[at+2:])
	b.Nodes[0].Len += added
	b.Nodes[at+1].Len += added
	return b.Nodes, true
}

// yamlLine returns a tree in one line.
func yamlLine(t tree.Tree) string {
	var out strings.Builder
	for _, n := range t {
		fmt.Fprintf(&out, "%d:%q@%d-%d ", n.Kind, n.Text, n.Pos.Off, n.Pos.End)
	}
	return strings.TrimSpace(out.String())
}

// Package load compares accepted texts with the library; this lists texts that must be accepted.
func TestYAMLAccepts(t *testing.T) {
	for _, text := range []string{
		"users:\n  a: {}\n",
		"users:\n  a:",
		"---\nusers:\n  a: {}\n",
		"# x\n\n--- # y\nusers: # z\n\n  # y\n  a: {} # z\n# end",
		"\"users\":\n a:\n  b: 'c'\n",
		"users:\r\n  a:\r\n    roles:\r\n    - role: x\r\n      scope: y/z\r\n    -   role: z\r\n",
		"product: x\nusers:\n  a:\n  - b\n  -\n  c: [a, {b: c, 'd': \"e f\"}, []]\nrules: []\n",
		"users:\n  a:\n    name: Ana Díaz # a comment\n    reason: see [1], Bob's \"x\"#y\n",
		"users:\n  a: 'it''s'\n  b: \"a \\\"b\\\" \\u00ed \\x41\"\n",
		"users:\n  a:\n    - - x\n      - y\n    - k: v\n      l:\n      - m\n",
		"users:\n  a: true\n  b: 1.5e3\n  c: ~\n  d: 2026-01-02\n  e: http://x:80/\n",
	} {
		if _, ok := yamlWhole(text); !ok {
			t.Errorf("not accepted: %q", text)
		}
	}
}

func TestYAMLLeaves(t *testing.T) {
	for _, text := range []string{
		"", "# only a comment", "- a", "a", "{}",
		"users:\n  a: &x b", "users:\n  a: *x", "users:\n  a: !t b", "users:\n  a: |\n    b", "users:\n  a: >\n    b",
		"users:\n  a: {}\n---\n", "users:\n  a: {}\n...\n", "%YAML 1.2\n---\nusers:\n  a: {}\n", "users:\n  ? a\n  : b",
		"users:\n  a: b\n    c", "users:\n  a: 'b\n    c'", "users:\n  a: [b,\n    c]", "users:\n  a:\n    b",
		"users:\n\ta: b", "users:\n  a:\tb", "users:\n  a: b\t# c", "users:\n  a: b: c", "users:\n  a: b :c",
		"users:\n  <<: {}", "users:\n  null: {}", "users:\n  true: {}", "users:\n  a: {~: b}",
		"users:\n  a: {b: c, b: d}", "users:\n  a:\n    b: c\n    b: d", "users:\n  a: {}\nusers:\n  b: {}",
		"\ufeffusers:\n  a: {}", "users:\n  a: b\u0085", "users:\n  a: b # \u2028", "users:\n  a: \"b\u2029\"",
		"users:\n  a: b\x00", "users:\n  a: b # \x07", "users:\n  a: b # \xff", "users:\n  a: 'b\x7f'",
		"users:\n  a: b\r",
		"users:\n  a: {}\n b: {}", "users:\n  a: {}\n   b: {}", "users:\n  a:\n      b: c\n    d: e",
		" users:\n  a: {}\nb: c",
		"users:\n  a: \"\\q\"", "users:\n  a: \"\\ud800\"", "users:\n  a: \"\\x4\"", "users:\n  a: \"b\\\n    c\"",
		"users:\n  a: " + strings.Repeat("[", 200) + strings.Repeat("]", 200),
		"users:\n  " + strings.Repeat("a", 1100) + ": b",
	} {
		if got, ok := yamlWhole(text); ok {
			t.Errorf("accepted: %q: %s", text, yamlLine(got))
		}
	}
}

// TestYAMLPlaces pins the positions of nodes.
func TestYAMLPlaces(t *testing.T) {
	text := "users:\n  ä: {roles: [x]}\n  'b':\n  - c: \"d\"\n    e:\n"
	got, ok := yamlWhole(text)
	want := `5:""@0-1 3:"users"@0-5 5:""@9-10 3:"ä"@9-11 5:""@13-14 3:"roles"@14-19 4:""@21-22 3:"x"@22-23 ` +
		`3:"b"@28-31 4:""@35-36 5:""@37-38 3:"c"@37-38 3:"d"@40-43 3:"e"@48-49 0:""@50-50`
	if line := yamlLine(got); !ok || line != want {
		t.Errorf("%v\n got %s\nwant %s", ok, line, want)
	}
}

// TestYAMLManyKeys has more keys in a struct than are compared one by one.
func TestYAMLManyKeys(t *testing.T) {
	var block, flow strings.Builder
	for i := range 30_000 {
		fmt.Fprintf(&block, "  c%d: {}\n", i)
		fmt.Fprintf(&flow, "c%d: {}, ", i)
	}
	rest := "users:\n  a: {}\n"
	for text, want := range map[string]bool{
		rest + "scopes:\n" + block.String():                                true,
		rest + "scopes:\n" + block.String() + "  c7: {}\n":                 false,
		rest + "scopes: {" + flow.String() + "z: 1}\n":                     true,
		rest + "scopes: {" + flow.String() + "c29999: {}, z: 1}\n":         false,
		"users:\n  a:\n" + strings.ReplaceAll(block.String(), "  ", "   "): true,
	} {
		if _, ok := yamlWhole(text); ok != want {
			t.Errorf("%t: %.40q", ok, text)
		}
	}
}

// yamlUsers returns a file of users of 300 bytes each.
func yamlUsers(n int) string {
	var out strings.Builder
	out.WriteString("product: services-hub\nusers:\n")
	for i := range n {
		fmt.Fprintf(&out, "  user%06d@contoso.example:\n    name: User Number %d\n    affiliation: customer\n", i, i)
		out.WriteString("    roles:\n      - role: workspace-administrator\n        scope: contoso/emea\n")
		out.WriteString("    grants:\n      - permission: customer-activity\n        scope: contoso/apac\n")
		out.WriteString("        actions: [view, export]\n        expires: 2026-12-31\n")
	}
	return out.String()
}

func BenchmarkYAML(b *testing.B) {
	const n = 10_000
	text := yamlUsers(n)
	each := func(b *testing.B, f func()) {
		b.ReportAllocs()
		for b.Loop() {
			f()
		}
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/n, "µs/user")
		b.ReportMetric(float64(len(text))/n, "B/user")
	}
	b.Run("split", func(b *testing.B) {
		each(b, func() {
			if _, ok := YAML(1, text); !ok {
				b.Fatal("not accepted")
			}
		})
	})
	b.Run("all", func(b *testing.B) {
		out := &tree.Builder{}
		each(b, func() {
			split, ok := YAML(1, text)
			for _, r := range split.Records {
				out.Nodes = out.Nodes[:0]
				ok = ok && YAMLValue(out, 1, text, r)
			}
			if !ok {
				b.Fatal("not accepted")
			}
		})
	})
}
