package layout_test

import (
	"context"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/edit/change"
	"permc.dev/permc/compiler/edit/layout"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
)

// Every YAML file of the archives of tests says the same when it is formatted, alone and with others, and is formatted
// then. Some of them are broken; few may be written in a way that the formatter does not know.
func TestYAMLOfArchives(t *testing.T) {
	var names []string
	for _, pattern := range []string{"rules", "compile", "fix", "script"} {
		found, err := filepath.Glob("../../../testdata/" + pattern + "/*.txtar")
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		names = append(names, found...)
	}
	formatted, left := 0, 0
	for _, name := range names {
		ar, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range ar.Files {
			if e := path.Ext(f.Name); e != ".yaml" && e != ".yml" {
				continue
			}
			was := declared(t, string(f.Data))
			if was == nil {
				continue
			}
			out, err := layout.YAML(f.Data)
			if err != nil {
				left++
				t.Logf("%s: %s: %v", filepath.Base(name), f.Name, err)
				continue
			}
			formatted++
			gone, come := change.Compare(was, declared(t, string(out)))
			if len(gone)+len(come) > 0 {
				t.Errorf("%s: %s says something else:\n%s\n%v\n%v", name, f.Name, out, gone, come)
			}
		}
	}
	t.Logf("%d formatted, %d left", formatted, left)
	if left*20 > formatted {
		t.Errorf("%d files of %d are left as they are", left, formatted+left)
	}
}

// declared reads one file, or returns nil if it is broken.
func declared(t *testing.T, text string) *policy.Declared {
	t.Helper()
	p, err := compiler.Load(context.Background(), compiler.Options{Paths: []string{"."}, Limits: load.DefaultLimits,
		FS: load.InMemory(map[string]string{"access.yaml": text})})
	if err != nil {
		return nil
	}
	return p.Declared()
}

func TestYAML(t *testing.T) {
	for _, x := range []struct{ name, text, want string }{
		{"order", "users:\n  ana:\n    roles: []\n    name: Ana\n", "users:\n  ana:\n    name: Ana\n    roles: []\n"},
		{"entry", "users: {ana: {roles: [{scope: x, role: 'z'}], name: \"Ana\"}}\n",
			"users: {ana: {name: Ana, roles: [{role: z, scope: x}]}}\n"},
		{"first on the dash",
			"users:\n  ana:\n    roles:\n    -   scope: x # s\n        # why\n        role: y\n    -   scope: z\n    " +
				"    role: y\n",
			"users:\n  ana:\n    roles:\n      # why\n      - role: y\n        scope: x # s\n      - role: y\n       " +
				" scope: z\n"},
		{"sections stay", "users: {}\n\n\n\n# scopes\nscopes: {}\n", "users: {}\n\n# scopes\nscopes: {}\n"},
		{"quotes",
			"users:\n  'ana':\n    name: 'no'\n    roles: [{role: \"a: b\", expires: '2027-01-01', reason: 'it''s " +
				"\"x\"', ticket: '12'}]\n",
			"users:\n  ana:\n    name: \"no\"\n    roles: [{role: \"a: b\", expires: 2027-01-01, reason: 'it''s " +
				"\"x\"', ticket: \"12\"}]\n"},
		{"comments",
			"# top\n\nusers: # all\n      # one\n      ana: {} # a\n      # end\n\n      # bo\n      bo: {}\n      # " +
				"last\n# next\nscopes: {}\n# bottom\n",
			"# top\n\nusers: # all\n  # one\n  ana: {} # a\n  # end\n\n  # bo\n  bo: {}\n  # last\n# next\nscopes: " +
				"{}\n# bottom\n"},
		{"dashes below keys",
			"users:\n  ana:\n    roles:\n    - role: x\n    # about grants\n    grants:\n    - permission: y\n",
			"users:\n  ana:\n    roles:\n      - role: x\n    # about grants\n    grants:\n      - permission: y\n"},
		{"texts",
			"rules:\n    a:\n        message: |\n            One\n              two  \n\n            # three\n       " +
				" help: one\n          two\n",
			"rules:\n  a:\n    message: |\n      One\n        two  \n\n      # three\n    help: one\n      two\n"},
		{"brackets over lines", "users:\n    ana: {roles: [\n        {role: x}, # x\n        {role: y}\n      ]}\n",
			"users:\n  ana: {roles: [\n      {role: x}, # x\n      {role: y}\n    ]}\n"},
		{"documents", "---\nusers: {}\n---\n# two\nscopes:  {}\n...\n",
			"---\nusers: {}\n---\n# two\nscopes: {}\n...\n"},
		{"line ends", "\ufeffusers:   {}\r\nscopes: {}\r\n", "\ufeffusers: {}\r\nscopes: {}\r\n"},
		{"no end", "users:   {}", "users: {}\n"},
	} {
		t.Run(x.name, func(t *testing.T) {
			got, err := layout.YAML([]byte(x.text))
			if err != nil || string(got) != x.want {
				t.Fatalf("got %v\n%s\nwant\n%s", err, got, x.want)
			}
			if again, err := layout.YAML(got); err != nil || string(again) != x.want {
				t.Errorf("again: %v\n%s", err, again)
			}
		})
	}
}

// FuzzFormatYAML: what is formatted says the same, whatever it was.
func FuzzFormatYAML(f *testing.F) {
	f.Add("users:\n  ana:\n    roles:\n    - role: x # y\n")
	f.Add("a: &x {b: [1, \"2\"]}\nc: *x\n? d\n: e\n")
	f.Add("a: |2\n    x\n# c\nb: >-\n  x\n\n  y\n")
	f.Fuzz(func(t *testing.T, text string) {
		out, err := layout.YAML([]byte(text))
		if err != nil {
			return
		}
		if again, err := layout.YAML(out); err != nil || string(again) != string(out) {
			t.Errorf("%q\n-> %q\n-> %q %v", text, out, again, err)
		}
		if was, now := declared(t, text), declared(t, string(out)); was != nil && strings.TrimSpace(text) != "" {
			if gone, come := change.Compare(was, now); len(gone)+len(come) > 0 {
				t.Errorf("%q\n-> %q\n%v %v", text, out, gone, come)
			}
		}
	})
}
