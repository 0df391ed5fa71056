package main

import (
	"os"
	"os/exec"
	"path/filepath"
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
