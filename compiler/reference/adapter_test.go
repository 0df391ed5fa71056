package reference_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"

	"pgregory.net/rapid"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

func TestMain(m *testing.M) {
	// As if given first on the command line.
	values := map[string]string{"rapid.nofailfile": "true"}
	if os.Getenv("RAPID_CHECKS") == "" {
		values["rapid.checks"] = "60"
	}
	for name, value := range values {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	debug.SetGCPercent(400) // as the command does
	os.Exit(m.Run())
}

// Output is the table that compile writes.
type Output struct {
	Rows     []Row    `json:"rows"`
	Rejected []Judged `json:"rejected"`
}

// Report is what check writes.
type Report struct {
	Findings []Judged `json:"findings"`
}

// compile is the table of a project that can be evaluated.
func compile(t rapid.TB, files map[string]string, asOf string) Output {
	t.Helper()
	var out Output
	run(t, files, &out, "compile", "--as-of", asOf)
	return out
}

// check is the findings of a project that can be evaluated.
func check(t rapid.TB, files map[string]string, asOf string) Report {
	t.Helper()
	var out Report
	run(t, files, &out, "check", "--as-of", asOf)
	return out
}

func run(t rapid.TB, files map[string]string, out any, args ...string) {
	t.Helper()
	stdout, stderr, exit := execute(t, files, args...)
	if exit > 1 {
		t.Fatalf("permc %v exits %d:\n%s%s\n%s", args, exit, stdout, stderr, listing(files))
	}
	if err := json.Unmarshal(stdout, out); err != nil {
		t.Fatalf("permc %v: %v in\n%s", args, err, stdout)
	}
}

// execute runs permc on files.
func execute(t rapid.TB, files map[string]string, args ...string) (stdout, stderr []byte, exit int) {
	t.Helper()
	dir, err := os.MkdirTemp("", "project")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	stdout, stderr, exit = inProcess(t, dir, args[0], args[2])
	inDir := []byte(dir + "/") // tests run side by side, so none may change the folder
	return bytes.ReplaceAll(stdout, inDir, nil), bytes.ReplaceAll(stderr, inDir, nil), exit
}

// inProcess runs all phases as the command does.
func inProcess(t rapid.TB, dir, command, asOf string) (stdout, stderr []byte, exit int) {
	day, err := policy.ParseDate(asOf)
	if err != nil {
		t.Fatal(err)
	}
	p, err := compiler.Load(context.Background(), compiler.Options{Paths: []string{dir}, AsOf: day,
		Limits: load.DefaultLimits})
	if err != nil {
		return nil, []byte(err.Error()), 3
	}
	report := &render.Findings{Files: p.Files, Policy: p.Policy, AsOf: day, Findings: p.Stopped, Whole: true}
	var table, findings bytes.Buffer
	if p.Policy != nil {
		report.Findings, err = render.WriteTable(context.Background(), &table, &render.TableJob{Project: p}, "json",
			false, nil)
		if err != nil {
			t.Fatal(err)
		}
	}
	if p.Policy == nil {
		if err := render.FindingsText(&findings, report, false); err != nil {
			t.Fatal(err)
		}
		return nil, findings.Bytes(), 3
	}
	if err := render.FindingsJSON(&findings, report); err != nil {
		t.Fatal(err)
	}
	if report.Summary().Errors > 0 {
		exit = 1
	}
	if command == "check" {
		return findings.Bytes(), nil, exit
	}
	return table.Bytes(), nil, exit
}

func listing(files map[string]string) string {
	text := ""
	for _, name := range sorted(files) {
		text += "-- " + name + " --\n" + files[name] + "\n"
	}
	return text
}

// inOneFile writes a declaration down as one JSON file.
func inOneFile(d *Declaration) map[string]string {
	return map[string]string{"project.json": compact(d)}
}
