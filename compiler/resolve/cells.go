package resolve

import (
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// cell binds a cell of a role. at are the places of those bound before it.
func (b *catalogBinder) cell(r *policy.Role, of *policy.DeclaredRole, n int, at []policy.Pos) {
	d := &of.Cells[n]
	isNext := n > 0 && of.Cells[n-1].Permission == d.Permission // in a list of one permission
	if isNext && !b.knowsPermission(d.Permission) {
		return // reported at the first
	}
	p := b.permission(d.Permission)
	if p == nil {
		return
	}
	if !isNext && len(b.cells.of(r, p)) > 0 {
		b.fail(diag.Stopf("schema", d.Permission.Pos, "role %q gives %q twice, once by another name", r.ID, p.ID).
			WithHelp("keep one of the cells, or list both under one name"))
		return
	}
	c := b.newCell(r, p, d)
	if p.Deprecated != "" && !isNext {
		b.errorf("schema", d.Permission.Pos, "role %q gives %q, which is deprecated", r.ID, p.ID)
	}
	if r.Levels != 0 && p.Levels != 0 && !b.canReach(r.Levels, c.Reach, p.Levels) { // an unknown level is reported
		b.fail(diag.Stopf("schema", d.Pos,
			"role %q can never give %q: its reach never includes a scope at the permission's level", r.ID, p.ID).
			WithHelp("change the cell's reach, for example to subtree"))
	}
	b.fitsDepth(r, &c, d)
	if i := b.cells.find(r, &c); i >= 0 {
		b.fail(diag.Stopf("schema", d.Pos, "role %q gives %q twice in the same way", r.ID, p.ID).
			WithRelated(at[i], "first here").WithHelp("keep one of the cells"))
		return
	}
	r.Cells = append(r.Cells, c)
}

// newCell binds what a cell says.
func (b *catalogBinder) newCell(r *policy.Role, p *policy.Permission, d *policy.DeclaredCell) policy.Cell {
	names := &nameBinder{binder: &b.binder, catalog: b.catalog}
	c := policy.Cell{
		Permission: p,
		When:       names.facts("when of a cell", d.When),
		Own:        d.Own,
		Actions:    b.actions(p, d.Actions),
		Reach:      b.reach(d.Reach),
		Confidence: b.confidence(r, d),
		Derived:    d.Derived,
		Inferred:   d.Inferred,
		Note:       d.Note,
		Correction: b.fixed[[2]string{r.ID, p.ID}],
		Privilege:  d.Privilege,
	}
	if d.Privilege != "" {
		c.Pos = d.Pos
	}
	for i, s := range d.Sources {
		b.source(s)
		if i == 0 {
			c.Source = s.Name
		} else {
			c.Backing = append(c.Backing, s.Name)
		}
	}
	return c
}

// confidence returns how sure a cell is, and refuses a reason that does not go
// with it: a cell that somebody states needs no reasoning.
func (b *catalogBinder) confidence(r *policy.Role, d *policy.DeclaredCell) policy.Confidence {
	says := policy.Stated
	switch {
	case d.Derived != "" && d.Inferred != "":
		b.fail(diag.Stopf("schema", d.Permission.Pos, "the cell of %q and %q is both derived and inferred", r.ID,
			d.Permission.Name).
			WithHelp("keep derived if it follows from what sources state, inferred if no source has it"))
	case d.Derived != "":
		says = policy.Derived
	case d.Inferred != "":
		says = policy.Inferred
	}
	given := policy.Confidence(max(0, slices.Index(policy.Confidences(), d.Confidence)))
	switch {
	case d.Confidence == "" || given == says:
		return says
	case given == policy.Stated:
		b.fail(diag.Stopf("schema", d.ConfidencePos, "the cell of %q and %q is stated, and says how it is %s", r.ID,
			d.Permission.Name, says).
			WithHelp("confidence: %q", says))
	default:
		b.fail(diag.Stopf("schema", d.ConfidencePos, "the cell of %q and %q is %s, and does not say how", r.ID,
			d.Permission.Name, given).
			WithHelp("add %s: with one sentence: what the source shows, what was deduced, how sure", given))
	}
	return given
}

// canReach reports whether something assigned at one of the levels from can
// count at one of the levels to.
func (b *catalogBinder) canReach(from policy.LevelSet, r policy.Reach, to policy.LevelSet) bool {
	switch r.Kind {
	case policy.Self:
		return from&to != 0
	case policy.Tree:
		return b.catalog.SameTree(from)&to != 0
	}
	return b.catalog.BelowAny(from)&to != 0
}

func (b *catalogBinder) reach(d policy.DeclaredReach) policy.Reach {
	switch d.Kind {
	case "subtree":
		return policy.Reach{Kind: policy.Subtree}
	case "tree":
		return policy.Reach{Kind: policy.Tree}
	case "labels":
		return policy.Reach{Kind: policy.Labelled, Labels: b.bindLabels(b.catalog, d.Labels)}
	}
	return policy.Reach{}
}
