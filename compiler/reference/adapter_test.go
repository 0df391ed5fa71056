package reference_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"
)

// permc is the path of the real binary: PERMC, or else built for this run.
var permc string

func TestMain(m *testing.M) {
	// As if given first on the command line.
	for name, value := range map[string]string{"rapid.checks": "60", "rapid.nofailfile": "true"} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	if permc = os.Getenv("PERMC"); permc != "" {
		os.Exit(m.Run())
	}
	os.Exit(withBuild(m.Run))
}

func withBuild(run func() int) int {
	dir, err := os.MkdirTemp("", "permc-reference")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	permc = filepath.Join(dir, "permc")
	build := exec.Command("go", "build", "-o", permc, "permc.dev/permc/cmd/permc")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%s%v\n", out, err)
		return 1
	}
	return run()
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
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var bufout, buferr bytes.Buffer
	cmd := exec.Command(permc, append(args, "-f", "json", ".")...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &bufout, &buferr
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	return bufout.Bytes(), buferr.Bytes(), cmd.ProcessState.ExitCode()
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
