package load

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/format"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"

	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// TestBatches evaluates the CUE of all archives with batches of one user, and at once.
func TestBatches(t *testing.T) {
	names, err := filepath.Glob("../../testdata/*/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal(err, names)
	}
	parted := 0
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var files []txtar.File
		for _, f := range archive.Files {
			if strings.HasSuffix(f.Name, ".cue") && !strings.Contains(f.Name, "cue.mod") {
				files = append(files, f)
			}
		}
		if len(files) > 0 && compareBatches(t, name, files) {
			parted++
		}
	}
	if parted < 10 {
		t.Errorf("only %d archives have users in batches", parted)
	}
}

// TestBatchShapes evaluates users who are written in several ways. Where they depend on each other, there are no
// batches.
func TestBatchShapes(t *testing.T) {
	const two = "users: \"b@x.example\": #A\nusers: \"c@x.example\": #A & {name: \"C\"}\n" +
		"#A: {affiliation: \"customer\", ...}\n"
	for name, c := range map[string]struct {
		text  string
		apart bool
	}{
		"template":            {two + "users: [string]: status: \"active\"\n", true},
		"template with alias": {two + "users: [ID=string]: name: *ID | string\n", true},
		"template in struct":  {two + "users: {\n\t\"d@x.example\": #A\n\t[=~\"^d\"]: name: \"D\"\n}\n", true},
		"user in two places":  {two + "users: \"b@x.example\": name: \"B\"\nusers: \"c@x.example\": {}\n", true},
		"user in two structs": {two + "users: {\"b@x.example\": name: \"B\", \"c@x.example\": note: \"C\"}\n", true},
		"plain names":         {two + "users: {ann: #A, ben: #A}\n", true},
		"users asked":         {two + "owners: [for u, _ in users {u}]\n", false},
		"users by index":      {two + "_all: {for k, v in _top[\"users\"] {(k): v}}\n_top: users: {}\n", false},
		"sibling":             {two + "users: {ann: #A, ben: ann}\n", false},
		"alias of a user":     {two + "users: {X=\"d@x.example\": #A, \"e@x.example\": X}\n", false},
		"alias of users":      {two + "U=users: {}\nn: len(U)\n", false},
		"value alias":         {two + "users: U={\"d@x.example\": name: \"\\(len(U))\"}\n", false},
		"comprehension":       {two + "users: {for x in [\"d\", \"e\"] {(x): #A}}\n", false},
		"at the top":          {two + "for x in [\"d\", \"e\"] {users: (x): #A}\n", false},
		"embedding":           {two + "_base\n_base: users: d: #A\n", false},
		"dynamic":             {two + "users: (_x): #A\n_x: \"d\"\n", false},
		"let":                 {two + "users: {\n\tlet x = #A\n\t\"d@x.example\": x\n}\n", false},
		"all at once":         {two + "users: {\"d@x.example\": #A} & {[string]: {...}}\n", false},
		"quoted":              {two + "\"users\": \"d@x.example\": #A\n", false},
		"pattern at the top":  {two + "[\"users\"]: \"d@x.example\": #A\n", false},
		"optional user":       {two + "users: \"b@x.example\"?: name: \"B\"\n", true},
		"conflict":            {two + "users: \"b@x.example\": affiliation: \"microsoft\"\n", true},
		"conflict of all":     {two + "users: [string]: affiliation: \"microsoft\"\n", true},
		"not concrete":        {two + "users: \"b@x.example\": name: string\n", true},
		"let of some":         {two + "let x = {name: \"X\"}\nusers: \"d@x.example\": x\n", true},
		"bytes":               {two + "users: \"b@x.example\": name: 'B'\n", true},
	} {
		t.Run(name, func(t *testing.T) {
			files := []txtar.File{{Name: "access.cue", Data: []byte(c.text)}}
			if apart := compareBatches(t, name, files); apart != c.apart {
				t.Errorf("in batches: %v, want %v", apart, c.apart)
			}
		})
	}
}

// TestRandomBatches evaluates random users, templates and files.
func TestRandomBatches(t *testing.T) {
	line := rapid.Custom(func(t *rapid.T) string {
		id := fmt.Sprintf("%q", rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}).Draw(t, "id"))
		label := rapid.SampledFrom([]string{id, id, id, "[string]", `[=~"[ab]"]`, "[X=string]"}).Draw(t, "label")
		values := []string{"#A", "#B", "{}", `{name: "x"}`, `{name: *"y" | string}`, `#A & {roles: ["r"]}`,
			`{roles: [...string]}`, "#A & #B", `{name: string}`, `{close: {z: 1}}`, "_"}
		if strings.HasPrefix(label, "[X") {
			values = []string{`{key: X}`, `{"\(X)": true}`}
		}
		value := rapid.SampledFrom(values).Draw(t, "value")
		if rapid.Bool().Draw(t, "short") {
			return fmt.Sprintf("users: %s: %s\n", label, value)
		}
		return fmt.Sprintf("users: {\n\t%s: %s\n\t%q: %s\n}\n", label, value, "f", "#A")
	})
	rapid.Check(t, func(t *rapid.T) {
		var files []txtar.File
		for i := range rapid.IntRange(1, 2).Draw(t, "files") {
			text := strings.Join(rapid.SliceOfN(line, 1, 6).Draw(t, "lines"), "")
			if i == 0 {
				text += "#A: {affiliation: \"customer\", ...}\n#B: {name?: string, roles?: [...string]}\nother: 1\n"
			}
			files = append(files, txtar.File{Name: fmt.Sprintf("f%d.cue", i), Data: []byte(text)})
		}
		compareBatches(t, "random", files)
	})
}

type failer interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// compareBatches evaluates files at once and in batches of one user, and reports whether there are any. What batches
// give must be the same, but for the order of users. They give nothing where there is a fault.
func compareBatches(t failer, name string, files []txtar.File) bool {
	t.Helper()
	defer func(n int) { batchOf = n }(batchOf)
	whole := batchProject(t, files)
	if whole == nil {
		return false
	}
	all := whole.main
	batchOf = 1
	b := findBatches(all)
	if b == nil {
		return false
	}
	before := syntaxTexts(t, all)
	whole.left = whole.limits.Nodes
	inst, _ := whole.build(syntaxOf(all))
	if inst == nil {
		return false // and load says so
	}
	want, faults, err := whole.data(cuecontext.New().BuildInstance(inst), syntaxOf(all))
	wantLeft, wantElsewhere := whole.left, whole.elsewhere
	whole.left, whole.elsewhere = whole.limits.Nodes, nil
	got, gotFaults, ok := whole.evaluateBatches(b)
	if diff := cmp.Diff(before, syntaxTexts(t, all)); diff != "" {
		t.Fatalf("%s: the files are not as they were:\n%s", name, diff)
	}
	if !ok {
		if err == nil && len(faults) == 0 {
			t.Errorf("%s: evaluated at once, and not in batches:\n%s", name, files[0].Data)
		}
		return true
	}
	if diff := cmp.Diff(faults, gotFaults); err != nil || diff != "" {
		t.Fatalf("%s: %v, (-at once +in batches):\n%s\n%s", name, err, diff, files[0].Data)
	}
	if len(faults) > 0 {
		return true
	}
	if diff := cmp.Diff(formatSorted(want), formatSorted(got)); diff != "" {
		t.Fatalf("%s: (-at once +in batches):\n%s\n%s", name, diff, files[0].Data)
	}
	if diff := cmp.Diff(wantElsewhere, whole.elsewhere); diff != "" || wantLeft != whole.left {
		t.Fatalf("%s: %d and %d values are left, other places:\n%s", name, wantLeft, whole.left, diff)
	}
	return true
}

// batchProject parses the files of a project. It returns nil if they have faults.
func batchProject(t failer, files []txtar.File) *cueProject {
	t.Helper()
	p := &cueProject{files: &policy.Files{}, numbers: map[string]int32{}, limits: DefaultLimits, trace: true}
	var sources []*source
	for _, f := range files {
		s := &source{rel: f.Name, name: f.Name, ext: ".cue", num: p.files.Add(f.Name, f.Data)}
		p.numbers[f.Name], sources = s.num, append(sources, s)
	}
	if faults := p.read(sources); len(faults) > 0 || len(p.main) == 0 {
		return nil
	}
	return p
}

// syntaxTexts returns what files say, by their syntax.
func syntaxTexts(t failer, files []*cueFile) (list []string) {
	t.Helper()
	for _, f := range files {
		text, err := format.Node(f.syntax)
		if err != nil {
			t.Fatalf("%v", err)
		}
		list = append(list, string(text))
	}
	return list
}

// formatSorted returns the values of a declaration in the order of their keys.
func formatSorted(t tree.Tree) []string {
	var list []string
	for k, v := range t.Fields() {
		if k.Text != "users" {
			list = append(list, tree.Format(tree.Tree{*k})+tree.Format(v))
			continue
		}
		list = append(list, tree.Format(tree.Tree{*k})+fmt.Sprint(v[0].Pos))
		for k, v := range v.Fields() {
			list = append(list, tree.Format(tree.Tree{*k})+tree.Format(v))
		}
	}
	slices.Sort(list)
	return list
}
