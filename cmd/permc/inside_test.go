package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// Scripts run permc some thousand times, and to start a process takes longer than most of these commands. So permc runs
// inside the test, with the folder and the environment of the script. PERMC_PROCESSES=1 starts a process for each.

// asPermc makes this program permc if it is called so, as itself and the PATH of the tests do.
func asPermc() {
	if strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe") == "permc" {
		os.Args[0] = "permc"
		main()
	}
}

// runTests runs the tests with a permc in the PATH that is this program.
func runTests(m *testing.M) (code int) {
	dir, err := os.MkdirTemp("", "permc")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	exe, err := os.Executable()
	if err != nil {
		panic(err)
	}
	name := filepath.Join(dir, "permc")
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	if err := copyProgram(exe, name); err != nil {
		panic(err)
	}
	os.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
	return m.Run()
}

// copyProgram copies a program, or gives it a second name.
func copyProgram(from, to string) error {
	if os.Link(from, to) == nil {
		return nil
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE, 0o777)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if closed := out.Close(); err == nil {
		err = closed
	}
	return err
}

// scriptOf decides where permc runs for a script.
type scriptOf struct {
	variables []string // that it sets, or the test for it
	processes bool     // it needs a process for each permc
}

var (
	// setting matches a line of a script that sets variables.
	setting = regexp.MustCompile(`(?m)^(?:\[[^]]*\] *)*env (.*)$`)
	// special matches a line that sets the standard input of the next command, or variables that only it knows.
	special = regexp.MustCompile(`(?m)^(?:\[[^]]*\] *)*(?:stdin|ttyin|step) `)
	// ofStart lists variables that a process looks at once, when it starts, and the PATH, which testscript reads.
	ofStart = []string{"GOMAXPROCS", "GOGC", "GOMEMLIMIT", "GODEBUG", "GOTRACEBACK", "TZ", "PATH"}
)

// readScript reads what a script sets.
func readScript(file string, setUp []string) (*scriptOf, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	s := &scriptOf{processes: os.Getenv("PERMC_PROCESSES") != "" || special.Match(text)}
	for _, variable := range setUp {
		name, _, _ := strings.Cut(variable, "=")
		s.variables = append(s.variables, name)
	}
	for _, line := range setting.FindAllStringSubmatch(string(text), -1) {
		for word := range strings.FieldsSeq(line[1]) {
			if name, _, isSet := strings.Cut(word, "="); isSet && name != "" {
				s.variables = append(s.variables, name)
				s.processes = s.processes || slices.Contains(ofStart, name)
			}
		}
	}
	return s, nil
}

// inside locks this process while permc runs in it, because it has one folder and one environment.
var inside sync.Mutex

// scriptKey finds the *scriptOf among the values of a script.
type scriptKey struct{}

// runPermc runs permc with arguments, and returns its exit code.
func runPermc(ts *testscript.TestScript, args []string) (code int) {
	s := ts.Value(scriptKey{}).(*scriptOf)
	if s.processes || slices.ContainsFunc(args, needsProcess) {
		return exitCode(ts, ts.Exec("permc", args...))
	}
	stdout, stderr := ts.Stdout(), ts.Stderr()
	inside.Lock()
	defer inside.Unlock()
	folder, err := os.Getwd()
	ts.Check(err)
	environment := os.Environ()
	defer func() {
		debug.SetGCPercent(garbage) // some commands change it
		ts.Check(os.Chdir(folder))
		ts.Check(setEnvironment(environment))
	}()
	var own []string
	for _, name := range s.variables {
		if value := ts.Getenv(name); value != "" {
			own = append(own, name+"="+value)
		}
	}
	here := strings.TrimSuffix(ts.MkAbs("."), string(filepath.Separator))
	ts.Check(setEnvironment(append(own, "PWD="+here)))
	ts.Check(os.Chdir(here))
	return run(args, stdout, stderr)
}

// needsProcess reports whether an argument limits the process, keeps it running or names one of its files.
func needsProcess(arg string) bool {
	flag, _, _ := strings.Cut(arg, "=")
	return flag == "--timeout" || flag == "--memory" || flag == "--watch" || strings.Contains(arg, "/dev/") ||
		strings.HasPrefix(arg, "&")
}

func setEnvironment(variables []string) error {
	os.Clearenv()
	for _, v := range variables {
		i := strings.Index(v[1:], "=") + 1 // Windows has names that begin with it
		if i == 0 {
			continue
		}
		if err := os.Setenv(v[:i], v[i+1:]); err != nil {
			return err
		}
	}
	return nil
}

// TestReadScript: what only a process has, such as standard input or a time zone, gives each permc of a script one.
func TestReadScript(t *testing.T) {
	t.Setenv("PERMC_PROCESSES", "")
	for text, processes := range map[string]bool{
		"env CI=true A=$WORK/b\npermc check": false,
		"env CI=true TZ=\npermc check":       true,
		"[unix] env GOMAXPROCS=1":            true,
		"stdin a.json\npermc owners":         true,
		"step ci.yml check out.sh":           true,
		"permc stdin\n-- env --\nTZ=x\n":     false,
	} {
		file := filepath.Join(t.TempDir(), "a.txtar")
		writeFile(t, file, text)
		s, err := readScript(file, []string{"HOME=/no-home"})
		if err != nil || s.processes != processes {
			t.Errorf("%q needs processes: %v, want %v (%v)", text, s.processes, processes, err)
		}
		if strings.HasPrefix(text, "env CI=true A") && !slices.Equal(s.variables, []string{"HOME", "CI", "A"}) {
			t.Errorf("%q has the variables %q", text, s.variables)
		}
	}
	for arg, needs := range map[string]bool{"--timeout=1s": true, "--memory": true, "--watch": true, "/dev/fd/1": true,
		"--time": false, "check": false} {
		if needsProcess(arg) != needs {
			t.Errorf("%s needs a process: %v, want %v", arg, !needs, needs)
		}
	}
}
