package golden_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// recipe is a section of docs/rules-cookbook.md: a rule in YAML, and the same in CUE.
var recipe = regexp.MustCompile("(?s)\n## ([^\n]+)\n.*?\n```yaml\n(.*?)```\n\n```cue\n(.*?)```\n")

var nameOfWant = regexp.MustCompile(`# want ([a-z -]+)$`)

// TestCookbook checks the project testdata/cookbook/TITLE.yaml with each recipe of docs/rules-cookbook.md, in both
// languages, or the project in the folder TITLE. A comment "# want RULE" is on each line with a finding, and only
// there.
func TestCookbook(t *testing.T) {
	page, err := os.ReadFile("../../../docs/rules-cookbook.md")
	if err != nil {
		t.Fatal(err)
	}
	recipes := recipe.FindAllSubmatch(page, -1)
	if n := strings.Count(string(page), "\n## "); len(recipes) != n || n < 12 {
		t.Fatalf("%d sections, but %d recipes", n, len(recipes))
	}
	folder, err := filepath.Abs("../../../testdata/cookbook")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range recipes {
		name := strings.ToLower(strings.ReplaceAll(string(r[1]), " ", "-")) + ".yaml"
		t.Run(name, func(t *testing.T) {
			checkRecipe(t, folder, name, "rules.yaml", r[2])
			checkRecipe(t, folder, name, "rules.cue", r[3])
		})
	}
}

func checkRecipe(t *testing.T, folder, name, file string, rules []byte) {
	t.Helper()
	t.Chdir(t.TempDir())
	files := map[string][]byte{file: rules, "catalog.yaml": readFile(t, filepath.Join(folder, "catalog.yaml"))}
	if own := filepath.Join(folder, strings.TrimSuffix(name, ".yaml")); isFolder(own) {
		addFiles(t, files, own)
	} else {
		files[name] = readFile(t, filepath.Join(folder, name))
	}
	checkWanted(t, files)
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// addFiles adds the files of a folder, by their paths in it.
func addFiles(t *testing.T, files map[string][]byte, folder string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(folder, name)
		files[filepath.ToSlash(rel)] = readFile(t, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// checkWanted writes files to the working directory, and compares the findings with those that their comments want.
func checkWanted(t *testing.T, files map[string][]byte) {
	t.Helper()
	var want, got []string
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, text, 0o644); err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			if m := nameOfWant.FindStringSubmatch(line); m != nil {
				for _, rule := range strings.Fields(m[1]) {
					want = append(want, fmt.Sprintf("%s:%d: %s", name, i+1, rule))
				}
			}
		}
	}
	_, report := compile(t, asOf, "csv")
	for _, d := range report.Findings {
		at := report.Files.Position(d.Pos)
		got = append(got, fmt.Sprintf("%s:%d: %s", at.File, at.Line, d.Rule))
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s\n%s", diff, findingsText(t, report))
	}
}

// system is a section of docs/cookbook.md: a whole project, with what is expected of its table.
var system = regexp.MustCompile("(?s)\n## ([^\n]+)\n.*?\n```yaml\n(.*?)```\n")

// TestSystems checks and tests each project of docs/cookbook.md.
func TestSystems(t *testing.T) {
	page := readFile(t, "../../../docs/cookbook.md")
	systems := system.FindAllSubmatch(page, -1)
	if n := strings.Count(string(page), "\n## "); len(systems) != n || n < 4 {
		t.Fatalf("%d sections, but %d projects", n, len(systems))
	}
	for _, s := range systems {
		t.Run(string(s[1]), func(t *testing.T) {
			t.Chdir(t.TempDir())
			checkWanted(t, map[string][]byte{"access.yaml": s[2]})
			text, result := expectations(t, ".")
			if len(result.Outcomes) < 3 || result.Failed() > 0 {
				t.Errorf("%d of %d expectations fail:\n%s", result.Failed(), len(result.Outcomes), text)
			}
		})
	}
}
