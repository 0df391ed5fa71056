package resolve

import (
	"cmp"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// extend returns the base catalog with the additions and corrections of an extension.
func (b *catalogBinder) extend(base, ext *policy.DeclaredCatalog) *policy.DeclaredCatalog {
	c := *base
	c.Extends, c.Pos, c.Corrections, c.Names = ext.Extends, ext.Pos, ext.Corrections, slices.Clone(ext.Names)
	c.PermissionNames = slices.Clone(ext.PermissionNames)
	c.Permissions = appendNew(b, "permission", base.Permissions, ext.Permissions,
		func(p policy.DeclaredPermission) policy.Ref {
			return p.ID
		})
	c.Roles = appendNew(b, "role", base.Roles, ext.Roles, func(r policy.DeclaredRole) policy.Ref { return r.ID })
	c.Labels = appendNew(b, "label", base.Labels, ext.Labels, func(d policy.Described) policy.Ref { return d.ID })
	c.GroupKinds = appendNew(b, "kind of group", base.GroupKinds, ext.GroupKinds,
		func(k policy.DeclaredGroupKind) policy.Ref { return k.ID })
	c.Depths = appendNew(b, "depth", base.Depths, ext.Depths, func(d policy.DeclaredDepth) policy.Ref { return d.ID })
	c.Sources = appendNew(b, "source", base.Sources, ext.Sources, func(s policy.Source) policy.Ref { return s.ID })
	c.UserAttributes = b.extendAttributes(base.UserAttributes, ext.UserAttributes)
	c.ScopeAttributes = b.extendAttributes(base.ScopeAttributes, ext.ScopeAttributes)
	c.GroupAttributes = b.extendAttributes(base.GroupAttributes, ext.GroupAttributes)
	b.added = map[string]bool{}
	for _, r := range ext.Roles {
		b.added[r.ID.Name] = true
	}
	b.words(&c)
	b.nameRoles(&c)
	b.namePermissions(&c)
	addExternalNames(b.roleNames, c.Names)
	addExternalNames(b.permissionNames, c.PermissionNames)
	b.fixed, b.dropped = map[[2]string]*policy.Correction{}, map[string]bool{}
	for i := range c.Corrections { // whole roles first: single cells correct what these leave
		if x := &c.Corrections[i]; !x.Permission.Given() {
			b.correctRole(&c, x)
		}
	}
	for i := range c.Corrections {
		if x := &c.Corrections[i]; x.Permission.Given() && b.ofOneCell(x) {
			b.correct(&c, x)
		}
	}
	return &c
}

// appendNew appends new items, and reports those that are already shipped.
func appendNew[T any](b *catalogBinder, what string, base, ext []T, id func(T) policy.Ref) []T {
	list := slices.Clone(base)
	for _, x := range ext {
		if r := id(x); slices.ContainsFunc(base, func(y T) bool { return id(y).Name == r.Name }) {
			b.fail(diag.Stopf("schema", r.Pos, "%s %q is already in the shipped catalog", what, r.Name).
				WithHelp("choose another id; to change a cell of a shipped role, use corrections"))
			continue
		}
		list = append(list, x)
	}
	return list
}

// extendAttributes adds attributes, and values to those that are shipped.
func (b *catalogBinder) extendAttributes(base, ext []policy.DeclaredAttribute) []policy.DeclaredAttribute {
	list := slices.Clone(base)
	for _, x := range ext {
		i := slices.IndexFunc(list, func(y policy.DeclaredAttribute) bool { return y.ID.Name == x.ID.Name })
		switch {
		case i < 0:
			list = append(list, x)
		case list[i].Closed:
			b.fail(diag.Stopf("schema", x.ID.Pos, "attribute %q is closed: its values are %s", x.ID.Name,
				strings.Join(refNames(list[i].Values), ", ")).WithHelp("use one of them"))
		case x.Title != "" || x.Source.Given():
			b.fail(diag.Stopf("schema", x.ID.Pos, "attribute %q is already in the shipped catalog", x.ID.Name).
				WithHelp("add values, and leave title and source out; or choose another id"))
		default:
			list[i].Values = slices.Concat(list[i].Values, x.Values)
			list[i].Closed = x.Closed
		}
	}
	return list
}

// nameRoles adds what other systems call shipped roles.
func (b *catalogBinder) nameRoles(c *policy.DeclaredCatalog) {
	for _, n := range c.Names {
		i := slices.IndexFunc(c.Roles, func(r policy.DeclaredRole) bool { return r.ID.Name == n.Of.Name })
		if i < 0 {
			b.unknown("role", n.Of, mapIDs(c.Roles, func(r policy.DeclaredRole) string { return r.ID.Name }))
			continue
		}
		c.Roles[i].IDs = slices.Concat(c.Roles[i].IDs, n.IDs)
		if n.External.Given() {
			c.Roles[i].External = n.External
		}
	}
}

// namePermissions adds what the system calls shipped permissions.
func (b *catalogBinder) namePermissions(c *policy.DeclaredCatalog) {
	for _, n := range c.PermissionNames {
		i := slices.IndexFunc(c.Permissions, func(p policy.DeclaredPermission) bool { return p.ID.Name == n.Of.Name })
		if i < 0 {
			b.unknown("permission", n.Of, mapIDs(c.Permissions,
				func(p policy.DeclaredPermission) string { return p.ID.Name }))
			continue
		}
		if n.External.Given() {
			c.Permissions[i].External = n.External
		}
	}
}

// ofOneCell checks that a correction with a permission says what its cell is, and nothing of the role.
func (b *catalogBinder) ofOneCell(x *policy.Correction) bool {
	switch {
	case x.NoCell:
		b.fail(diag.Stopf("schema", x.Permission.Pos, "the correction of %q and %q says no cell", x.Role.Name,
			x.Permission.Name).
			WithHelp(`say cell: "X" if the role gives it, "" if not`))
	case x.Replaces || x.Inheritance.Given():
		b.fail(diag.Stopf("schema", x.Permission.Pos, "a correction is about one cell, or about the role").
			WithHelp("move permissions and inheritance to a correction of their own, without a permission"))
	default:
		return true
	}
	return false
}

// correctedOnce reports a cell that is corrected a second time.
func (b *catalogBinder) correctedOnce(c *policy.DeclaredCatalog, x *policy.Correction) {
	for i := range c.Corrections {
		if y := &c.Corrections[i]; y != x && y.Role.Name == x.Role.Name && y.Permission.Name == x.Permission.Name &&
			y.Permission.Pos.Before(x.Permission.Pos) {
			b.fail(diag.Stopf("schema", x.Permission.Pos, "the cell of %q and %q is corrected twice", x.Role.Name,
				x.Permission.Name).WithRelated(y.Permission.Pos, "first here"))
		}
	}
}

// correct changes one cell.
func (b *catalogBinder) correct(c *policy.DeclaredCatalog, x *policy.Correction) {
	b.correctedOnce(c, x)
	if (x.Role.Name == "user" || x.Cell != "X") && (x.Reach != nil || x.Own != "" || len(x.Actions) > 0) {
		b.errorf("schema", x.Permission.Pos, "reach, access and actions are allowed only for a role's cell X")
	}
	pi := slices.IndexFunc(c.Permissions, func(p policy.DeclaredPermission) bool {
		return p.ID.Name == x.Permission.Name
	})
	if pi < 0 {
		b.unknown("permission", x.Permission, mapIDs(c.Permissions, func(p policy.DeclaredPermission) string {
			return p.ID.Name
		}))
		return
	}
	p := &c.Permissions[pi]
	if x.Cell != "" && p.Deprecated != "" {
		b.fail(diag.Stopf("schema", x.Permission.Pos, "permission %q is deprecated, so nobody can have it", p.ID.Name).
			WithHelp("remove the correction: %s", p.Deprecated).
			WithEdit(diag.DropItem, "removed the correction of "+diag.Quote(p.ID.Name)))
		return
	}
	if x.Role.Name == "user" {
		if x.Cell == "X" {
			b.errorf("schema", x.Permission.Pos, `users have G or "", not X: no permission is held by everybody`)
		}
		p.Grantable, p.GrantTo, p.Inferred = x.Cell == "G", nil, ""
		return
	}
	b.correctCell(c, p, x)
}

// correctCell changes the cell of a role.
func (b *catalogBinder) correctCell(c *policy.DeclaredCatalog, p *policy.DeclaredPermission, x *policy.Correction) {
	ri := slices.IndexFunc(c.Roles, func(r policy.DeclaredRole) bool { return r.ID.Name == x.Role.Name })
	if ri < 0 {
		b.unknown("role", x.Role, append(mapIDs(c.Roles, func(r policy.DeclaredRole) string {
			return r.ID.Name
		}), "user"))
		return
	}
	r := &c.Roles[ri]
	r.Cells = slices.Clone(r.Cells)
	unshare(c, r, x)
	at := slices.IndexFunc(r.Cells, func(cell policy.DeclaredCell) bool {
		return cell.Permission.Name == x.Permission.Name
	})
	switch {
	case x.Cell == "G":
		b.fail(diag.Stopf("schema", x.Permission.Pos,
			"a role's cell is X or empty").WithHelp(`G is for users: role: "user"`))
	case x.Cell == "" && at < 0:
		b.errorf("schema", x.Permission.Pos, "role %q does not give %q itself, so there is no cell to remove",
			x.Role.Name, x.Permission.Name)
	case x.Cell == "":
		r.Cells = slices.DeleteFunc(r.Cells, func(cell policy.DeclaredCell) bool {
			return cell.Permission.Name == x.Permission.Name
		})
	case at >= 0 && at+1 < len(r.Cells) && r.Cells[at+1].Permission.Name == x.Permission.Name:
		b.fail(diag.Stopf("schema", x.Permission.Pos, "role %q has several cells of %q", x.Role.Name,
			x.Permission.Name).
			WithHelp("correct the role: list all of its cells in permissions"))
	default:
		b.giveCell(c, r, p, at, x)
	}
}

// giveCell confirms an existing cell, or adds one with the reach of the role's other cells at the
// permission's levels.
func (b *catalogBinder) giveCell(c *policy.DeclaredCatalog, r *policy.DeclaredRole, p *policy.DeclaredPermission,
	at int, x *policy.Correction) {
	var cell policy.DeclaredCell
	if at >= 0 {
		cell = r.Cells[at]
		cell.Confidence, cell.Derived, cell.Inferred = "", "", ""
		r.Cells = slices.Delete(r.Cells, at, at+1)
	}
	cell.Permission, cell.Pos = x.Permission, x.Permission.Pos // so that findings point at the correction
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

// usualReach returns the reach of the role's other cells at the permission's levels, or self if there
// are none. If that is not clear, the correction must name a reach.
func (b *catalogBinder) usualReach(c *policy.DeclaredCatalog, r *policy.DeclaredRole, p *policy.DeclaredPermission,
	x *policy.Correction) policy.DeclaredReach {
	var others []policy.DeclaredReach
	for _, cell := range r.Cells {
		i := slices.IndexFunc(c.Permissions, func(q policy.DeclaredPermission) bool {
			return q.ID.Name == cell.Permission.Name
		})
		if i >= 0 && slices.Equal(refNames(c.Permissions[i].Levels), refNames(p.Levels)) {
			others = append(others, cell.Reach)
		}
	}
	help := `say reach: "self", "subtree", "tree" or {labels: […]}`
	if depths := mapIDs(c.Depths, func(d policy.DeclaredDepth) string {
		return diag.Quote(d.ID.Name)
	}); len(depths) > 0 {
		help = "say depth: " + strings.Join(depths, " or ")
	}
	fits := slices.ContainsFunc(r.Levels, func(l policy.Ref) bool {
		return slices.Contains(refNames(p.Levels), l.Name)
	})
	switch {
	case len(others) == 0 && !fits:
		b.fail(diag.Stopf("schema", x.Permission.Pos,
			"role %q gives nothing else at level %s, so the correction must name the reach of %q",
			r.ID.Name, strings.Join(refNames(p.Levels), " or "), p.ID.Name).WithHelp("%s", help))
	case slices.ContainsFunc(others, func(o policy.DeclaredReach) bool { return !sameReach(o, others[0]) }):
		b.fail(diag.Stopf("schema", x.Permission.Pos,
			"the cells of role %q at level %s differ in reach, so the correction must name the reach of %q",
			r.ID.Name, strings.Join(refNames(p.Levels), " or "), p.ID.Name).WithHelp("%s", help))
	case len(others) > 0:
		return others[0]
	case fits:
		return policy.DeclaredReach{Kind: "self"}
	}
	return policy.DeclaredReach{Kind: "tree"} // always fits, so that this stays the only finding
}

func sameReach(a, b policy.DeclaredReach) bool {
	kind := func(r policy.DeclaredReach) string { return cmp.Or(r.Kind, "self") }
	return kind(a) == kind(b) && slices.Equal(slices.Sorted(slices.Values(refNames(a.Labels))),
		slices.Sorted(slices.Values(refNames(b.Labels))))
}
