// Command permc compiles access declarations into an effective-permission
// table and reports access that should not exist. See docs/cli.md.
package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"syscall"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/wholefile"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/load/observe"
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

// evaluateCUE is the argument that permc passes when it starts itself, to evaluate CUE within limits of time and
// memory.
const evaluateCUE = "evaluate-cue-of-parent"

// collectLate delays the first garbage collection until 240 MiB, which projects of ordinary size never reach: in one
// short run memory is cheaper than collecting it. From then on the heap may grow to five times what is in use.
func collectLate() {
	collectAt.Store(400)
	collectFrom(firstCollected)
}

// firstCollected is the size of the heap at the first collection.
const firstCollected = 240 << 20

// collectFrom delays the next garbage collection until the heap has about so many bytes.
func collectFrom(bytes int) {
	const least = 4 << 20 // the heap that percentages are of
	n := collections.Add(1)
	debug.SetGCPercent(bytes / (least / 100))
	runtime.AddCleanup(new([64]byte), func(of int32) {
		if collections.Load() == of {
			debug.SetGCPercent(int(collectAt.Load()))
		}
	}, n)
}

// collections counts the delays: after a collection, the last one counts.
var collections atomic.Int32

// makeRoom makes room in large pages for files that stay in memory to the end, and for as much that they say. Otherwise
// the first collection would come while they are read and find little to free, and the first write to each small page of
// the heap would cost a page fault: for 100 MiB of files, both take as long as comparing what they say.
func makeRoom(bytes int64) {
	const least, most = 16 << 20, 1 << 30 // below, there is room as it is
	if bytes < least || os.Getenv("GOGC") != "" {
		return
	}
	size := firstCollected + int(min(2*bytes, most))
	collections.Add(1) // the collection here is none of a full heap
	debug.SetGCPercent(-1)
	observe.Reserve(size)
	collectFrom(size)
}

// collectAt is how much the heap may grow after the first collection, in percent of what is in use.
var collectAt atomic.Int32

// collectEarly lets the heap grow by less, for a command that would leave more behind than it is worth to keep.
func collectEarly(percent int32) {
	if os.Getenv("GOGC") == "" {
		collectAt.Store(percent)
		debug.SetGCPercent(int(percent))
	}
}

// Exit codes, as docs/cli.md lists them.
const (
	exitClean      = 0
	exitFindings   = 1
	exitUsage      = 2
	exitUnreadable = 3
	exitExpected   = 4 // an expectation failed
)

// exit is an error with the exit code of the program. Without err everything has been printed.
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

// usage returns an error of the command line.
func usage(format string, args ...any) error { return exit{exitUsage, fmt.Errorf(format, args...)} }

// failed returns an error of the machine, or of permc.
func failed(err error) error { return exit{exitUnreadable, err} }

// run runs the whole program except for the process around it.
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
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		g.complete(cmd) // takes as long as making all commands
	}
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
			fmt.Fprintf(said, "permc: %s\n", render.Safe(describeError(e.err)))
		}
		return e.code
	}
	fmt.Fprintf(said, "permc: %s\nRun 'permc --help' for usage.\n", render.Safe(err.Error()))
	return exitUsage
}

// describeError returns the text of an error without the name of the system call that failed, and with its file once.
func describeError(err error) string {
	text := err.Error()
	var at *fs.PathError
	if !errors.As(err, &at) {
		return text
	}
	before, after, found := strings.Cut(text, at.Error())
	if !found {
		return text
	}
	name := at.Path + ": "
	return strings.TrimSuffix(before, name) + name + at.Err.Error() + after
}
