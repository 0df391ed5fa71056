package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/review"
	"permc.dev/permc/compiler/edit/change"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// applyReview makes the edits that a sheet asks for, or prints them as a diff: none of them if anything is wrong with
// the sheet. It says what became of them.
func (g *globals) applyReview(cmd *cobra.Command, p *compiler.Project, paths []string, r *render.Review,
	done *review.Reviewed, opts *reviewFlags) (state string, err error) {
	if n := r.Refused(); n > 0 || len(done.Stops) > 0 {
		return render.Refused, g.refuseReview(cmd, r, n)
	}
	var steps []change.Step
	if cut := append(placesOf(done.Lines), done.Outdated...); len(cut) > 0 {
		steps = append(steps, change.Step{Want: done.Trimmed, Cut: cut})
	}
	if len(done.Confirms) > 0 {
		steps = append(steps, change.Step{Want: done.After, Confirm: done.Confirms})
	}
	if len(steps) == 0 {
		g.stopProgress()
		fmt.Fprintf(cmd.ErrOrStderr(), "permc: %s: nothing to change\n", render.Safe(r.Sheet))
		return render.Unneeded, nil
	}
	made, err := g.tryChange(cmd, p, paths, steps)
	if err != nil {
		return render.Refused, failed(fmt.Errorf("nothing was written: %w", err))
	}
	if made.Blocked() {
		return render.Refused, g.refuse(cmd, made)
	}
	if opts.diff {
		if err := writeDiffs(cmd, "", made.Files); err != nil {
			return render.NotApplied, failed(err)
		}
		return render.NotApplied, g.sayChange(cmd.ErrOrStderr(), made, false, false)
	}
	if err := replace(made.Files); err != nil {
		return render.Refused, failed(err)
	}
	return render.Applied, g.sayChange(cmd.OutOrStdout(), made, true, false)
}

// placesOf returns the positions of lines to change.
func placesOf(lines []*review.Line) (list []policy.Pos) {
	for _, l := range lines {
		list = append(list, l.Pos)
	}
	return list
}

// refuseReview prints what is wrong with a sheet, and writes nothing else.
func (g *globals) refuseReview(cmd *cobra.Command, r *render.Review, n int) error {
	g.stopProgress()
	w := cmd.ErrOrStderr()
	if err := render.ReviewProblems(w, r, styleOf(w)); err != nil {
		return failed(err)
	}
	why := "the changes would leave no table"
	if n > 0 {
		why = render.Plural(n, "error") + " in the sheet"
	}
	fmt.Fprintf(w, "permc: nothing was written: %s\n", why)
	return exit{code: exitFindings}
}
