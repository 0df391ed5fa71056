package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// itself is permc in a process of its own: this test as testscript starts it.
func itself(t *testing.T, args ...string) (cmd *exec.Cmd, stderr *lockedBuffer) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd = exec.Command(exe, args...)
	cmd.Args[0] = "permc"
	stderr = &lockedBuffer{}
	cmd.Stderr = stderr
	return cmd, stderr
}

// endsIn waits for permc and checks its exit code and what it says.
func endsIn(t *testing.T, cmd *exec.Cmd, stderr *lockedBuffer, code int, want string) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	var err error
	select {
	case err = <-done:
	case <-time.After(time.Minute):
		_ = cmd.Process.Kill()
		t.Fatalf("%v does not end", cmd.Args)
	}
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	stderr.mu.Lock()
	defer stderr.mu.Unlock()
	said := stderr.b.String()
	if got := cmd.ProcessState.ExitCode(); got != code || !strings.Contains(said, want) ||
		strings.Contains(said, "goroutine ") {
		t.Errorf("%v: exit code %d, want %d; it says\n%s\nwant %q", cmd.Args, got, code, said, want)
	}
}

// slow writes a small project that takes minutes: each of some thousand
// permissions follows from one of fifty others.
func slow(t *testing.T) (dir string) {
	t.Helper()
	var b strings.Builder
	b.WriteString(`{"catalog": {"product": "p", "levels": ["org"], "permissions": {"a": {"level": "org"}`)
	for i := range 3000 {
		fmt.Fprintf(&b, `, "d%d": {"level": "org", "when": {"anyOf": [{"permission": "a"}`, i)
		for j := max(0, i-50); j < i; j++ {
			fmt.Fprintf(&b, `, {"permission": "d%d"}`, j)
		}
		b.WriteString("]}}")
	}
	b.WriteString(`}, "roles": {"r": {"level": "org", "permissions": {"a": {}}}}}, "scopes": {"o": {}`)
	for i := range 50 {
		fmt.Fprintf(&b, `, "o%d": {}`, i)
	}
	b.WriteString(`}, "users": {`)
	for i := range 200 {
		fmt.Fprintf(&b, `%s"u%d": {"roles": [{"role": "r", "scope": "o"}`, strings.Repeat(", ", min(i, 1)), i)
		for j := range 50 {
			fmt.Fprintf(&b, `, {"role": "r", "scope": "o%d"}`, j)
		}
		b.WriteString("]}")
	}
	b.WriteString("}}")
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "access.json"), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestTimeLimit ends work within a single user.
func TestTimeLimit(t *testing.T) {
	dir := slow(t)
	for _, args := range [][]string{
		{"check"}, {"compile", "-o", filepath.Join(dir, "out.csv")}, {"report", "-o", filepath.Join(dir, "out.html")},
		{"who", "d7"}, {"explain", "u1", "d7"}, {"diff", "--against", dir}, {"fix"},
	} {
		args = append(args, "--timeout", "600ms")
		if args[0] != "explain" && args[0] != "who" {
			args = append(args, dir)
		} else {
			args = append([]string{"-C", dir}, args...)
		}
		cmd, stderr := itself(t, args...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		endsIn(t, cmd, stderr, exitUnreadable, "stopped after 600ms")
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) != 1 {
		t.Errorf("files are left: %v", left)
	}
}

// TestMemoryLimit ends work that needs more memory than it may take.
func TestMemoryLimit(t *testing.T) {
	cmd, stderr := itself(t, "check", "--memory", "20MiB", slow(t))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	endsIn(t, cmd, stderr, exitUnreadable, "stopped at 20 MiB of memory while")
}

// TestSignals ends work within a user, and a wait for a file.
func TestSignals(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no signals")
	}
	dir := slow(t)
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if s.(syscall.Signal) == syscall.SIGHUP && signal.Ignored(s) {
			continue // under nohup, permc goes on
		}
		cmd, stderr := itself(t, "check", "-v", dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		stderr.take(t, "access.json") // it has been read
		if err := cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		endsIn(t, cmd, stderr, exitUnreadable, "permc: interrupted\n")
	}
}

// TestWatchIsInterrupted ends check --watch with 0 also while it checks.
func TestWatchIsInterrupted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no signals")
	}
	cmd, stderr := itself(t, "check", "--watch", slow(t))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(500 * time.Millisecond) // it is reading, or with the first user
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	endsIn(t, cmd, stderr, exitClean, "")
}

// tens declares two texts of ten million repetitions, more than CUE makes at once.
func tens(open, end string) string {
	sum := func(name string) string { return strings.Repeat(name+" + ", 9) + name }
	return fmt.Sprintf("_o: strings.Repeat(%q, 1000000)\n_c: strings.Repeat(%q, 1000000)\n_open: %s\n_close: %s\n",
		open, end, sum("_o"), sum("_c"))
}

// TestCUELimits evaluates what no process could: that ends with words, whatever
// it is that goes wrong.
func TestCUELimits(t *testing.T) {
	const project = "import (\"strings\", \"list\", \"encoding/toml\", \"text/template\")\nproduct: " +
		"\"call-manager\"\nscopes: acme: {}\n" +
		"_uses: [strings.MaxRunes(1), list.MaxItems(1), toml.Marshal, template.HTMLEscape]\n"
	for name, x := range map[string]struct{ text, want string }{
		"replace": {`x: strings.Replace(strings.Repeat("a", 1000000), "a", strings.Repeat("b", 1000000), -1)`,
			"took more than 1024 MiB of memory"},
		"template": {tens("{{if 1}}", "{{end}}") + `x: template.Execute(_open + _close, 1)`,
			"evaluating the CUE files"},
		"toml":  {tens("[", "]") + `x: len(toml.Unmarshal("a=" + _open + _close).a)`, "evaluating the CUE files"},
		"chain": {"x: " + strings.Repeat("1+\n", 2000000) + "1", "expressions are nested too deeply in this file"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "access.cue")
			if err := os.WriteFile(file, []byte(project+x.text+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			cmd, stderr := itself(t, "check", file)
			cmd.Stdout = stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			endsIn(t, cmd, stderr, exitUnreadable, x.want)
		})
	}
}

// TestExtensionLimits evaluates an extension of the schema that takes too much:
// when it is read, and when data is held against it.
func TestExtensionLimits(t *testing.T) {
	const users = "product: call-manager\nscopes: {acme: {}}\nusers: {ana@acme.example: {ticket: abc, roles: [{role: " +
		"owner, scope: acme}]}}\n"
	for name, x := range map[string]struct{ text, want string }{
		"derived": {`_x: strings.Replace(strings.Repeat("a", 1000000), "a", strings.Repeat("b", 1000000), -1)` +
			"\n#User: ticket?: _x", "took more than 1024 MiB"},
		"asked": {`#User: ticket?: strings.MaxRunes(2)`, "does not satisfy strings.MaxRunes(2)"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			extension := filepath.Join(dir, "cue.mod", "usr", "permc.dev", "schema")
			if err := os.MkdirAll(extension, 0o755); err != nil {
				t.Fatal(err)
			}
			for file, text := range map[string]string{
				filepath.Join(dir, "access.yaml"): users, filepath.Join(extension,
					"x.cue"): "package schema\nimport \"strings\"\n" + x.text + "\n",
			} {
				if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			cmd, stderr := itself(t, "check", dir)
			cmd.Stdout = stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			endsIn(t, cmd, stderr, exitUnreadable, x.want)
		})
	}
}

// TestManyValues refuses files of millions of values before they take gigabytes.
func TestManyValues(t *testing.T) {
	for name, x := range map[string]struct{ text, want string }{
		"a.yaml": {"product: call-manager\nx:\n" + strings.Repeat("- ? \n", 4000001), "more than 4000000 values"},
		"b.json": {`{"product": "call-manager", "users": {"ana": {"roles": [` + strings.Repeat("[],", 2000000) +
			`1]}}}`, "for one user, at most 4194304 allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(file, []byte(x.text), 0o644); err != nil {
				t.Fatal(err)
			}
			var out, errs bytes.Buffer
			if code := run([]string{"check", file}, &out, &errs); code != exitUnreadable ||
				!strings.Contains(out.String(), x.want) {
				t.Errorf("exit code %d: %.300s%s, want %q", code, out.String(), errs.String(), x.want)
			}
		})
	}
}

// TestOnExit calls what is registered once, and not what was taken back.
func TestOnExit(t *testing.T) {
	var called []string
	onExit(func() { called = append(called, "kept") })
	onExit(func() { called = append(called, "gone") })()
	cleanUp()
	cleanUp()
	if fmt.Sprint(called) != "[kept]" {
		t.Errorf("called: %v", called)
	}
}
