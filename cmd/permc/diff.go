package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint/rules"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/render/html"
)

// diffFlags are those of permc diff.
type diffFlags struct {
	against string
	formats []string
	gain    bool
	forbid  []string
	maxLost string
	policy  bool
	links   string
}

func diffCommand(g *globals) *cobra.Command {
	var flags diffFlags
	cmd := &cobra.Command{
		Use:   "diff [--against REF|PATH] [PATH…]",
		Short: "what a change does to people",
		Long: `Compares the project with what it was at a git revision, or in another folder:
who gains and loses what, through which lines, and which findings come and go.
Ends with 1 where the change brings findings or does not pass a gate.`,
		RunE: func(cmd *cobra.Command, paths []string) error { return g.diff(cmd, paths, &flags) },
	}
	f := cmd.Flags()
	f.StringVar(&flags.against, "against", "", "the base: a git `REF`, A...B, REF:PATH, or a folder that begins with /, ./ or ../ (the upstream's default branch if left out)")
	f.StringArrayVarP(&flags.formats, "format", "f", []string{"text"}, "`FORMAT`: "+strings.Join(render.DiffFormats, ", ")+"; FORMAT=FILE writes to a file; may be repeated")
	f.BoolVar(&flags.gain, "fail-on-gain", false, "exit 1 if anybody gains a permission or has more of one")
	f.StringArrayVar(&flags.forbid, "forbid", nil, "exit 1 if anybody gains what the `MATCHER` fits, such as permission=manage-users,affiliation=microsoft; may be repeated")
	f.StringVar(&flags.maxLost, "max-lost", "", "exit 1 if more than `PERCENT` of all actions held are lost or narrowed")
	f.StringVar(&flags.links, "link-base", "", "the `URL` of the repository on the web, to link lines to in markdown and html (on GitHub and GitLab what the build server says)")
	f.BoolVar(&flags.policy, "fail-on-policy-change", false, "exit 1 if anything changes that the project is judged by: rules, waivers, comments, severities, gates, …")
	return cmd
}

func (g *globals) diff(cmd *cobra.Command, paths []string, flags *diffFlags) error {
	outputs, err := parseOutputs(flags.formats, render.DiffFormats)
	if err != nil {
		return err
	}
	gates, err := flags.gates(cmd)
	if err != nil {
		return err
	}
	s, err := g.sides(cmd, flags.against, paths)
	if err != nil {
		return err
	}
	links, err := s.commits.links(flags.links)
	if err != nil {
		return err
	}
	if s.head.Policy == nil {
		return g.stopped(cmd, s.head)
	}
	if p, name := s.broken(); p != nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "permc: the base %s cannot be evaluated\n", render.Safe(name))
		return g.stopped(cmd, p)
	}
	if err := known(gates.Forbid, s.gates, s.head); err != nil {
		return err
	}
	judge := s.judge().Policy
	gates.add(judge.Gates)
	d, err := g.compare(cmd.Context(), s, &gates.Gates)
	if err != nil {
		return failed(err)
	}
	g.stopProgress()
	d.BaseName, d.HeadName, d.Note = s.baseName, s.headName, strings.Join(s.notes, "; ")
	d.Links, d.Verbose = links, g.verbose
	d.Hits = append(d.Hits, diff.Unjudged(gates.Forbid, s.gatesPolicy(), d.Head)...)
	d.Hits = append(d.Hits, gates.PolicyHits(d.Policy)...)
	d.Blocking = g.blocking(judge, d.New)
	for _, o := range outputs {
		if err := writeDiff(cmd.OutOrStdout(), o, d); err != nil {
			return failed(err)
		}
	}
	err = verdictOf(cmd.ErrOrStderr(), d)
	if s.unjudged == nil {
		return err
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "permc: %s\n", render.Safe(s.unjudged.Error()))
	if err != nil {
		return err
	}
	return exit{code: exitUnreadable}
}

func orHere(paths []string) []string {
	if len(paths) == 0 {
		return []string{"."}
	}
	return paths
}

// stopped prints why a project cannot be evaluated.
func (g *globals) stopped(cmd *cobra.Command, p *compiler.Project) error {
	g.stopProgress()
	if err := render.FindingsText(cmd.ErrOrStderr(), g.report(p, p.Stopped), styleOf(cmd.ErrOrStderr())); err != nil {
		return failed(err)
	}
	return exit{code: exitUnreadable}
}

// compare compares two projects, of which the base may be absent.
func (g *globals) compare(ctx context.Context, s *sides, gates *diff.Gates) (*render.Diff, error) {
	d := &render.Diff{Head: s.head.Policy}
	if s.base != nil {
		d.Base = s.base.Policy
	}
	c, err := diff.Compare(ctx, s.base, s.head, gates)
	if err != nil {
		return nil, err
	}
	v, err := diff.Judge(ctx, s.base, s.gates, s.head, c)
	if err != nil {
		return nil, err
	}
	d.Changes, d.Changer = c.Changes, c.Changer
	d.People, d.Facts, d.Hits = c.People, c.Facts, append(v.Unjudged, c.Hits...)
	d.New, d.Fixed, d.Unchanged, d.NewFiles, d.Policy = v.New, v.Gone, v.Unchanged, v.Files, v.Policy
	if s.gates == s.base {
		return d, nil
	}
	hits, err := diff.HitsOfTip(ctx, s.base, s.gates, s.head, gates, c)
	d.Hits = append(d.Hits, hits...)
	return d, err
}

// blocking counts the new findings that do not let a change pass.
func (g *globals) blocking(judge *policy.Policy, list []diag.Diagnostic) (n int) {
	failOn := g.failLevel(judge)
	for i := range list {
		f := &list[i]
		if !f.Silenced() && (failOn != "never" && f.Severity == diag.Error || failOn == "warning") {
			n++
		}
	}
	return n
}

// verdictOf is how the program ends: the change brings findings, or a gate is hit.
func verdictOf(stderr io.Writer, d *render.Diff) error {
	for _, h := range d.Hits {
		first := ""
		if h.First != "" {
			first = "; the first is " + h.First
		}
		fmt.Fprintf(stderr, "permc: gate %s: %s\n", render.Safe(h.Gate), render.Safe(h.Message+first))
	}
	if d.Blocked() {
		return exit{code: exitFindings}
	}
	return nil
}

func writeDiff(stdout io.Writer, o findingOutput, d *render.Diff) error {
	out, err := create(o.path, stdout)
	if err != nil {
		return err
	}
	out.guard(o.format)
	switch o.format {
	case "json":
		err = render.DiffJSON(out, d)
	case "markdown":
		err = render.DiffMarkdown(out, d)
	case "github":
		err = withSummary(func(summary *render.JobSummary) error { return render.DiffGitHub(out, summary, d) })
	case "html":
		err = html.WriteChange(out, d, rules.All)
	default:
		err = render.DiffText(out, d, styleOf(out.raw))
	}
	return out.close(err)
}

// withSummary gives the file that GitHub makes a job's summary of, if there is
// one. It is shared with other commands of the step, so it is written to at its
// end, as far as there is room.
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

// gateFlags are gates as they come together.
type gateFlags struct{ diff.Gates }

func (f *diffFlags) gates(cmd *cobra.Command) (*gateFlags, error) {
	g := &gateFlags{diff.Gates{FailOnGain: f.gain, FailOnPolicyChange: f.policy, MaxLost: -1}}
	for _, s := range f.forbid {
		m, err := diff.ParseMatcher(s)
		if err != nil {
			return nil, usage("--forbid %v", err)
		}
		g.Forbid = append(g.Forbid, m)
	}
	if cmd.Flags().Changed("max-lost") { // it may be empty
		n, err := policy.ParseShare(f.maxLost)
		if err != nil {
			return nil, usage("--max-lost %v", err)
		}
		g.MaxLost = n
	}
	return g, nil
}

// add adds the gates of a declaration: a change has to pass them all.
func (g *gateFlags) add(r *policy.Gates) {
	if r == nil {
		return
	}
	g.FailOnGain = g.FailOnGain || r.FailOnGain
	for _, m := range r.Forbid {
		if x := diff.ReviewMatcher(m); !slices.Contains(g.Forbid, x) {
			g.Forbid = append(g.Forbid, x)
		}
	}
	g.FailOnPolicyChange = g.FailOnPolicyChange || r.FailOnPolicyChange
	if n, err := policy.ParseShare(r.MaxLost); err == nil && (g.MaxLost < 0 || n < g.MaxLost) {
		g.MaxLost = n
	}
}

// known checks the names of --forbid: each must be known to either side.
func known(list []diff.Matcher, base, head *compiler.Project) error {
	for _, m := range list {
		var first error
		for _, p := range [...]*compiler.Project{head, base} {
			if p == nil {
				continue
			}
			f := filterFlags{scope: m.Scope, permission: m.Permission, role: m.Role, affiliation: m.Affiliation}
			_, err := f.bind(p.Policy)
			if err == nil {
				first = nil
				break
			}
			if first == nil {
				first = err
			}
		}
		if first != nil {
			return usage("--forbid %s: %s", m, strings.TrimPrefix(first.Error(), "--"))
		}
		if m.Sensitivity != "" && !slices.Contains(diff.Sensitivities, m.Sensitivity) {
			return usage("--forbid %s: sensitivity is low, medium, high or critical", m)
		}
	}
	return nil
}
