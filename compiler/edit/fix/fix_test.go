package fix_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/diff"
	"golang.org/x/tools/txtar"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/edit/fix"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
)

// TestFix runs the archives in testdata/fix: a comment, the files of a project,
// the messages ("said.txt") and the changes ("diff.txt"). In the comment, a
// line "as-of: DATE" sets the day, and "rule: ID" fixes only that rule's
// findings. PERMC_UPDATE rewrites "said.txt" and "diff.txt". A second run must
// change nothing.
func TestFix(t *testing.T) {
	paths, err := filepath.Glob("../../../testdata/fix/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, path := range paths {
		path, err := filepath.Abs(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(t.TempDir())
			opts := options(t, ar.Comment)
			got := &txtar.Archive{Comment: ar.Comment}
			for _, f := range ar.Files {
				if f.Name == "said.txt" || f.Name == "diff.txt" {
					continue
				}
				got.Files = append(got.Files, f)
				write(t, f.Name, f.Data)
			}
			said, changes := run(t, opts)
			got.Files = append(got.Files, txtar.File{Name: "said.txt", Data: said},
				txtar.File{Name: "diff.txt", Data: changes})
			if os.Getenv("PERMC_UPDATE") != "" {
				if err := os.WriteFile(path, txtar.Format(got), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if d := cmp.Diff(string(txtar.Format(ar)), string(txtar.Format(got))); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if _, again := run(t, opts); len(again) > 0 {
				t.Errorf("a second run changes more:\n%s", again)
			}
		})
	}
}

func options(t *testing.T, comment []byte) fix.Options {
	t.Helper()
	day := "2026-06-15"
	if m := regexp.MustCompile(`(?m)^as-of: (\S+)$`).FindSubmatch(comment); m != nil {
		day = string(m[1])
	}
	date, err := policy.ParseDate(day)
	if err != nil {
		t.Fatal(err)
	}
	opts := fix.Options{Options: compiler.Options{Paths: []string{"."}, AsOf: date, Limits: load.DefaultLimits}}
	for _, m := range regexp.MustCompile(`(?m)^rule: (\S+)$`).FindAllSubmatch(comment, -1) {
		opts.Rules = append(opts.Rules, string(m[1]))
	}
	return opts
}

func run(t *testing.T, opts fix.Options) (said, changes []byte) {
	t.Helper()
	r, err := fix.Project(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	for _, f := range r.Done {
		fmt.Fprintf(&b, "%s:%d:%d: %s [%s]\n", f.Pos.File, f.Pos.Line, f.Pos.Column, f.Text, f.Rule)
	}
	for _, f := range r.Left {
		fmt.Fprintf(&b, "%s:%d:%d: not fixed: %s [%s]\n", f.Pos.File, f.Pos.Line, f.Pos.Column, f.Text, f.Rule)
	}
	if r.Project.Policy == nil {
		for _, d := range r.Findings {
			at := r.Project.Files.Position(d.Pos)
			fmt.Fprintf(&b, "%s:%d:%d: still: %s [%s]\n", at.File, at.Line, at.Column, d.Message, d.Rule)
		}
	}
	for _, f := range r.Files {
		_, text, _ := bytes.Cut(diff.Diff(f.Name, f.Old, f.Name, f.New), []byte("\n"))
		changes = append(changes, text...)
		write(t, f.Name, f.New)
	}
	return b.Bytes(), changes
}

func write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
