package resolve

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// words lists what else roles, permissions and depths are called, and gives the
// references of cells and corrections their ids and reaches.
func (b *catalogBinder) words(c *policy.DeclaredCatalog) {
	b.roleNames, b.permissionNames, b.depthNames = policy.Aliases{}, policy.Aliases{}, policy.Aliases{}
	for i := range c.Roles {
		addNames(b.roleNames, c.Roles[i].ID, c.Roles[i].Title,
			append([]string{c.Roles[i].External.Name}, c.Roles[i].Aliases...))
	}
	for i := range c.Permissions {
		addNames(b.permissionNames, c.Permissions[i].ID, c.Permissions[i].Title,
			append([]string{c.Permissions[i].External.Name}, c.Permissions[i].Aliases...))
	}
	for i := range c.Depths {
		d := &c.Depths[i]
		addNames(b.depthNames, d.ID, d.Title, append([]string{d.ID.Name}, d.Aliases...))
	}
	permissions := isOneOf(mapIDs(c.Permissions, func(p policy.DeclaredPermission) string { return p.ID.Name }))
	roles := isOneOf(append(mapIDs(c.Roles, func(r policy.DeclaredRole) string { return r.ID.Name }), "user"))
	for i := range c.Roles {
		for j := range c.Roles[i].Cells {
			b.cellWords(c, &c.Roles[i].Cells[j], permissions)
		}
	}
	for i := range c.Names {
		canonical(&c.Names[i].Of, b.roleNames, roles)
	}
	for i := range c.PermissionNames {
		canonical(&c.PermissionNames[i].Of, b.permissionNames, permissions)
	}
	for i := range c.Corrections {
		x := &c.Corrections[i]
		canonical(&x.Permission, b.permissionNames, permissions)
		canonical(&x.Role, b.roleNames, roles)
		for j := range x.Cells {
			b.cellWords(c, &x.Cells[j], permissions)
		}
		if x.Depth.Given() {
			b.oneDepth(x.Beside)
			reach, own := b.depth(c, x.Depth)
			x.Reach, x.Own = &reach, map[bool]string{true: "own", false: "all"}[own]
		}
	}
}

// cellWords gives a cell the id of its permission, and the reach of its depth.
func (b *catalogBinder) cellWords(c *policy.DeclaredCatalog, cell *policy.DeclaredCell, permissions func(string) bool) {
	canonical(&cell.Permission, b.permissionNames, permissions)
	if cell.Depth.Given() {
		cell.Reach, cell.Own = b.depth(c, cell.Depth)
		b.oneDepth(cell.Beside)
	}
}

// oneDepth refuses a reach or an access beside a depth.
func (b *catalogBinder) oneDepth(beside policy.Pos) {
	if beside.IsValid() {
		b.fail(diag.Stopf("schema", beside,
			"a cell has a depth, or a reach and an access, not both").WithHelp("keep depth alone"))
	}
}

func isOneOf(ids []string) func(string) bool {
	set := make(map[string]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return func(id string) bool { return set[id] }
}

func addNames(names policy.Aliases, id policy.Ref, title string, aliases []string) {
	for _, name := range append([]string{title}, aliases...) {
		if name != "" {
			names.Add(name, id.Name)
		}
	}
}

// addExternalNames adds the names that the system has for shipped things.
func addExternalNames(names policy.Aliases, list []policy.SystemNames) {
	for _, n := range list {
		if n.External.Given() {
			names.Add(n.External.Name, n.Of.Name)
		}
	}
}

// canonical gives a reference its id, where it uses another name.
func canonical(r *policy.Ref, names policy.Aliases, isID func(string) bool) {
	if !r.Given() || isID(r.Name) {
		return
	}
	if ids := names.IDs(r.Name); len(ids) == 1 {
		r.Name = ids[0]
	}
}

// canonical gives the references of a waiver, an expectation or a gate their ids.
func (b *policyBinder) canonical(role *policy.Ref, permissions ...*policy.Ref) {
	c := b.catalog
	canonical(role, c.RoleAliases, func(id string) bool { return c.RoleByID[id] != nil })
	for _, r := range permissions {
		canonical(r, c.PermissionAliases, func(id string) bool { return c.PermissionByID[id] != nil })
	}
}

// ambiguous reports a name that stands for several ids.
func (b *binder) ambiguous(kind string, r policy.Ref, ids []string) *diag.Finding {
	d := b.unknown(kind, r, ids)
	d.Message = severalMeanings(r.Name, ids)
	d.Help, d.Right = "write the one that you mean", ""
	return d
}

// nearAlias suggests the id behind another name, where a name is near to that
// and to no id.
func (b *binder) nearAlias(d *diag.Finding, r policy.Ref, aliases policy.Aliases) {
	if d.Right != "" || strings.HasPrefix(d.Help, "did you mean") || len(b.faults) > suggested {
		return
	}
	name, names := strings.ToLower(r.Name), aliases.Names()
	near := diag.Nearest(name, names)
	ids := aliases.IDs(near)
	if near == "" || len(ids) != 1 {
		return
	}
	d.Help = "did you mean " + diag.Quote(ids[0]) + ", also called " + diag.Quote(near) + "?"
	if diag.Only(name, names) != "" {
		d.Right = ids[0]
	}
}

func severalMeanings(name string, ids []string) string {
	quoted := make([]string, len(ids))
	for i, id := range slices.Sorted(slices.Values(ids)) {
		quoted[i] = diag.Quote(id)
	}
	return diag.Quote(name) + " may mean " + strings.Join(quoted, " or ")
}

// roleNamed returns the role that a reference means, and reports one that means
// none or several.
func (b *binder) roleNamed(c *policy.Catalog, r policy.Ref) *policy.Role {
	role, several := c.RoleNamed(r.Name)
	switch {
	case role != nil:
	case len(several) > 1:
		b.ambiguous("role", r, several)
	default:
		b.nearAlias(b.unknown("role", r, c.RoleIDs()), r, c.RoleAliases)
	}
	return role
}

// permissionNamed returns the permission that a reference means, and reports one
// that means none or several.
func (b *binder) permissionNamed(c *policy.Catalog, r policy.Ref) *policy.Permission {
	p, several := c.PermissionNamed(r.Name)
	switch {
	case p != nil:
	case len(several) > 1:
		b.ambiguous("permission", r, several)
	default:
		b.nearAlias(b.unknown("permission", r, c.PermissionIDs()), r, c.PermissionAliases)
	}
	return p
}

// knowsPermission reports whether a name is that of one permission.
func (b *catalogBinder) knowsPermission(r policy.Ref) bool {
	p, _ := b.catalog.PermissionNamed(r.Name)
	return p != nil
}

// depths binds the catalog's words for a reach and an access.
func (b *catalogBinder) depths() {
	for i := range b.declared.Depths {
		d := &b.declared.Depths[i]
		b.source(d.Source)
		b.catalog.Depths = append(b.catalog.Depths, policy.Depth{ID: d.ID.Name, Title: d.Title, Reach: b.reach(d.Reach),
			Own: d.Own, Source: d.Source.Name})
	}
}

// depth returns the reach and access that a word stands for.
func (b *catalogBinder) depth(c *policy.DeclaredCatalog, r policy.Ref) (policy.DeclaredReach, bool) {
	named := func(id string) int {
		return slices.IndexFunc(c.Depths, func(d policy.DeclaredDepth) bool { return d.ID.Name == id })
	}
	name := r
	canonical(&name, b.depthNames, func(id string) bool { return named(id) >= 0 })
	if i := named(name.Name); i >= 0 {
		return c.Depths[i].Reach, c.Depths[i].Own
	}
	known := mapIDs(c.Depths, func(d policy.DeclaredDepth) string { return d.ID.Name })
	d := diag.Stopf("schema", r.Pos, "unknown depth %s", diag.Quote(r.Name)).WithHelp("%s", diag.Suggest(r.Name, known))
	switch several := b.depthNames.IDs(r.Name); {
	case len(several) > 1:
		d.Message, d.Help = severalMeanings(r.Name, several), "write the one that you mean"
	case len(known) == 0:
		d.Help = "this catalog has no depths: say reach and access"
	}
	b.fail(d)
	return policy.DeclaredReach{Kind: "tree"}, false // fits anything, so that this is the only fault
}
