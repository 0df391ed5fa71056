package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/testscript"
)

// garbage limits how much the heap grows before it is collected, in percent. main sets the same in the end.
const garbage = 400

// TestMain also puts a permc that is this program into the PATH of all tests.
func TestMain(m *testing.M) {
	asPermc()
	debug.SetGCPercent(garbage)
	os.Exit(runTests(m))
}

// TestScripts runs the archives in testdata/script: the whole command line, as
// a user types it.
func TestScripts(t *testing.T) {
	dir, err := filepath.Abs("../../testdata/script") // while permc runs inside, this process is elsewhere
	if err != nil {
		t.Fatal(err)
	}
	variables := []string{"NO_COLOR=1", "PATH=" + os.Getenv("PATH"), "TOP=" + filepath.Dir(filepath.Dir(dir))}
	if cache, err := exec.Command("go", "env", "GOCACHE").Output(); err == nil {
		variables = append(variables, "BUILD_CACHE="+strings.TrimSpace(string(cache)))
	}
	testscript.Run(t, testscript.Params{
		Dir:                 dir,
		UpdateScripts:       os.Getenv("PERMC_UPDATE") != "",
		RequireExplicitExec: false,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"permc": permc, "exits": exits, "step": step,
			"utf16": utf16File, "cut": cutFile},
		Setup: func(e *testscript.Env) (err error) {
			e.Vars = append(e.Vars, variables...)
			name := strings.TrimPrefix(filepath.Base(e.WorkDir), "script-")
			e.Values[scriptKey{}], err = readScript(filepath.Join(dir, name+".txtar"), e.Vars)
			return err
		},
	})
}

// permc runs the script command permc ARG…
func permc(ts *testscript.TestScript, neg bool, args []string) {
	code := runPermc(ts, args)
	if (code != 0) != neg {
		ts.Fatalf("permc exits with %d", code)
	}
}

// exits is the script command exits CODE ARG…: permc with the arguments ends with this exit code.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	if code := runPermc(ts, args[1:]); strconv.Itoa(code) != args[0] {
		ts.Fatalf("permc exits with %d, want %s", code, args[0])
	}
}

// exitCode returns the exit code of a process that has ended.
func exitCode(ts *testscript.TestScript, err error) int {
	if failed := (*exec.ExitError)(nil); errors.As(err, &failed) {
		return failed.ExitCode()
	}
	ts.Check(err)
	return 0
}

// utf16File is the script command utf16 FROM TO: it writes a file in UTF-16, as Windows PowerShell does.
func utf16File(ts *testscript.TestScript, _ bool, args []string) {
	raw := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(ts.ReadFile(args[0]))) {
		raw = append(raw, byte(unit), byte(unit>>8))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), raw, 0o600))
}

// cutFile is the script command cut FROM TO N: it writes the first bytes of a file.
func cutFile(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(ts.ReadFile(args[0]))[:n], 0o600))
}
