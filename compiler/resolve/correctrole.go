package resolve

import (
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// correctRole replaces the cells of a role, sets its inheritance, or both.
func (b *catalogBinder) correctRole(c *policy.DeclaredCatalog, x *policy.Correction) {
	for i := range c.Corrections {
		y := &c.Corrections[i]
		if y.Role.Name == x.Role.Name && !y.Permission.Given() && y.Pos.Before(x.Pos) &&
			(y.Replaces && x.Replaces || y.Inheritance.Given() && x.Inheritance.Given()) {
			b.fail(diag.Stopf("schema", x.Role.Pos, "role %q is corrected twice", x.Role.Name).
				WithRelated(y.Role.Pos, "first here").WithHelp("make one correction of them"))
			return
		}
	}
	ri := slices.IndexFunc(c.Roles, func(r policy.DeclaredRole) bool { return r.ID.Name == x.Role.Name })
	switch {
	case ri < 0:
		b.unknown("role", x.Role, mapIDs(c.Roles, func(r policy.DeclaredRole) string { return r.ID.Name }))
		return
	case !x.NoCell || x.Depth.Given() || x.Reach != nil || x.Own != "" || len(x.Actions) > 0:
		b.fail(diag.Stopf("schema", x.Role.Pos, "a cell of role %q is corrected, but of no permission", x.Role.Name).
			WithHelp("say permission"))
		return
	case !x.Replaces && !x.Inheritance.Given():
		b.fail(diag.Stopf("schema", x.Role.Pos, "the correction of role %q changes nothing", x.Role.Name).
			WithHelp("say permission and cell for one cell, permissions for all of them, or inheritance"))
	}
	r := &c.Roles[ri]
	if x.Inheritance.Given() {
		r.GroupRecords = x.Inheritance.Name == "group"
	}
	if !x.Replaces {
		return
	}
	for _, cell := range r.Cells {
		b.dropped[cell.Permission.Name] = true
	}
	r.Cells = x.Cells
	for i := range x.Cells {
		one := *x
		one.Permission, one.Cell, one.Cells, one.Pos = x.Cells[i].Permission, "X", nil, x.Cells[i].Permission.Pos
		b.fixed[[2]string{r.ID.Name, one.Permission.Name}] = &one
	}
}
