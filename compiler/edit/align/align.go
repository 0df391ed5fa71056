// Package align edits a declaration so that it says no more than what is in the system. It declares nothing new:
// what is there and not declared is for people to decide.
package align

import (
	"context"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/drift"
	"permc.dev/permc/compiler/edit/change"
)

// Plan is how to correct a declaration.
type Plan struct {
	Done  []*drift.Item
	Left  []Left
	Steps []change.Step
}

// Left is a difference that no edit of the declaration settles, and why.
type Left struct {
	*drift.Item
	Why string
}

// Make returns the edits for what a comparison found.
func Make(ctx context.Context, p *compiler.Project, d *drift.Drift) (*Plan, error) {
	a := &planner{project: p, drift: d}
	out := &Plan{}
	var fixes []*fix
	for i := range d.Items {
		x := &d.Items[i]
		if f, why := a.fix(x); why != "" {
			out.Left = append(out.Left, Left{x, why})
		} else {
			fixes = append(fixes, f)
		}
	}
	fixes, left := a.withoutDefaults(fixes)
	out.Left = append(out.Left, left...)
	for {
		fixes, left = a.withoutShared(fixes)
		out.Left = append(out.Left, left...)
		kept, left, err := a.withoutGains(ctx, fixes)
		if err != nil {
			return nil, err
		}
		out.Left = append(out.Left, left...)
		if fixes = kept; len(left) == 0 {
			break
		}
	}
	for _, f := range fixes {
		out.Done = append(out.Done, f.item)
	}
	out.Steps = a.steps(fixes)
	return out, nil
}
