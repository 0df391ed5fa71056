package reference_test

import (
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
)

// TestMoreErrors breaks the files of every archive with several, one after the other. Whatever permc still reports of
// the others must be there when all files are whole.
func TestMoreErrors(t *testing.T) {
	found := 0
	for _, dir := range []string{"compile", "rules", "script"} {
		names, err := filepath.Glob("../../testdata/" + dir + "/*.txtar")
		if err != nil || len(names) == 0 {
			t.Fatal(err)
		}
		for _, name := range names {
			ar, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for folder, files := range projectsOf(ar) {
				if meetsLimits(files) {
					continue
				}
				t.Run(path.Join(dir, path.Base(name), folder), func(t *testing.T) {
					found += breakEach(t, files, 2)
					for name := range files {
						found += breakEach(t, withTypos(files, name), 1)
					}
				})
			}
		}
	}
	t.Logf("%d further errors", found)
	if found < 30 {
		t.Errorf("only %d further errors were found", found)
	}
}

// meetsLimits reports whether CUE would take gigabytes to evaluate a project. permc does that in a process of its own.
func meetsLimits(files map[string]string) bool {
	for _, text := range files {
		if strings.Contains(text, "list.Range(0, 100000000") {
			return true
		}
	}
	return false
}

// projectsOf returns the files of an archive that may be projects, by folder.
func projectsOf(ar *txtar.Archive) map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, f := range ar.Files {
		folder, _, deep := strings.Cut(f.Name, "/")
		if !deep {
			folder = "."
		}
		if !load.Wanted(f.Name) {
			continue
		}
		if all[folder] == nil {
			all[folder] = map[string]string{}
		}
		all[folder][strings.TrimPrefix(f.Name, folder+"/")] = string(f.Data)
	}
	return all
}

// withTypos returns the files with unknown names and affiliations in one of them.
func withTypos(files map[string]string, name string) map[string]string {
	other := maps.Clone(files)
	other[name] = strings.NewReplacer("admin", "admn", "emea", "emeaa", "@microsoft", "@micro", "health",
		"manage-users",
		"name:", "naem:", "customer", "custmer").Replace(files[name])
	return other
}

// spoil returns ways to break a file: none of its text can be read, a line or the first key is not allowed.
func spoil(name, text string) (list []string) {
	switch path.Ext(name) {
	case ".csv":
		return []string{text + "\"x\n", text + "a,b\n"}
	case ".jsonl":
		return []string{text + "{\n"}
	case ".json":
		return []string{text + "{"}
	case ".cue":
		return []string{text + "\n{", strings.Replace(text, ": ", ": zzz: ", 1)}
	}
	return []string{text + "\n}: [", strings.Replace(text, "\n  ", "\n  zzz: 1\n  ", 1)}
}

// breakEach breaks each file in some ways, and returns the number of further errors.
func breakEach(t *testing.T, files map[string]string, ways int) (n int) {
	whole := checkText(t, files)
	if whole == nil || len(files) == 1 {
		return 0
	}
	for key, d := range whole.found {
		if d.Rule == "syntax" {
			return 0 // it is broken already
		}
		if strings.Contains(key, "contradicts") || strings.Contains(key, "conflicting values") ||
			strings.Contains(key, "not a declaration") {
			return 0 // it is not one project
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		for _, text := range spoil(name, files[name])[:min(ways, len(spoil(name, files[name])))] {
			other := maps.Clone(files)
			other[name] = text
			broken := checkText(t, other)
			if broken == nil {
				continue
			}
			for key, d := range broken.found {
				if !d.Partial {
					continue
				}
				n++
				if _, ok := whole.found[key]; !ok && path.Base(broken.at(d).File) != path.Base(name) {
					t.Errorf("broken %s: %s\n%s", name, key, text)
				}
			}
		}
	}
	return n
}

// checked holds the findings of a project, by what and where they are.
type checked struct {
	files *policy.Files
	found map[string]diag.Finding
}

func (c *checked) at(d diag.Finding) policy.Position { return c.files.Position(d.Pos) }

func checkText(t *testing.T, files map[string]string) *checked {
	p, err := compiler.Load(t.Context(), compiler.Options{Paths: []string{"."}, FS: load.InMemory(files), AsOf: 1,
		More:   true,
		Limits: load.DefaultLimits})
	if err != nil {
		return nil
	}
	list, err := p.Findings(t.Context())
	if err != nil {
		return nil
	}
	c := &checked{p.Files, map[string]diag.Finding{}}
	for _, d := range list {
		if !d.Silenced() {
			at := c.at(d)
			c.found[fmt.Sprintf("%s:%d:%d %s %s", at.File, at.Line, at.Column, d.Rule, d.Message)] = d
		}
	}
	return c
}
