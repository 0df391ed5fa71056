package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkCommands runs commands on each project in the folder $PERMC_PROJECTS. make profile takes the profile of it
// that go build reads.
func BenchmarkCommands(b *testing.B) {
	projects := os.Getenv("PERMC_PROJECTS")
	if projects == "" {
		b.Skip("$PERMC_PROJECTS names no folder of projects")
	}
	dirs, err := filepath.Glob(filepath.Join(projects, "*"))
	if err != nil || len(dirs) == 0 {
		b.Fatalf("%s has no projects: %v", projects, err)
	}
	page := filepath.Join(b.TempDir(), "report.html")
	for _, command := range []string{"check", "compile -f csv", "compile -f json", "report -o " + page} {
		for _, dir := range dirs {
			args := append(strings.Fields(command), "--as-of", "2026-12-01", dir)
			b.Run(filepath.Join(filepath.Base(dir), strings.Split(command, " -o ")[0]), func(b *testing.B) {
				for b.Loop() {
					if code := run(args, io.Discard, io.Discard); code > exitFindings {
						b.Fatalf("permc %s exits with %d", strings.Join(args, " "), code)
					}
				}
			})
		}
	}
}
