package reference_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"go.yaml.in/yaml/v3"
)

// Each file of testdata is a class of bugs that hit others: a project with the
// rows that both the reference and permc make of it, the findings of its rules,
// or the rule that stops the table. PERMC_UPDATE=1 writes down what the
// reference makes of it.
func TestCorpus(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || files == nil {
		t.Fatal("no corpus:", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			project := section(archive, "project.yaml")
			if rule := section(archive, "stops"); rule != nil {
				stops(t, string(project.Data), strings.TrimSpace(string(rule.Data)))
				return
			}
			d := parse(t, project.Data)
			want := wanted(texts(Table(d, today)), lines(Findings(d, today)))
			if os.Getenv("PERMC_UPDATE") != "" {
				section(archive, "want").Data = []byte(want)
				if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(section(archive, "want").Data), want); diff != "" {
				t.Errorf("the reference (-want +got):\n%s", diff)
			}
			files := map[string]string{"project.yaml": string(project.Data)}
			got := wanted(texts(compile(t, files, today).Rows), lines(declared(d, check(t, files, today))))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("permc (-reference +permc):\n%s", diff)
			}
		})
	}
}

func section(archive *txtar.Archive, name string) *txtar.File {
	i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return &archive.Files[i]
}

func wanted(rows, findings []string) string {
	return strings.Join(slices.Concat(rows, slices.Compact(findings)), "\n") + "\n"
}

// stops expects that a rule stops the table.
func stops(t *testing.T, project, rule string) {
	t.Helper()
	stdout, stderr, exit := execute(t, map[string]string{"project.yaml": project}, "compile", "--as-of", today)
	if exit != 3 || len(stdout) > 0 || !strings.Contains(string(stderr), "["+rule+"]") {
		t.Errorf("permc exits %d and not 3 with %s:\n%s%s", exit, rule, stdout, stderr)
	}
}

// parse reads a project, every field of it.
func parse(t *testing.T, text []byte) *Declaration {
	t.Helper()
	var value any
	if err := yaml.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	d := &Declaration{}
	decoder := json.NewDecoder(strings.NewReader(compact(value)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(d); err != nil {
		t.Fatal(err)
	}
	return d
}
