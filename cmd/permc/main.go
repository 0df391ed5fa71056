// Command permc compiles access declarations into an effective-permission
// table and reports what must not be. See docs/cli.md.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/wholefile"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/render"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == evaluateCUE {
		load.Serve(os.Stdin, os.Stdout)
	}
	if os.Getenv("GOGC") == "" {
		collectLate()
	}
	writeErrors()
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// evaluateCUE is the argument with which permc starts itself, to evaluate CUE
// within limits of time and memory.
const evaluateCUE = "evaluate-cue-of-parent"

// collectLate puts the first collection of memory off to 240 MiB, which projects
// of ordinary size never reach: in one short run memory is cheaper than
// collecting it. From then on the heap may grow to five times what is in use.
func collectLate() {
	const first, then = 6000, 400 // percent, of 4 MiB before the first
	debug.SetGCPercent(first)
	runtime.AddCleanup(new([64]byte), func(percent int) { debug.SetGCPercent(percent) }, then)
}

// Exit codes, as docs/cli.md lists them.
const (
	exitClean      = 0
	exitFindings   = 1
	exitUsage      = 2
	exitUnreadable = 3
	exitExpected   = 4 // what is expected is not so
)

// exit is an error with the exit code that it ends the program with. Without a
// message everything has been said.
type exit struct {
	code int
	err  error
}

func (e exit) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e exit) Unwrap() error { return e.err }

// usage is an error of the command line.
func usage(format string, args ...any) error { return exit{exitUsage, fmt.Errorf(format, args...)} }

// failed is an error of the machine, or of permc.
func failed(err error) error { return exit{exitUnreadable, err} }

// run is the whole program but for the process around it.
func run(args []string, stdout, stderr io.Writer) (code int) {
	out := &standardOutput{w: stdout}
	stderr = remarks{stderr}
	g := &globals{}
	g.dog.stderr, g.dog.meter = stderr, &g.meter
	ctx, stop := g.dog.interruptible()
	defer stop()
	defer g.dog.start()()
	defer onExit(wholefile.Abandon)()
	g.evaluator = load.NewChild("permc", evaluateCUE)
	defer g.evaluator.Close()
	cmd := root(g, out)
	cmd.SetArgs(args)
	said := guarded(stderr)
	cmd.SetErr(said)
	err := recovered(func() error { return cmd.ExecuteContext(ctx) })
	if g, ok := said.(*guard); ok {
		_ = g.end()
	}
	if lost := out.failure(); lost != nil {
		err = lost
	}
	var e exit
	switch {
	case err == nil:
		return exitClean
	case ctx.Err() != nil:
		fmt.Fprintf(stderr, "permc: %s\n", interrupted)
		return exitUnreadable
	case errors.As(err, &e):
		if e.err != nil && !errors.Is(e.err, syscall.EPIPE) {
			fmt.Fprintf(said, "permc: %s\n", render.Safe(e.err.Error()))
		}
		return e.code
	}
	fmt.Fprintf(said, "permc: %s\nRun 'permc --help' for usage.\n", render.Safe(err.Error()))
	return exitUsage
}

// root is the command line. Commands keep where standard output is when they are
// made.
func root(g *globals, stdout io.Writer) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "permc",
		Short: "compile and check who may do what",
		Long: `permc compiles declarations of users, roles and grants into one
effective-permission table, and reports what must not be.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := refuseEmpty(cmd); err != nil {
				return err
			}
			return g.prepare()
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("unknown command %q: permc --help lists them", args[0])
			}
			return cmd.Help()
		},
		Args: cobra.ArbitraryArgs,
	}
	cmd.SetOut(stdout)
	g.flags(cmd)
	cmd.AddCommand(checkCommand(g), compileCommand(g), diffCommand(g), explainCommand(g), whoCommand(g), compareCommand(g), testCommand(g), reviewCommand(g))
	cmd.AddCommand(reportCommand(g), catalogCommand(g), initCommand(g), rulesCommand(g), versionCommand())
	cmd.AddCommand(fixCommand(g), fmtCommand(g))
	g.complete(cmd)
	bashWithoutPackage(cmd)
	return cmd
}
