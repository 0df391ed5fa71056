package golden_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint/rules"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// update rewrites golden files instead of comparing with them.
var update = os.Getenv("PERMC_UPDATE") != ""

// asOf is the day of every test that names none.
const asOf = "2026-06-15"

// compile runs all phases over the folder that is the working directory, with
// permc's own readers, CUE evaluated in this process, and with the libraries'
// alone, CUE evaluated by question and answer: the result is the same.
func compile(t *testing.T, date, format string) (table string, report *render.Findings) {
	t.Helper()
	want, wanted := compileBy(t, date, format, true)
	table, report = compileBy(t, date, format, false)
	if diff := cmp.Diff(want+findingsText(t, wanted), table+findingsText(t, report)); diff != "" {
		t.Errorf("the readers differ (-library +own):\n%s", diff)
	}
	return table, report
}

// elsewhere evaluates CUE by question and answer, as a child process does.
type elsewhere func(question []byte) []byte

func (e elsewhere) Ask(_ context.Context, _ time.Duration, question []byte) ([]byte, int, error) {
	return e(question), 1, nil
}

func compileBy(t *testing.T, date, format string, library bool) (table string, report *render.Findings) {
	t.Helper()
	day, err := policy.ParseDate(date)
	if err != nil {
		t.Fatal(err)
	}
	opts := compiler.Options{Paths: []string{"."}, AsOf: day, Limits: load.DefaultLimits, Full: library}
	if library {
		opts.Evaluator = elsewhere(load.Answer())
	}
	p, err := compiler.Load(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	report = &render.Findings{Files: p.Files, Policy: p.Policy, AsOf: day, Findings: p.Stopped}
	if p.Policy == nil {
		return "", report
	}
	var b bytes.Buffer
	report.Findings, err = render.WriteTable(context.Background(), &b, &render.TableJob{Project: p}, format, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), report
}

func findingsText(t *testing.T, r *render.Findings) string {
	t.Helper()
	var b strings.Builder
	if err := render.FindingsText(&b, r, false); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// golden compares with a file, or rewrites it.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// TestExamples compiles every example and compares with its expected table and
// findings. The day is the first line of expected/as-of.
func TestExamples(t *testing.T) {
	dirs, err := filepath.Glob("../../../examples/*/expected")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, dir := range dirs {
		dir, err := filepath.Abs(dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(filepath.Dir(dir)), func(t *testing.T) {
			day, err := os.ReadFile(filepath.Join(dir, "as-of"))
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(filepath.Dir(dir))
			table, report := compile(t, strings.TrimSpace(string(day)), "text")
			golden(t, filepath.Join(dir, "table.txt"), table)
			golden(t, filepath.Join(dir, "findings.txt"), findingsText(t, report))
		})
	}
}

// TestCompile runs the archives in testdata/compile: a comment, the files of a
// project, and what must come out: "table.txt", "table.csv" or "table.json",
// and "findings.txt". A line "as-of: DATE" in the comment sets the day.
func TestCompile(t *testing.T) {
	for _, path := range archives(t, "../../../testdata/compile/*.txtar") {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			day := asOf
			if m := regexp.MustCompile(`(?m)^as-of: (\S+)$`).FindSubmatch(ar.Comment); m != nil {
				day = string(m[1])
			}
			t.Chdir(extract(t, ar))
			for i := range ar.Files {
				f := &ar.Files[i]
				var got string
				switch f.Name {
				case "findings.txt":
					_, report := compile(t, day, "text")
					got = findingsText(t, report)
				case "table.txt", "table.csv", "table.json":
					got, _ = compile(t, day, strings.Replace(filepath.Ext(f.Name)[1:], "txt", "text", 1))
				default:
					continue
				}
				if update {
					f.Data = []byte(got)
				} else if diff := cmp.Diff(string(f.Data), got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", f.Name, diff)
				}
			}
			if update {
				if err := os.WriteFile(path, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func archives(t *testing.T, pattern string) []string {
	t.Helper()
	list, err := filepath.Glob(pattern)
	if err != nil || len(list) == 0 {
		t.Fatalf("%s: nothing there: %v", pattern, err)
	}
	for i := range list {
		if list[i], err = filepath.Abs(list[i]); err != nil {
			t.Fatal(err)
		}
	}
	return list
}

// extract writes the inputs of an archive to a new folder.
func extract(t *testing.T, ar *txtar.Archive) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range ar.Files {
		if strings.HasPrefix(f.Name, "table.") || f.Name == "findings.txt" {
			continue
		}
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

var wantComment = regexp.MustCompile(`(?://|#) want (.*)$`)
var wanted = regexp.MustCompile("^([a-z-]+) \"([^\"]*)\"(?:, )?")

// TestRules runs the fixtures in testdata/rules, an archive for each built-in
// rule. A comment `// want rule "part of the message"` (`# want` in YAML)
// stands on each line with findings, and only there.
func TestRules(t *testing.T) {
	paths := archives(t, "../../../testdata/rules/*.txtar")
	have := map[string]bool{}
	for _, path := range paths {
		id := strings.TrimSuffix(filepath.Base(path), ".txtar")
		have[id] = true
		t.Run(id, func(t *testing.T) { testRule(t, id, path) })
	}
	for _, r := range rules.All {
		if !have[r.ID] {
			t.Errorf("rule %s has no fixture testdata/rules/%s.txtar", r.ID, r.ID)
		}
	}
}

func testRule(t *testing.T, id, path string) {
	ar, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(extract(t, ar))
	var want []string
	for _, f := range ar.Files {
		for i, line := range strings.Split(string(f.Data), "\n") {
			m := wantComment.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			for rest := m[1]; rest != ""; {
				w := wanted.FindStringSubmatch(rest)
				if w == nil {
					t.Fatalf("%s:%d: cannot read %q", f.Name, i+1, rest)
				}
				want = append(want, fmt.Sprintf("%s:%d: %s: %s", f.Name, i+1, w[1], w[2]))
				rest = rest[len(w[0]):]
			}
		}
	}
	_, report := compile(t, asOf, "csv")
	if fired := slices.ContainsFunc(report.Findings, func(d diag.Finding) bool { return d.Rule == id }); !fired {
		t.Errorf("rule %s does not fire in its own fixture", id)
	}
	for _, d := range report.Findings {
		at := report.Files.Position(d.Pos)
		head := fmt.Sprintf("%s:%d: %s: ", at.File, at.Line, d.Rule)
		i := slices.IndexFunc(want, func(w string) bool {
			part, ok := strings.CutPrefix(w, head)
			return ok && strings.Contains(d.Message, part)
		})
		if i < 0 {
			t.Errorf("not wanted: %s%s", head, d.Message)
			continue
		}
		want = slices.Delete(want, i, i+1)
	}
	for _, w := range want {
		t.Errorf("not found: %s", w)
	}
}
