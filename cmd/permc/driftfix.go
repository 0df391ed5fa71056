package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/drift"
	"permc.dev/permc/compiler/edit/align"
	"permc.dev/permc/compiler/render"
)

// fixDrift edits the declaration so that it gives nobody more than they have in the system: all of it or nothing. It
// says what it leaves.
func (g *globals) fixDrift(cmd *cobra.Command, p *compiler.Project, paths []string, d *drift.Drift,
	c *changeFlags) error {
	plan, err := align.Make(cmd.Context(), p, d)
	if err != nil {
		return failed(err)
	}
	if len(plan.Steps) > 0 {
		if err := g.writeAlignment(cmd, p, paths, plan, c); err != nil {
			return err
		}
	}
	g.stopProgress()
	to := cmd.OutOrStdout()
	if c.diff {
		to = cmd.ErrOrStderr()
	}
	out, err := create("", to)
	if err != nil {
		return err
	}
	out.guard("text")
	printAlignment(out, d, plan, c)
	if err := out.close(nil); err != nil {
		return failed(err)
	}
	return g.driftVerdict(p, leftOf(plan))
}

// writeAlignment makes the edits of a plan, or prints them as a diff.
func (g *globals) writeAlignment(cmd *cobra.Command, p *compiler.Project, paths []string, plan *align.Plan,
	c *changeFlags) error {
	r, err := g.tryChange(cmd, p, paths, plan.Steps)
	if err != nil {
		return failed(fmt.Errorf("nothing was written: %w", err))
	}
	if r.Blocked() {
		return g.refuse(cmd, r)
	}
	return g.writeChange(cmd, r, c, false)
}

// printAlignment lists what was corrected, and what was not and why.
func printAlignment(w io.Writer, d *drift.Drift, plan *align.Plan, c *changeFlags) {
	say := func(x *drift.Item, text string) {
		at := d.Policy.Files.Position(x.Pos)
		if at.Line == 0 {
			at = d.Position(x)
		}
		if at.Line > 0 {
			text = fmt.Sprintf("%s:%d: %s", at.File, at.Line, text)
		}
		fmt.Fprintf(w, "%s [%s]\n", render.Safe(text), x.Class)
	}
	for _, x := range plan.Done {
		say(x, x.Message)
	}
	for _, x := range plan.Left {
		say(x.Item, "not fixed: "+x.Message+": "+x.Why)
	}
	done := "Nothing to fix"
	if n := len(plan.Done); n > 0 {
		done = fmt.Sprintf("%s %d", map[bool]string{true: "Can fix", false: "Fixed"}[c.diff], n)
	}
	if n := len(plan.Left); n > 0 {
		done += fmt.Sprintf(", %d %s you", n, render.Choose(n, "needs", "need"))
	}
	fmt.Fprintf(w, "%s; %s\n", done, render.SumInSync(d))
}

// leftOf returns the differences that a plan leaves.
func leftOf(plan *align.Plan) *drift.Drift {
	d := &drift.Drift{}
	for _, x := range plan.Left {
		d.Items = append(d.Items, *x.Item)
	}
	return d
}
