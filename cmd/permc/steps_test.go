package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"go.yaml.in/yaml/v3"
)

// ciStep is a step of GitHub or a job of GitLab, as far as the tests run it.
type ciStep struct {
	Name, Run string
	Uses      string
	Env       map[string]string
	Variables map[string]string
	Before    []string `yaml:"before_script"`
	Script    []string
	Steps     []ciStep
}

// step is the script command step FILE NAME OUT: it writes the script of a step of a workflow of GitHub, or of a job
// of GitLab, as the build server runs it, and sets the variables that the file gives it. What stands in ${{ … }} is
// set by the test.
func step(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: step FILE NAME OUT")
	}
	text, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	var file struct {
		Env  map[string]string
		Jobs map[string]ciStep
	}
	ts.Check(yaml.Unmarshal(text, &file))
	script := ""
	if file.Jobs == nil {
		jobs := map[string]ciStep{}
		ts.Check(yaml.Unmarshal(text, &jobs))
		job := jobs[args[1]]
		setLiterals(ts, job.Variables)
		// GitLab's runner stops at the first command that fails, also in a pipe.
		script = "set -eo pipefail\n" + strings.Join(append(job.Before, job.Script...), "\n")
	}
	setLiterals(ts, file.Env)
	found := file.Jobs == nil
	for _, job := range file.Jobs {
		for _, s := range job.Steps {
			if s.Run == "" || !strings.HasPrefix(s.Name, args[1]) && !strings.HasPrefix(s.Run, args[1]) {
				continue
			}
			setLiterals(ts, job.Env)
			setLiterals(ts, s.Env)
			script, found = "set -eo pipefail\n"+s.Run, true
		}
	}
	if !found {
		ts.Fatalf("%s has no step %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(script+"\n"), 0o600))
}

// setLiterals sets the variables whose values are written out.
func setLiterals(ts *testscript.TestScript, env map[string]string) {
	for name, value := range env {
		if !strings.Contains(value, "${{") {
			ts.Setenv(name, fmt.Sprint(value))
		}
	}
}
