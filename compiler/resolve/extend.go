package resolve

import (
	"cmp"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// extend is the base catalog with what an extension adds and corrects.
func (b *catalogBinder) extend(base, ext *policy.DeclaredCatalog) *policy.DeclaredCatalog {
	c := *base
	c.Extends, c.Pos, c.Corrections = ext.Extends, ext.Pos, ext.Corrections
	c.Permissions = added(b, "permission", base.Permissions, ext.Permissions, func(p policy.DeclaredPermission) policy.Ref { return p.ID })
	c.Roles = added(b, "role", base.Roles, ext.Roles, func(r policy.DeclaredRole) policy.Ref { return r.ID })
	c.Labels = added(b, "label", base.Labels, ext.Labels, func(d policy.Described) policy.Ref { return d.ID })
	c.Depths = added(b, "depth", base.Depths, ext.Depths, func(d policy.DeclaredDepth) policy.Ref { return d.ID })
	c.Sources = added(b, "source", base.Sources, ext.Sources, func(s policy.Source) policy.Ref { return s.ID })
	id := func(a policy.DeclaredAttribute) policy.Ref { return a.ID }
	c.UserAttributes = added(b, "attribute", base.UserAttributes, ext.UserAttributes, id)
	c.ScopeAttributes = added(b, "attribute", base.ScopeAttributes, ext.ScopeAttributes, id)
	b.added = map[string]bool{}
	for _, r := range ext.Roles {
		b.added[r.ID.Name] = true
	}
	b.words(&c)
	b.fixed = map[[2]string]*policy.Correction{}
	for i := range c.Corrections {
		b.correct(&c, &c.Corrections[i])
	}
	return &c
}

// added appends new ids; one that is shipped already is refused.
func added[T any](b *catalogBinder, what string, base, ext []T, id func(T) policy.Ref) []T {
	list := slices.Clone(base)
	for _, x := range ext {
		if r := id(x); slices.ContainsFunc(base, func(y T) bool { return id(y).Name == r.Name }) {
			b.fail(diag.Errorf("schema", r.Pos, "%s %q is shipped with the catalog", what, r.Name).
				WithHelp("choose another id; one cell of a shipped catalog changes by corrections"))
			continue
		}
		list = append(list, x)
	}
	return list
}

// correct changes one cell.
func (b *catalogBinder) correct(c *policy.DeclaredCatalog, x *policy.Correction) {
	for i := range c.Corrections {
		if y := &c.Corrections[i]; y != x && y.Role.Name == x.Role.Name && y.Permission.Name == x.Permission.Name && y.Permission.Pos.Before(x.Permission.Pos) {
			b.fail(diag.Errorf("schema", x.Permission.Pos, "the cell of %q and %q is corrected twice", x.Role.Name, x.Permission.Name).WithRelated(y.Permission.Pos, "first here"))
		}
	}
	if (x.Role.Name == "user" || x.Cell != "X") && (x.Reach != nil || x.Own != "" || len(x.Actions) > 0) {
		b.errorf("schema", x.Permission.Pos, "only a cell X of a role has a reach, an access and actions")
	}
	pi := slices.IndexFunc(c.Permissions, func(p policy.DeclaredPermission) bool { return p.ID.Name == x.Permission.Name })
	if pi < 0 {
		b.unknown("permission", x.Permission, ids(c.Permissions, func(p policy.DeclaredPermission) string { return p.ID.Name }))
		return
	}
	p := &c.Permissions[pi]
	if x.Cell != "" && p.Deprecated != "" {
		b.fail(diag.Errorf("schema", x.Permission.Pos, "permission %q is deprecated, so nobody can be given it", p.ID.Name).
			WithHelp("drop the correction: %s", p.Deprecated))
		return
	}
	if x.Role.Name == "user" {
		if x.Cell == "X" {
			b.errorf("schema", x.Permission.Pos, `the column of users holds G or "": what everybody holds is not a cell`)
		}
		p.Grantable, p.GrantTo, p.Inferred = x.Cell == "G", nil, ""
		return
	}
	ri := slices.IndexFunc(c.Roles, func(r policy.DeclaredRole) bool { return r.ID.Name == x.Role.Name })
	if ri < 0 {
		b.unknown("role", x.Role, append(ids(c.Roles, func(r policy.DeclaredRole) string { return r.ID.Name }), "user"))
		return
	}
	r := &c.Roles[ri]
	r.Cells = slices.Clone(r.Cells)
	unshare(c, r, x)
	at := slices.IndexFunc(r.Cells, func(cell policy.DeclaredCell) bool { return cell.Permission.Name == x.Permission.Name })
	switch {
	case x.Cell == "G":
		b.fail(diag.Errorf("schema", x.Permission.Pos, "a cell of a role is X or empty").WithHelp(`G is for users: role: "user"`))
	case x.Cell == "" && at < 0:
		b.errorf("schema", x.Permission.Pos, "role %q does not give %q itself, so there is no cell to take away", x.Role.Name, x.Permission.Name)
	case x.Cell == "":
		r.Cells = slices.Delete(r.Cells, at, at+1)
	default:
		b.giveCell(c, r, p, at, x)
	}
}

// giveCell confirms the cell that is there, or adds one that reaches as the
// role's other cells of the permission's levels do.
func (b *catalogBinder) giveCell(c *policy.DeclaredCatalog, r *policy.DeclaredRole, p *policy.DeclaredPermission, at int, x *policy.Correction) {
	var cell policy.DeclaredCell
	if at >= 0 {
		cell = r.Cells[at]
		cell.Confidence, cell.Derived, cell.Inferred = "", "", ""
		r.Cells = slices.Delete(r.Cells, at, at+1)
	}
	cell.Permission = x.Permission // what is wrong with it is edited here
	switch {
	case x.Reach != nil:
		cell.Reach, cell.Depth = *x.Reach, x.Depth
	case at < 0:
		cell.Reach = b.usualReach(c, r, p, x)
	}
	if x.Own != "" {
		cell.Own = x.Own == "own"
	}
	if len(x.Actions) > 0 {
		cell.Actions = x.Actions
	}
	r.Cells = append(r.Cells, cell)
	b.fixed[[2]string{r.ID.Name, p.ID.Name}] = x
}

// usualReach returns the reach of the role's other cells of the permission's
// levels, or self if there are none. Where neither tells, a reach must be named.
func (b *catalogBinder) usualReach(c *policy.DeclaredCatalog, r *policy.DeclaredRole, p *policy.DeclaredPermission, x *policy.Correction) policy.DeclaredReach {
	var others []policy.DeclaredReach
	for _, cell := range r.Cells {
		i := slices.IndexFunc(c.Permissions, func(q policy.DeclaredPermission) bool { return q.ID.Name == cell.Permission.Name })
		if i >= 0 && slices.Equal(names(c.Permissions[i].Levels), names(p.Levels)) {
			others = append(others, cell.Reach)
		}
	}
	help := `say reach: "self", "subtree", "tree" or {labels: […]}`
	if depths := ids(c.Depths, func(d policy.DeclaredDepth) string { return diag.Quote(d.ID.Name) }); len(depths) > 0 {
		help = "say depth: " + strings.Join(depths, " or ")
	}
	fits := slices.ContainsFunc(r.Levels, func(l policy.Ref) bool { return slices.Contains(names(p.Levels), l.Name) })
	switch {
	case len(others) == 0 && !fits:
		b.fail(diag.Errorf("schema", x.Permission.Pos, "role %q gives nothing else at level %s, so the correction must say how far %q reaches",
			r.ID.Name, strings.Join(names(p.Levels), " or "), p.ID.Name).WithHelp("%s", help))
	case slices.ContainsFunc(others, func(o policy.DeclaredReach) bool { return !sameReach(o, others[0]) }):
		b.fail(diag.Errorf("schema", x.Permission.Pos, "the cells of role %q at level %s reach differently far, so the correction must say how far %q reaches",
			r.ID.Name, strings.Join(names(p.Levels), " or "), p.ID.Name).WithHelp("%s", help))
	case len(others) > 0:
		return others[0]
	case fits:
		return policy.DeclaredReach{Kind: "self"}
	}
	return policy.DeclaredReach{Kind: "tree"} // fits anything, so that this is the only fault
}

func sameReach(a, b policy.DeclaredReach) bool {
	kind := func(r policy.DeclaredReach) string { return cmp.Or(r.Kind, "self") }
	return kind(a) == kind(b) && slices.Equal(slices.Sorted(slices.Values(names(a.Labels))), slices.Sorted(slices.Values(names(b.Labels))))
}
