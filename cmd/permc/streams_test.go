package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler/render"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/lint/rules"
)

// failing is a writer whose reader has a fault.
type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// panicking is a writer in which permc itself has a fault.
type panicking struct{}

func (panicking) Write([]byte) (int, error) { panic("a fault\x1b") }

// ways are how each command is used so that it answers on standard output.
var ways = map[string][]string{
	"bash": {"completion", "bash"}, "zsh": {"completion", "zsh"}, "fish": {"completion", "fish"},
	"powershell": {"completion", "powershell"},
	"catalog":    {"catalog"},
	"check":      {"check", "p"},
	"compare":    {"compare", "owner", "owner", "p"},
	"compile":    {"compile", "p"},
	"diff":       {"diff", "--against", "./before", "p"},
	"drift":      {"drift", "table", "users.csv", "p"},
	"ends":       {"ends", "p"},
	"explain":    {"explain", "ana@acme.example", "-C", "p"},
	"fix":        {"fix", "p"},
	"fmt":        {"fmt", "--diff", "p"},
	"grant":      {"grant", "bo@acme.example", "--role", "reader", "--diff", "p"},
	"import":     {"import", "table", "../users.csv", "-C", "p"},
	"init":       {"init", "--product", "call-manager", "new"},
	"report":     {"report", "-o", "-", "p"},
	"man":        {"man"},
	"merge":      {"merge", "state.json"},
	"paths":      {"paths", "ana@acme.example", "p"},
	"remove":     {"remove", "bo@acme.example", "--diff", "p"},
	"review":     {"review", "sheet.csv", "p"},
	"revoke":     {"revoke", "ana@acme.example", "--role", "owner", "--diff", "p"},
	"roles":      {"roles", "p"},
	"rules":      {"rules"},
	"test":       {"test", "p"},
	"version":    {"version"},
	"who":        {"who", "owner", "p"},

	"catalog diff": {"catalog", "diff", "call-manager@2026-11-22", "call-manager"},
}

// commandLines are all commands, each with every format that it has, and their
// help.
func commandLines(t *testing.T) (lines [][]string) {
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		path := strings.Fields(cmd.CommandPath())[1:]
		lines = append(lines, append(slices.Clone(path), "--help"))
		for _, c := range cmd.Commands() {
			walk(c)
		}
		way, ok := ways[strings.TrimPrefix(strings.Join(path, " "), "completion ")]
		switch {
		case cmd.HasSubCommands() && !ok || cmd.Name() == "help":
			return
		case !ok:
			t.Errorf("%s: say in ways how it is used", cmd.CommandPath())
			return
		}
		lines = append(lines, way)
		flag := "-f"
		if cmd.Name() == "init" || cmd.Name() == "import" {
			flag = "--format"
		}
		if f := cmd.Flags().Lookup("format"); f != nil {
			formats, _ := f.Value.(flags.Value).Complete(nil, "")
			for _, format := range formats {
				line := append(slices.Clone(way), flag, format)
				if len(path) == 2 && (format == "github" || format == "reviewers") {
					continue // nothing changes for people, and that has no line
				}
				if len(path) == 2 && !slices.Contains(render.CatalogDiffFormats, format) {
					line = append(line, "p") // these formats are about people
				}
				lines = append(lines, line)
			}
		}
	}
	walk(root(&globals{}, io.Discard))
	return append(lines, []string{}, []string{"rules", "not-grantable"}, []string{"catalog", "call-manager"},
		[]string{"catalog", "call-manager", "--sources"}, []string{"help", "check"}, []string{"__complete", "wh"})
}

// streamsProject makes what commandLines work on.
func streamsProject(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	t.Setenv("GITHUB_STEP_SUMMARY", "")
	before := "product: \"call-manager\"\nscopes:   acme:   {}\nowners: [{approvers: [\"gh:eve\"]}]\npeople: " +
		"\"gh:eve\": [\"eve@acme.example\"]\n"
	now := before +
		"users: \"ana@acme.example\": roles: [{role: \"owner\"}, {role: \"owner\"}]\nusers: \"bo@acme.example\": " +
		"{}\nexpect: [{user: \"ana@acme.example\", can: \"roles:write\"}]\n"
	for dir, text := range map[string]string{"before": before, "p": now} {
		if err := os.Mkdir(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "access.cue"), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile("users.csv", []byte("user,role\nana@acme.example,reader\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if code := run([]string{"compile", "-f", "csv", "--review", "-o", "sheet.csv", "p"}, &bytes.Buffer{},
		&bytes.Buffer{}); code == exitUnreadable {
		t.Fatal("no sheet")
	}
	if code := run([]string{"compile", "--shard", "1/1", "-f", "csv", "--state", "state.json", "p"}, &bytes.Buffer{},
		&bytes.Buffer{}); code != exitClean {
		t.Fatal("no state")
	}
}

// renew puts the project back as it was.
func renew(t *testing.T) {
	t.Helper()
	if err := os.RemoveAll("new"); err != nil {
		t.Fatal(err)
	}
}

// TestFullOutput: a command whose answer cannot be written ends with 3, and says
// so, unless the reader has gone.
func TestFullOutput(t *testing.T) {
	for _, args := range commandLines(t) {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			streamsProject(t)
			var stderr bytes.Buffer
			full := &os.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}
			if code := run(args, failing{full}, &stderr); code != exitUnreadable {
				t.Errorf("full: exit code %d, want 3", code)
			}
			if want := "permc: standard output: no space left on device\n"; !strings.HasSuffix(stderr.String(), want) {
				t.Errorf("full: got %q on standard error, want %q at its end", stderr.String(), want)
			}
			renew(t)
			stderr.Reset()
			if code := run(args, failing{syscall.EPIPE}, &stderr); code != exitUnreadable ||
				strings.Contains(stderr.String(), "pipe") {
				t.Errorf("closed: exit code %d, want 3 without a word, got %s", code, &stderr)
			}
		})
	}
}

// TestFullErrors: what cannot be said on standard error does not change how a
// command ends, or what it answers.
func TestFullErrors(t *testing.T) {
	for _, args := range append(commandLines(t), []string{"check", "--nothing"}, []string{"check", "none"}) {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			streamsProject(t)
			var want, got, stderr bytes.Buffer
			code := run(args, &want, &stderr)
			renew(t)
			streamsProject(t)
			if now := run(args, &got, failing{errors.New("full")}); now != code || got.String() != want.String() {
				t.Errorf("exit code %d, want %d; got %q, want %q", now, code, &got, &want)
			}
		})
	}
}

// TestFault: a fault of permc ends with 3, in words.
func TestFault(t *testing.T) {
	var stderr bytes.Buffer
	if code := run([]string{"version"}, panicking{}, &stderr); code != exitUnreadable {
		t.Errorf("exit code %d, want 3", code)
	}
	want := `permc: internal error: a fault\u{1B} (`
	if !strings.HasPrefix(stderr.String(), want) || !strings.Contains(stderr.String(), "panicking.Write, line ") {
		t.Errorf("got %q, want it to begin with %q", stderr.String(), want)
	}
}

// TestFaultOfWorker: a fault in a rule, which runs on goroutines of its own, ends
// every command that looks at users with 3, in words, and leaves no file behind.
func TestFaultOfWorker(t *testing.T) {
	faulty := &lint.Rule{ID: "faulty", Severity: diag.Error, User: func(p *lint.Pass) {
		if p.Access.User.ID == "u300@acme.example" {
			panic("a fault")
		}
	}}
	all := rules.All
	rules.All = append(slices.Clone(all), faulty)
	t.Cleanup(func() { rules.All = all })

	var text strings.Builder
	text.WriteString("product: \"call-manager\"\nscopes: acme: {}\n")
	for i := range 1000 {
		fmt.Fprintf(&text, "users: \"u%d@acme.example\": roles: [{role: \"owner\"}]\n", i)
	}
	for _, args := range [][]string{
		{"check"}, {"compile", "-f", "csv"}, {"compile", "-f", "csv", "-o", "table.csv"},
		{"compile", "-f", "xlsx", "-o", "table.xlsx"},
		{"compile", "-f", "parquet", "-o", "table.parquet"}, {"report", "-o", "page.html"}, {"who", "owner"},
		{"diff", "--against", "./"},
		{"fix", "--diff"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Chdir(t.TempDir())
			if err := os.WriteFile("access.cue", []byte(text.String()), 0o666); err != nil {
				t.Fatal(err)
			}
			var stderr bytes.Buffer
			if code := run(args, io.Discard, &stderr); code != exitUnreadable {
				t.Errorf("exit code %d, want 3", code)
			}
			if want := "permc: internal error: a fault ("; !strings.HasPrefix(stderr.String(), want) ||
				!strings.Contains(stderr.String(), "TestFaultOfWorker") {
				t.Errorf("got %q, want it to begin with %q and to say where", stderr.String(), want)
			}
			if left, _ := os.ReadDir("."); len(left) != 1 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}
