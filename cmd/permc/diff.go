package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/ask/diff/revision"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/render/html"
)

// diffFlags are those of permc diff.
type diffFlags struct {
	against string
	since   policy.Date
	outputs []flags.Output
	gates   diff.Gates
	links   string
	owners  ownersFlags
}

func diffCommand(g *globals) *cobra.Command {
	opts := diffFlags{gates: diff.Gates{MaxLost: -1}}
	cmd := &cobra.Command{
		Use:   "diff [--against BASE | --since DATE] [PATH…]",
		Short: "show what a change does to people",
		Long: `Compares the project with a git revision or another folder: who gains and loses
what, through which lines, and which findings are new or fixed. BASE is a
revision (origin/main), a range (A...B), REF:PATH, or a folder that begins with
/, ./ or ../. With --since, it is what was checked out when that day began, in
UTC. Ends with 1 if the change adds findings or hits a gate.`,
		Example: examples(`
			permc diff
			permc diff --against origin/main access
			permc diff --against main...HEAD -f text -f markdown=comment.md
			permc diff --against v1.2 --forbid permission=manage-users,affiliation=microsoft
			permc diff --against ../before --max-lost 5%
			permc diff --since 2026-03-01 -f html=since-march.html
			permc diff --against main...HEAD --owners
			permc diff --against main...HEAD --paths --forbid-path sensitivity=critical
			permc diff --against main...HEAD --approved-by reviews.json --author gh:kim`),
		RunE: func(cmd *cobra.Command, paths []string) error { return g.diff(cmd, paths, &opts) },
	}
	f := cmd.Flags()
	f.Var(flags.Base(&opts.against), "against",
		"compare with this revision or folder (default: the default branch of the "+
			"upstream, else main or master; in CI only the former)")
	f.Var(flags.Date(&opts.since), "since",
		"compare with the last commit of HEAD before this day, e.g. 2026-03-01; days begin at midnight in UTC")
	addOutputs(f, &opts.outputs, "format of the diff", render.DiffFormats)
	opts.add(f)
	opts.owners.add(f)
	cmd.MarkFlagsMutuallyExclusive("against", "since")
	return cmd
}

// add adds the flags of every command that shows what changes for people.
func (opts *diffFlags) add(f *pflag.FlagSet) {
	f.BoolVar(&opts.gates.FailOnGain, "fail-on-gain", false,
		"exit 1 if anybody gains a permission or role, or more of one")
	f.Var(flags.Matchers(&opts.gates.Forbid), "forbid",
		"exit 1 if anybody gains what matches, e.g. permission=manage-users,affiliation=microsoft; may be repeated")
	f.Var(flags.Matchers(&opts.gates.ForbidPath), "forbid-path",
		"exit 1 if anybody could newly give themselves or others what matches, e.g. sensitivity=critical; may be "+
			"repeated")
	f.BoolVar(&opts.gates.Paths, "paths", false, "list what people could newly give themselves and others")
	f.Var(flags.Share(&opts.gates.MaxLost), "max-lost",
		"exit 1 if more than this share of all actions held is lost or narrowed, in percent")
	f.Var(flags.Address(&opts.links), "link-base",
		"link lines in markdown and html to the repository at this address (default: from the build server on GitHub "+
			"and GitLab)")
	f.BoolVar(&opts.gates.FailOnPolicyChange, "fail-on-policy-change", false,
		"exit 1 if rules, waivers, comments, severities, gates or other policy changes")
}

func (g *globals) diff(cmd *cobra.Command, paths []string, opts *diffFlags) error {
	if opts.since > g.date {
		return usage("--since %s is later than the day that is evaluated, %s: name an earlier day", opts.since, g.date)
	}
	s, err := g.sides(cmd, opts, paths)
	if err != nil {
		return err
	}
	return g.showSides(cmd, s, opts)
}

// showSides compares two projects and writes what changes.
func (g *globals) showSides(cmd *cobra.Command, s *diff.Sides, opts *diffFlags) error {
	gates := &opts.gates
	links, err := (*commits)(&s.Commits).links(opts.links)
	if err != nil {
		return err
	}
	if s.Head.Policy == nil {
		return g.stopped(cmd, s.Head)
	}
	if p, name := s.Broken(); p != nil {
		return g.brokenBase(cmd, p, name, opts)
	}
	if gates.Forbid, err = bindMatchers("--forbid", gates.Forbid, s.Gates, s.Head); err != nil {
		return err
	}
	if gates.ForbidPath, err = bindMatchers("--forbid-path", gates.ForbidPath, s.Gates, s.Head); err != nil {
		return err
	}
	if gates.Owners, err = opts.owners.question(s, opts.outputs); err != nil {
		return err
	}
	answer, err := diff.Ask(cmd.Context(), s, gates, g.failLevel(s.Judge().Policy), opts.keys())
	if err != nil {
		return failed(err)
	}
	g.stopProgress()
	d := &render.Diff{Answer: answer, Links: links, Verbose: g.verbose}
	if err := writeDiff(cmd.OutOrStdout(), opts.outputs, d); err != nil {
		return err
	}
	return verdictOf(cmd.ErrOrStderr(), d, s.Unjudged)
}

// brokenBase says that the base cannot be evaluated, also where reviewers look.
func (g *globals) brokenBase(cmd *cobra.Command, p *compiler.Project, name string, opts *diffFlags) error {
	g.stopProgress()
	b := &render.BrokenBase{Name: name, Findings: g.report(p, p.Stopped)}
	for _, o := range opts.outputs {
		if o.Format != "github" && o.Format != "markdown" {
			continue
		}
		err := writeOutput(cmd.OutOrStdout(), o, func(out *output) error {
			return render.WriteBrokenBase(out, b, o.Format, render.With{Summary: withSummary})
		})
		if err != nil {
			return failed(err)
		}
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "permc: the base %s cannot be evaluated\n", render.Safe(name))
	return g.stopped(cmd, p)
}

func writeDiff(stdout io.Writer, outputs []flags.Output, d *render.Diff) error {
	return writeOutputs(stdout, outputs, func(out *output, format string) error {
		return render.WriteDiff(out, d, format, render.With{
			Style:   styleOf(out.raw),
			Summary: withSummary,
			Page:    html.WriteChange,
			System:  loginSystem(),
		})
	})
}

// sides loads the two sides that the flags and the paths name.
func (g *globals) sides(cmd *cobra.Command, opts *diffFlags, paths []string) (*diff.Sides, error) {
	defer g.begin(cmd)()
	s, err := diff.LoadSides(cmd.Context(), &diff.Question{
		Against:  opts.against,
		Since:    opts.since,
		Paths:    orHere(paths),
		OnServer: onServer(),
		Where:    revision.Where{Started: g.started, Dir: g.dir, Top: os.Getenv("PERMC_REPOSITORY")},
		Options:  g.options(nil),
		Loaded: func(head *compiler.Project) {
			g.listFiles(cmd, head)
		},
	})
	if err == nil {
		return s, nil
	}
	g.stopProgress()
	if errors.Is(err, diff.ErrNoBase) {
		return nil, usage("%w", err)
	}
	return nil, failed(err)
}

// onServer reports whether a build server runs this. Most set CI.
func onServer() bool {
	for _, name := range []string{"CI", "GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "JENKINS_URL"} {
		if v := os.Getenv(name); v != "" && v != "false" && v != "0" {
			return true
		}
	}
	return false
}

func orHere(paths []string) []string {
	if len(paths) == 0 {
		return []string{"."}
	}
	return paths
}

// keys makes the keys by which people are folded, if a format folds them.
func (o *diffFlags) keys() diff.NewKeys {
	if slices.ContainsFunc(o.outputs, func(x flags.Output) bool { return x.Format != "json" }) {
		return render.NewKeys
	}
	return nil
}

// verdictOf names the gates that are hit, and returns the exit that they and the new findings call for, or else what
// could not be judged.
func verdictOf(stderr io.Writer, d *render.Diff, unjudged error) error {
	for _, h := range d.Hits {
		first := ""
		if h.First != "" {
			first = "; the first is " + h.First
		}
		fmt.Fprintf(stderr, "permc: gate %s: %s\n", render.Safe(h.Gate), render.Safe(h.Message+first))
	}
	if unjudged != nil {
		fmt.Fprintf(stderr, "permc: %s\n", render.Safe(unjudged.Error()))
	}
	switch {
	case d.Blocked():
		return exit{code: exitFindings}
	case unjudged != nil:
		return exit{code: exitUnreadable}
	}
	return nil
}

// withSummary passes on the file of the job's summary on GitHub, if there is one. Other commands of the step write to
// it, too, so it is appended to, as far as there is room.
func withSummary(write func(*render.JobSummary) error) error {
	name := os.Getenv("GITHUB_STEP_SUMMARY")
	if name == "" {
		return write(nil)
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	room := render.LongestSummary
	if info, err := f.Stat(); err == nil {
		room = max(0, room-int(info.Size()))
	}
	if err := write(&render.JobSummary{Writer: f, Room: room}); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
