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

var nameOfWant = regexp.MustCompile(`# want ([a-z-]+)$`)

// TestCookbook checks the project testdata/cookbook/TITLE.yaml with each recipe of docs/rules-cookbook.md, in both
// languages. A comment "# want RULE" is on each line with a finding, and only there.
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
	var want []string
	for _, from := range []string{"catalog.yaml", name} {
		text, err := os.ReadFile(filepath.Join(folder, from))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(from, text, 0o644); err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			if m := nameOfWant.FindStringSubmatch(line); m != nil {
				want = append(want, fmt.Sprintf("%s:%d: %s", from, i+1, m[1]))
			}
		}
	}
	if err := os.WriteFile(file, rules, 0o644); err != nil {
		t.Fatal(err)
	}
	_, report := compile(t, asOf, "csv")
	var got []string
	for _, d := range report.Findings {
		at := report.Files.Position(d.Pos)
		got = append(got, fmt.Sprintf("%s:%d: %s", at.File, at.Line, d.Rule))
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("with %s (-want +got):\n%s\n%s", file, diff, findingsText(t, report))
	}
}
