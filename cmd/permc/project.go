package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// globals are the flags of every command.
type globals struct {
	dir     string
	started string // the directory that permc was started in
	asOf    string
	failOn  string
	verbose bool
	timeout time.Duration // of evaluating CUE
	limit   time.Duration // of everything
	memory  string

	date policy.Date
	dog  watchdog

	evaluator *load.Child // of CUE

	given func(flag string) bool

	meter        compiler.Progress
	stopProgress func() // before anything else is written
}

func (g *globals) flags(cmd *cobra.Command) {
	f := cmd.PersistentFlags()
	f.StringVarP(&g.dir, "directory", "C", "", "read the project in `DIR`")
	f.BoolVarP(&g.verbose, "verbose", "v", false, "list what was read and skipped, and every finding")
	f.StringVar(&g.asOf, "as-of", "", "the `DATE` to look at, such as 2026-12-31 (today in UTC if left out)")
	f.StringVar(&g.failOn, "fail-on", "", "exit 1 on findings of this `SEVERITY` or above: error, warning, never (what the project's settings say, or error)")
	f.DurationVar(&g.timeout, "eval-timeout", load.DefaultLimits.Time, "how long CUE files may take to evaluate")
	f.DurationVar(&g.limit, "timeout", baseTime, "how long the command may take; if left out, 1s more for each MiB that is read")
	f.StringVar(&g.memory, "memory", "", "how much memory the command may take, a `SIZE` such as 8GiB (4GiB if left out, and 64 times what is read)")
	g.given = f.Changed
}

// notEmpty are flags that ask for something: "" is what a script passes whose
// variable is not set, and must not read as if the flag were left out.
var notEmpty = []string{"as-of", "against", "fail-on", "max-lost", "directory", "link-base"}

// refuseEmpty refuses flags that are given, but empty.
func refuseEmpty(cmd *cobra.Command) error {
	for _, name := range notEmpty {
		if f := cmd.Flags().Lookup(name); f != nil && f.Changed && f.Value.String() == "" {
			return usage("--%s is empty: leave it out, or give it a value", name)
		}
	}
	return nil
}

// prepare checks the flags before a command runs.
func (g *globals) prepare() (err error) {
	switch g.failOn {
	case "", "error", "warning", "never":
	default:
		return usage("--fail-on %q: want error, warning or never", g.failOn)
	}
	if g.timeout <= 0 {
		return usage("--eval-timeout %v: want a positive duration, such as 10s", g.timeout)
	}
	if err := g.limits(); err != nil {
		return err
	}
	g.date = policy.DateOf(time.Now())
	if g.asOf != "" {
		if g.date, err = policy.ParseDate(g.asOf); err != nil {
			return usage("--as-of %q: want a date, such as 2026-12-31", g.asOf)
		}
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
func (g *globals) limits() (err error) {
	if g.limit <= 0 {
		return usage("--timeout %v: want a positive duration, such as 5m", g.limit)
	}
	var most uint64
	if g.memory != "" {
		if most, err = parseSize(g.memory); err != nil {
			return usage("--memory %q: %w", g.memory, err)
		}
	}
	extra := max(0, g.timeout-load.DefaultLimits.Time)
	if g.given("timeout") {
		g.dog.allow(g.limit, 0, most)
	} else {
		g.dog.allow(0, extra, most)
	}
	return nil
}

// options are those of the project at the paths, or here.
func (g *globals) options(paths []string) compiler.Options {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	limits := load.DefaultLimits
	limits.Time = g.timeout
	return compiler.Options{Paths: paths, AsOf: g.date, Limits: limits, Progress: &g.meter, Evaluator: g.evaluator, Full: slowReaders()}
}

// load reads the project at the paths, or here.
func (g *globals) load(cmd *cobra.Command, paths []string) (p *compiler.Project, err error) {
	defer g.begin(cmd)()
	defer func() {
		if err != nil {
			g.stopProgress()
		}
	}()
	p, err = compiler.Load(cmd.Context(), g.options(paths))
	if err != nil {
		return nil, failed(err)
	}
	if g.verbose {
		list(cmd.ErrOrStderr(), p)
	}
	return p, nil
}

// begin shows how far long work is until stopProgress is called. The returned
// function has to be called when the work is done.
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

// report is what the findings say, and stopped those of a project that cannot
// be evaluated.
func (g *globals) report(p *compiler.Project, findings []diag.Diagnostic) *render.Findings {
	return &render.Findings{Files: p.Files, Policy: p.Policy, AsOf: g.date, Findings: findings, Whole: g.verbose}
}

// verdict is how the program ends after findings.
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

// failLevel is which findings end with 1: as the flag says, or the settings of
// the policy that judges.
func (g *globals) failLevel(judge *policy.Policy) string {
	return cmp.Or(g.failOn, judge.FailOn, "error")
}

// slowReaders reports whether the environment asks for the libraries' readers
// in place of permc's own, to compare the two.
func slowReaders() bool { return os.Getenv("PERMC_READERS") == "library" }

// styleOf is in colour where people read.
func styleOf(w io.Writer) render.Style {
	return render.Style(os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && isTerminal(w))
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(interface{ Stat() (os.FileInfo, error) })
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
