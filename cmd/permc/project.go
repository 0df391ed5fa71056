package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// globals are the flags of every command.
type globals struct {
	dir     string
	started string      // the directory that permc was started in
	date    policy.Date // --as-of
	today   policy.Date // no decision is later; zero: date
	failOn  string
	verbose bool
	timeout time.Duration // of evaluating CUE
	limit   time.Duration // of everything
	memory  uint64        // in bytes, or 0: it grows with the input

	dog watchdog

	evaluator *load.Child // of CUE

	exports []os.FileInfo // files that are no part of the project, even if they are in its folder

	given func(flag string) bool

	meter        compiler.Progress
	stopProgress func() // before anything else is written
}

func (g *globals) flags(cmd *cobra.Command) {
	f := cmd.PersistentFlags()
	f.VarP(flags.Folder(&g.dir), "directory", "C", "read the project in this folder")
	f.BoolVarP(&g.verbose, "verbose", "v", false, "list the files that were read or skipped, and every finding")
	f.Var(flags.Date(&g.date), "as-of", "evaluate as of this day, e.g. 2026-12-31 (default: today in UTC)")
	f.Var(flags.Severity(&g.failOn), "fail-on",
		"exit 1 on findings of this severity or above: error, warning, never (default: settings.failOn of the "+
			"project, or error)")
	f.Var(flags.Duration(&g.timeout, load.DefaultLimits.Time), "eval-timeout", "limit the time to evaluate CUE files")
	f.Var(flags.Duration(&g.limit, baseTime), "timeout",
		"limit the time of the command; the default grows by 1s for each MiB read")
	f.Var(flags.Size(&g.memory), "memory",
		"limit the memory of the command, e.g. 8GiB (default: 4GiB plus 64 times the input)")
	g.given = f.Changed
}

// prepare completes the flags before a command runs.
func (g *globals) prepare() (err error) {
	g.limits()
	if !g.given("as-of") {
		g.date = policy.DateOf(time.Now())
	}
	g.started, _ = os.Getwd()
	if g.dir != "" {
		if err := os.Chdir(g.dir); err != nil {
			return failed(fmt.Errorf("-C %s: %w", g.dir, err))
		}
	}
	return nil
}

// limits hands the limits of the command to its watchdog.
func (g *globals) limits() {
	extra := max(0, g.timeout-load.DefaultLimits.Time)
	if g.given("timeout") {
		g.dog.allow(g.limit, 0, g.memory)
	} else {
		g.dog.allow(0, extra, g.memory)
	}
}

// options returns how to read the project at the paths, or here.
func (g *globals) options(paths []string) compiler.Options {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	limits := load.DefaultLimits
	limits.Time = g.timeout
	return compiler.Options{
		Paths:     paths,
		AsOf:      g.date,
		Today:     g.today,
		Limits:    limits,
		Progress:  &g.meter,
		Evaluator: g.evaluator,
		Full:      fullReaders(),
		Outputs:   redirected(),
		Exports:   g.exports,
		Memory:    g.mostMemory,
		Large:     func(bytes int64) { g.useLargePages(2 * bytes) },
	}
}

// redirected returns the files to which a shell leads standard output and standard error.
func redirected() (list []os.FileInfo) {
	for _, f := range []*os.File{os.Stdout, os.Stderr} {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			list = append(list, info)
		}
	}
	return list
}

// thorough returns how to read the project where people see its errors: as many as can be found at once.
func (g *globals) thorough(paths []string) compiler.Options {
	opts := g.options(paths)
	opts.More = true
	return opts
}

// load reads the project at the paths, or here.
func (g *globals) load(cmd *cobra.Command, paths []string) (p *compiler.Project, err error) {
	return g.loadShare(cmd, paths, nil)
}

// loadShare loads as load does, for a share of the users, or nil for all.
func (g *globals) loadShare(cmd *cobra.Command, paths []string, share *compiler.Share) (*compiler.Project, error) {
	opts := g.thorough(paths)
	opts.Share, opts.Lean = share, true
	return g.loadWith(cmd, opts)
}

// mostKept is how many users are kept in memory by commands that can do without: about 200 MB of them.
const mostKept = 1 << 18

// loadPassing loads as load does, for a command that visits the users once, and looks them up nowhere else.
func (g *globals) loadPassing(cmd *cobra.Command, paths []string, share *compiler.Share) (*compiler.Project, error) {
	opts := g.thorough(paths)
	opts.Share, opts.Lean = share, true
	opts.MostKept, opts.Passing, opts.Large = mostKept, collectPassing, g.useLargePages
	return g.loadWith(cmd, opts)
}

func (g *globals) loadWith(cmd *cobra.Command, opts compiler.Options) (p *compiler.Project, err error) {
	defer g.begin(cmd)()
	defer func() {
		if err != nil {
			g.stopProgress()
		}
	}()
	p, err = compiler.Load(cmd.Context(), opts)
	if err != nil {
		return nil, failed(err)
	}
	g.listFiles(cmd, p)
	return p, nil
}

// listFiles lists the files of a project if the command is verbose. Otherwise it says in one line which ones are
// plainly no declarations.
func (g *globals) listFiles(cmd *cobra.Command, p *compiler.Project) {
	notes := p.Notes
	if g.verbose {
		list(cmd.ErrOrStderr(), p)
	} else {
		notes = notesOf(p)
	}
	for _, n := range notes {
		g.stopProgress()
		fmt.Fprintf(cmd.ErrOrStderr(), "note: %s\n", render.Safe(render.NoteText(p.Files, n)))
	}
}

// notesOf returns the notes about a project's files, and one about those that are plainly no declarations.
func notesOf(p *compiler.Project) []diag.Related {
	text := load.SkippedForeign(p.Skipped)
	if text == "" {
		return p.Notes
	}
	return append(slices.Clip(p.Notes), diag.Related{Message: text + " (-v lists all; ignore silences this)"})
}

// begin shows the progress of long work until stopProgress is called. Call the returned function when the work is done.
func (g *globals) begin(cmd *cobra.Command) (end func()) {
	stop := sync.OnceFunc(showProgress(cmd.ErrOrStderr(), &g.meter))
	g.stopProgress = stop
	return onExit(stop)
}

func list(w io.Writer, p *compiler.Project) {
	for _, f := range p.Files.All() {
		if !f.Shipped {
			fmt.Fprintf(w, "read %s\n", render.Safe(f.Name))
		}
	}
	for _, s := range p.Skipped {
		fmt.Fprintf(w, "skipped %s: %s\n", render.Safe(s.Name), s.Reason)
	}
}

// report bundles findings with their project for render.
func (g *globals) report(p *compiler.Project, findings []diag.Finding) *render.Findings {
	return &render.Findings{Notes: notesOf(p), Files: p.Files, Policy: p.Policy, AsOf: g.date, Findings: findings,
		Whole: g.verbose,
		Place: placeInRepository}
}

// verdict returns the exit that the findings of a report call for.
func (g *globals) verdict(r *render.Findings) error {
	if r.Policy == nil {
		return exit{code: exitUnreadable}
	}
	s, failOn := r.Summary(), g.failLevel(r.Policy)
	if failOn != "never" && s.Errors > 0 || failOn == "warning" && s.Warnings > 0 {
		return exit{code: exitFindings}
	}
	return nil
}

// failLevel returns the lowest severity that ends with 1: from the flag, or from the settings of the judging policy.
func (g *globals) failLevel(judge *policy.Policy) string {
	return cmp.Or(g.failOn, judge.FailOn, "error")
}

// fullReaders reports whether the environment asks for the full readers in place of the fast ones, to compare the two.
func fullReaders() bool {
	readers := os.Getenv("PERMC_READERS")
	return readers == "full" || readers == "library" // its first name
}

// styleOf returns the style of an output: in color if it is a terminal.
func styleOf(w io.Writer) render.Style {
	return render.Style(os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && isTerminal(w))
}

func isTerminal(w io.Writer) bool {
	f := fileOf(w)
	if f == nil {
		return false
	}
	_, ok := terminalWidth(f)
	return ok
}
