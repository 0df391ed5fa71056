package resolve

import (
	"slices"

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
	c.Sources = added(b, "source", base.Sources, ext.Sources, func(s policy.Source) policy.Ref { return s.ID })
	id := func(a policy.DeclaredAttribute) policy.Ref { return a.ID }
	c.UserAttributes = added(b, "attribute", base.UserAttributes, ext.UserAttributes, id)
	c.ScopeAttributes = added(b, "attribute", base.ScopeAttributes, ext.ScopeAttributes, id)
	b.added = map[string]bool{}
	for _, r := range ext.Roles {
		b.added[r.ID.Name] = true
	}
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
	cell := policy.DeclaredCell{Permission: x.Permission, Reach: usualReach(c, r, p)}
	if at >= 0 {
		cell = r.Cells[at]
		cell.Inferred = ""
		r.Cells = slices.Delete(r.Cells, at, at+1)
	}
	if x.Reach != nil {
		cell.Reach = *x.Reach
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

func usualReach(c *policy.DeclaredCatalog, r *policy.DeclaredRole, p *policy.DeclaredPermission) policy.DeclaredReach {
	for _, cell := range r.Cells {
		i := slices.IndexFunc(c.Permissions, func(q policy.DeclaredPermission) bool { return q.ID.Name == cell.Permission.Name })
		if i >= 0 && slices.Equal(names(c.Permissions[i].Levels), names(p.Levels)) {
			return cell.Reach
		}
	}
	for _, l := range r.Levels {
		if slices.Contains(names(p.Levels), l.Name) {
			return policy.DeclaredReach{Kind: "self"}
		}
	}
	return policy.DeclaredReach{Kind: "subtree"}
}
