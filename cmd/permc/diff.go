package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/diff"
	"permc.dev/permc/compiler/lint"
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
}

func diffCommand(g *globals) *cobra.Command {
	var flags diffFlags
	cmd := &cobra.Command{
		Use:   "diff --against REF|PATH [PATH…]",
		Short: "what a change does to people",
		Long: `Compares the project with what it was at a git revision, or in another folder:
who gains and loses what, through which lines, and which findings come and go.
Ends with 1 where the change brings findings or does not pass a gate.`,
		RunE: func(cmd *cobra.Command, paths []string) error { return g.diff(cmd, paths, &flags) },
	}
	f := cmd.Flags()
	f.StringVar(&flags.against, "against", "", "the base to compare with: a git `REF`, or a folder")
	f.StringArrayVarP(&flags.formats, "format", "f", []string{"text"}, "`FORMAT`: "+strings.Join(render.DiffFormats, ", ")+"; FORMAT=FILE writes to a file; may be repeated")
	f.BoolVar(&flags.gain, "fail-on-gain", false, "exit 1 if anybody gains a permission or has more of one")
	f.StringArrayVar(&flags.forbid, "forbid", nil, "exit 1 if anybody gains what the `MATCHER` fits, such as permission=manage-users,affiliation=microsoft; may be repeated")
	f.StringVar(&flags.maxLost, "max-lost", "", "exit 1 if more than `PERCENT` of all permissions are lost")
	return cmd
}

func (g *globals) diff(cmd *cobra.Command, paths []string, flags *diffFlags) error {
	if flags.against == "" {
		return usage("--against is missing: name a git revision, such as origin/main, or a folder")
	}
	outputs, err := parseOutputs(flags.formats, render.DiffFormats)
	if err != nil {
		return err
	}
	gates, err := flags.gates()
	if err != nil {
		return err
	}
	head, err := g.load(cmd, paths)
	if err != nil {
		return err
	}
	if head.Policy == nil {
		return g.stopped(cmd, head)
	}
	base, note, err := g.base(cmd, flags.against, paths)
	if err != nil {
		return err
	}
	if base != nil && base.Policy == nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "permc: the base %s cannot be evaluated\n", render.Safe(flags.against))
		return g.stopped(cmd, base)
	}
	if err := known(gates.Forbid, base, head); err != nil {
		return err
	}
	d, held, err := g.compare(cmd.Context(), base, head)
	if err != nil {
		return failed(err)
	}
	g.stopProgress()
	d.BaseName, d.HeadName, d.Note = flags.against, strings.Join(orHere(paths), " "), note
	if d.Base != nil {
		gates.add(d.Base.Review)
	}
	d.Hits = gates.Hits(d.Changes, held, d.Base)
	for _, o := range outputs {
		if err := writeDiff(cmd.OutOrStdout(), o, d); err != nil {
			return failed(err)
		}
	}
	return g.judge(cmd.ErrOrStderr(), d)
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

// compare compares two projects, of which the base may be nil, and counts the
// rows that are held in the base.
func (g *globals) compare(ctx context.Context, base, head *compiler.Project) (*render.Diff, int, error) {
	d := &render.Diff{Head: head.Policy, NewFiles: head.Files, Policy: compiler.PolicyChanges(base, head)}
	if base != nil {
		d.Base = base.Policy
	}
	var held atomic.Int64
	policies := diff.New(d.Base, head.Policy)
	changes, baseFound, headFound, err := compiler.Pairs(ctx, base, head, func(list []diff.Change, b, h *policy.Access) []diff.Change {
		if b != nil {
			held.Add(heldRows(b))
		}
		return policies.User(list, b, h)
	})
	if err != nil {
		return nil, 0, err
	}
	d.Changes = changes
	if judged := head.JudgedBy(base, g.date); judged != head {
		found, err := judged.Table(ctx, nil, nil)
		if err != nil {
			return nil, 0, err
		}
		headFound = append(slices.DeleteFunc(found, aboutSilence), slices.DeleteFunc(headFound, func(f diag.Diagnostic) bool { return !aboutSilence(f) })...)
		headFound, d.NewFiles = diag.Sort(headFound), judged.Files
	}
	headFound = diag.Sort(append(headFound, compiler.Doubles(base, head)...))
	d.New, d.Fixed, d.Unchanged = diff.Findings(baseFound, headFound)
	return d, int(held.Load()), nil
}

// aboutSilence reports whether a finding is about a waiver or a suppression:
// those that a change brings are its own, whatever it is judged by.
func aboutSilence(d diag.Diagnostic) bool { return lint.AboutSilence(d.Rule) }

func heldRows(a *policy.Access) (n int64) {
	for i := range a.Rows {
		if a.Rows[i].Held() {
			n++
		}
	}
	return n
}

// judge is how the program ends: the change brings findings, or a gate is hit.
func (g *globals) judge(stderr io.Writer, d *render.Diff) error {
	bad := len(d.Hits) > 0
	for _, h := range d.Hits {
		c := h.Changes[0]
		fmt.Fprintf(stderr, "permc: gate %s: %s; the first is %s on %s of %s\n", render.Safe(h.Gate), h.Message,
			c.Row().Permission.ID, c.Row().Scope.Path, render.Safe(c.User.ID))
	}
	judge := d.Head
	if d.Base != nil {
		judge = d.Base // a change cannot loosen its own gate
	}
	failOn := g.failLevel(judge)
	for _, f := range d.New {
		if !f.Silenced() && (failOn != "never" && f.Severity == diag.Error || failOn == "warning") {
			bad = true
		}
	}
	if bad {
		return exit{code: exitFindings}
	}
	return nil
}

func writeDiff(stdout io.Writer, o findingOutput, d *render.Diff) error {
	out, err := create(o.path, stdout)
	if err != nil {
		return err
	}
	out.text(o.format == "text")
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

func (f *diffFlags) gates() (*gateFlags, error) {
	g := &gateFlags{diff.Gates{FailOnGain: f.gain, MaxLost: -1}}
	for _, s := range f.forbid {
		m, err := diff.ParseMatcher(s)
		if err != nil {
			return nil, usage("--forbid %v", err)
		}
		g.Forbid = append(g.Forbid, m)
	}
	if f.maxLost != "" {
		n, err := strconv.ParseFloat(strings.TrimSuffix(f.maxLost, "%"), 64)
		if err != nil || n < 0 || n > 100 {
			return nil, usage("--max-lost %q: want a percentage, such as 5 or 0.5", f.maxLost)
		}
		g.MaxLost = n
	}
	return g, nil
}

// add adds the gates of a declaration: a change has to pass them all.
func (g *gateFlags) add(r *policy.Review) {
	if r == nil {
		return
	}
	g.FailOnGain = g.FailOnGain || r.FailOnGain
	for _, m := range r.Forbid {
		g.Forbid = append(g.Forbid, diff.ReviewMatcher(m))
	}
	if n, err := strconv.ParseFloat(strings.TrimSuffix(r.MaxLost, "%"), 64); err == nil && (g.MaxLost < 0 || n < g.MaxLost) {
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
		if !slices.Contains([]string{"", "low", "medium", "high", "critical"}, m.Sensitivity) {
			return usage("--forbid %s: sensitivity is low, medium, high or critical", m)
		}
	}
	return nil
}
