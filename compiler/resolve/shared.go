package resolve

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// shared binds which permissions are never given apart from another, and the
// depths that each can be given at.
func (b *catalogBinder) shared() {
	known := mapIDs(b.catalog.Depths, func(d policy.Depth) string { return d.ID })
	shared := map[string]bool{}
	for i := range b.declared.Permissions {
		if d := &b.declared.Permissions[i]; d.SharedWith.Given() {
			shared[d.ID.Name] = true
		}
	}
	for i := range b.declared.Permissions {
		d := &b.declared.Permissions[i]
		p := b.catalog.PermissionByID[d.ID.Name]
		for _, r := range d.Depths {
			if !slices.Contains(known, r.Name) {
				b.fail(diag.Stopf("schema", r.Pos, "unknown depth %s", diag.Quote(r.Name)).WithHelp("%s",
					diag.Suggest(r.Name, known)))
			}
			p.Depths = append(p.Depths, r.Name)
		}
		if !d.SharedWith.Given() {
			continue
		}
		p.SharedWith = b.permission(d.SharedWith)
		if p.SharedWith != nil && shared[p.SharedWith.ID] {
			b.errorf("schema", d.SharedWith.Pos, "permission %q is shared with %q, which is shared itself", p.ID,
				p.SharedWith.ID)
		}
	}
	for _, p := range b.catalog.Permissions {
		if p.SharedWith != nil && p.Deprecated == "" {
			b.follow = append(b.follow, p)
		}
	}
}

// shareCells gives a role the permissions that are never given apart from one
// that it gives.
func (b *catalogBinder) shareCells(r *policy.Role) {
	for _, p := range b.follow {
		if len(b.cells.of(r, p)) > 0 {
			continue
		}
		for _, i := range b.cells.of(r, p.SharedWith) {
			c := r.Cells[i]
			if !b.canReach(r.Levels, c.Reach, p.Levels) {
				continue
			}
			c.Permission, c.Actions, c.Note = p, p.All(), ""
			c.Confidence, c.Inferred = policy.Derived, ""
			c.Derived = "Deduced: the role gives " + p.SharedWith.ID + ", and this is never given apart from it. Sure"
			if b.cells.find(r, &c) < 0 {
				r.Cells = append(r.Cells, c)
			}
		}
	}
}

// refuseApart refuses cells of a project's role that are given apart from the
// permission that they are shared with: the product cannot give them so. The
// catalog itself may have such cells, each with its source. at are the places of the cells.
func (b *catalogBinder) refuseApart(r *policy.Role, at []policy.Pos) {
	for i := range r.Cells {
		c := &r.Cells[i]
		with := c.Permission.SharedWith
		if with == nil || !r.Custom && (c.Correction == nil || !c.Correction.Replaces) {
			continue
		}
		isOf := func(p *policy.Permission, like *policy.Cell) bool {
			return slices.ContainsFunc(r.Cells, func(x policy.Cell) bool {
				return x.Permission == p && (like == nil || x.ReachesAs(like) && x.When.Equal(like.When))
			})
		}
		misses := slices.ContainsFunc(r.Cells, func(x policy.Cell) bool {
			return x.Permission == with &&
				!isOf(c.Permission, &x)
		})
		switch {
		case !isOf(with, nil):
			b.fail(diag.Stopf("schema", at[i], "role %q gives %q without %q, which it is shared with", r.ID,
				c.Permission.ID, with.ID).
				WithHelp("give %q: %q comes with it", with.ID, c.Permission.ID))
		case misses || !isOf(with, c):
			b.fail(diag.Stopf("schema", at[i], "role %q gives %q another reach, access or condition than %q, which "+
				"it is shared with", r.ID, c.Permission.ID, with.ID).
				WithHelp("remove it: %q comes with %q", c.Permission.ID, with.ID))
		}
	}
}

// unshare takes away what the catalog says of permissions that are never given
// apart from a corrected one: they follow the correction.
func unshare(c *policy.DeclaredCatalog, r *policy.DeclaredRole, x *policy.Correction) {
	var follow []string
	for i := range c.Permissions {
		if c.Permissions[i].SharedWith.Name == x.Permission.Name {
			follow = append(follow, c.Permissions[i].ID.Name)
		}
	}
	if len(follow) == 0 {
		return
	}
	r.Cells = slices.DeleteFunc(r.Cells, func(cell policy.DeclaredCell) bool {
		return slices.Contains(follow, cell.Permission.Name) &&
			!slices.ContainsFunc(c.Corrections, func(y policy.Correction) bool {
				return y.Role.Name == r.ID.Name && y.Permission.Name == cell.Permission.Name
			})
	})
}

// fitsDepth refuses a cell at a depth that its permission does not know.
func (b *catalogBinder) fitsDepth(r *policy.Role, c *policy.Cell, d *policy.DeclaredCell) {
	depths := c.Permission.Depths
	if depths == nil || slices.Contains(depths, b.catalog.DepthOf(c)) {
		return
	}
	pos := d.Pos
	if d.Depth.Given() {
		pos = d.Depth.Pos
	}
	b.fail(diag.Stopf("schema", pos, "role %q gives %q at a depth that it does not know", r.ID, c.Permission.ID).
		WithHelp("it knows: %s", strings.Join(depths, ", ")))
}
