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

// TestMain also puts a permc that is this program into the PATH of all tests.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400) // as main does in time, for the tests that call run
	testscript.Main(m, map[string]func(){"permc": main})
}

// TestScripts runs the archives in testdata/script: the whole command line, as
// a user types it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/script",
		UpdateScripts:       os.Getenv("PERMC_UPDATE") != "",
		RequireExplicitExec: false,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "step": step, "utf16": utf16File,
			"cut": cutFile},
		Setup: func(e *testscript.Env) error {
			e.Setenv("NO_COLOR", "1")
			if cache, err := exec.Command("go", "env", "GOCACHE").Output(); err == nil {
				e.Setenv("BUILD_CACHE", strings.TrimSpace(string(cache)))
			}
			if top, err := filepath.Abs("../.."); err == nil {
				e.Setenv("TOP", top)
			}
			return nil
		},
	})
}

// exits is the script command exits CODE ARG…: permc with the arguments ends with this exit code.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	code := 0
	err := ts.Exec("permc", args[1:]...)
	if failed := (*exec.ExitError)(nil); errors.As(err, &failed) {
		code = failed.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("permc exits with %d, want %s", code, args[0])
	}
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
