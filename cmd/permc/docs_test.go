package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDocs runs each `$ permc …` in the console blocks of the README files,
// from the top of the repository, and compares what the page says it prints.
// PERMC_UPDATE rewrites the pages.
func TestDocs(t *testing.T) {
	pages, err := filepath.Glob("../../examples/*/README.md")
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(t.TempDir(), "permc")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	commands := 0
	for _, page := range append(pages, "../../README.md", "../../docs/catalogs.md", "../../docs/paths.md") {
		old, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		inBlock := false
		for line := range strings.SplitSeq(string(old), "\n") {
			switch {
			case line == "```console" || inBlock && line == "```":
				inBlock = !inBlock
				out = append(out, line)
			case strings.HasPrefix(line, "$ permc ") && inBlock:
				commands++
				out = append(append(out, line), shell(bin, line[2:])...)
			case !inBlock || strings.HasPrefix(line, "$ "):
				out = append(out, line)
			}
		}
		got := strings.Join(out, "\n")
		if os.Getenv("PERMC_UPDATE") != "" {
			if err := os.WriteFile(page, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		} else if diff := cmp.Diff(string(old), got); diff != "" {
			t.Errorf("%s (-page +now):\n%s", page, diff)
		}
	}
	if commands == 0 {
		t.Error("no command in any page")
	}
}

// shell is what a command line prints: findings are shown where nothing else
// is printed.
func shell(bin, line string) []string {
	var stdout, stderr bytes.Buffer
	cmd := exec.Command("sh", "-c", bin+strings.TrimPrefix(line, "permc"))
	cmd.Dir, cmd.Stdout, cmd.Stderr = "../..", &stdout, &stderr
	_ = cmd.Run() // findings end with 1
	text := stdout.String()
	if text == "" {
		text = stderr.String()
	}
	if strings.TrimSpace(text) == "" {
		return nil
	}
	return strings.Split(strings.TrimRight(text, "\n"), "\n")
}
