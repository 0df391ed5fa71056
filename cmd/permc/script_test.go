package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
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
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "step": step},
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
