package resolve

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/schema"
)

// Catalog binds a catalog. If it extends another one, that is the base.
func Catalog(c, base *policy.DeclaredCatalog) (*policy.Catalog, []diag.Finding) {
	b := &catalogBinder{}
	if base != nil {
		c = b.extend(base, c)
	}
	b.declared = c
	extends, _, _ := schema.SplitVersion(c.Extends.Name)
	if base == nil {
		b.words(c)
	}
	b.catalog = &policy.Catalog{
		Product: c.Product, Title: c.Title, Version: c.Version, Extends: extends, Pos: c.Pos,
		Nested: c.Nested, Affiliations: c.Affiliations, Labels: c.Labels, ExactUsers: c.ExactUsers,
		Dangling: c.Dangling, ClosedLabels: c.ClosedLabels, Rules: c.Rules, DefaultForAll: c.DefaultForAll,
		Sources: c.Sources, Corrections: c.Corrections, Changes: c.Changes, Notes: c.Notes, Limits: c.Limits,
		UserAttributes: attributesByID(c.UserAttributes), ScopeAttributes: attributesByID(c.ScopeAttributes),
		GroupAttributes: attributesByID(c.GroupAttributes),
		PermissionByID:  map[string]*policy.Permission{}, RoleByID: map[string]*policy.Role{},
		PermissionAliases: b.permissionNames, RoleAliases: b.roleNames,
	}
	b.sources()
	b.levels()
	b.homes()
	b.depths()
	b.permissions()
	b.shared()
	b.roles()
	b.identifiedTwice()
	b.externalRoles()
	b.externalPermissions()
	b.links()
	b.delegates()
	if len(b.faults) == 0 {
		b.soundness()
	}
	b.catalog.Unlisted = b.unlisted
	return b.catalog, b.faults
}

type catalogBinder struct {
	binder
	declared *policy.DeclaredCatalog
	catalog  *policy.Catalog
	added    map[string]bool // roles that the project adds
	fixed    map[[2]string]*policy.Correction
	dropped  map[string]bool      // permissions of cells that a correction of a whole role replaced
	follow   []*policy.Permission // that are never given apart from another

	roleNames, permissionNames, depthNames policy.Aliases

	cells     cellIndex
	sourceIDs map[string]bool // filled on first use
}

func attributesByID(list []policy.DeclaredAttribute) map[string]*policy.DeclaredAttribute {
	m := map[string]*policy.DeclaredAttribute{}
	for i := range list {
		m[list[i].ID.Name] = &list[i]
	}
	return m
}

func (b *binder) levelSet(refs []policy.Ref, levels []string) (set policy.LevelSet) {
	for _, r := range refs {
		i := slices.Index(levels, r.Name)
		if i < 0 {
			b.fail(diag.Stopf("schema", r.Pos, "unknown level %s", diag.Quote(r.Name)).WithHelp("%s",
				diag.Suggest(r.Name, levels)))
			continue
		}
		set |= 1 << i
	}
	return set
}

func (b *catalogBinder) permissions() {
	list := sortByID(b.declared.Permissions, func(d *policy.DeclaredPermission) string { return d.ID.Name })
	affiliations := describedIDs(b.catalog.Affiliations)
	for i, d := range list {
		p := &policy.Permission{
			ID: d.ID.Name, Title: d.Title, Aliases: d.Aliases, Description: d.Description, Index: i, Pos: d.ID.Pos,
			Levels: b.levelSet(d.Levels, b.catalog.Levels), Actions: []string{"use"},
			Grantable: d.Grantable, Grantors: d.Grantors, Deprecated: d.Deprecated, Conditions: d.Conditions,
			Capabilities: d.Capabilities, Sensitivity: d.Sensitivity, Source: d.Source.Name, Inferred: d.Inferred,
		}
		if d.GrantTo != nil {
			p.GrantTo = append([]string{}, b.oneOf("affiliation", d.GrantTo, affiliations)...)
			p.Grantable = len(p.GrantTo) > 0
		}
		b.actionsOf(p, d)
		p.External, p.ActionExternal = d.External.Name, actionExternal(d, len(p.Actions))
		p.ShortActions = policy.ShortenActions(p.Actions)
		for _, c := range d.Conditions {
			p.ConditionIDs = append(p.ConditionIDs, c.ID)
		}
		slices.Sort(p.ConditionIDs)
		b.source(d.Source)
		b.catalog.Permissions = append(b.catalog.Permissions, p)
		b.catalog.PermissionByID[p.ID] = p
	}
}

// actionsOf sets the permission's actions and how sensitive they are, if they say so.
func (b *catalogBinder) actionsOf(p *policy.Permission, d *policy.DeclaredPermission) {
	switch {
	case len(d.Actions) > 0:
		p.Actions = b.actionNames(d)
	case d.ActionSensitivity != nil:
		b.fail(diag.Stopf("schema", d.ID.Pos, "permission %q has no actions", p.ID).
			WithHelp("add one, or remove actions: then it has the single action use"))
	}
	if !slices.ContainsFunc(d.ActionSensitivity, func(a policy.RatedAction) bool { return a.Sensitivity != "" }) {
		return
	}
	for _, a := range d.ActionSensitivity[:len(p.Actions)] {
		p.ActionSensitivity = append(p.ActionSensitivity, a.Sensitivity)
	}
}

func (b *catalogBinder) actionNames(d *policy.DeclaredPermission) (list []string) {
	var known nameSet
	for _, a := range d.Actions {
		if known.has(list, a.Name) {
			b.errorf("schema", a.Pos, "action %q is listed twice", a.Name)
			continue
		}
		list = append(list, a.Name)
	}
	if len(list) > 63 {
		b.errorf("schema", d.ID.Pos, "%d actions, at most 63 allowed", len(list))
		list = list[:63]
	}
	return list
}

// sources checks those source references that nothing else checks.
func (b *catalogBinder) sources() {
	for _, list := range [][]policy.Described{b.declared.Affiliations, b.declared.Labels} {
		for _, d := range list {
			b.source(d.Source)
		}
	}
	for _, list := range [][]policy.DeclaredAttribute{b.declared.UserAttributes, b.declared.ScopeAttributes,
		b.declared.GroupAttributes} {
		for _, a := range list {
			b.source(a.Source)
			if a.Closed && len(a.Values) == 0 {
				b.fail(diag.Stopf("schema", a.ID.Pos, "attribute %q is closed and has no values", a.ID.Name).
					WithHelp("list its values, or remove closed"))
			}
		}
	}
	for i := range b.declared.Permissions {
		for _, c := range b.declared.Permissions[i].Conditions {
			b.source(c.Source)
		}
	}
	for i := range b.declared.Rules {
		b.source(b.declared.Rules[i].Source)
	}
	for _, c := range b.declared.Changes {
		for _, s := range c.Sources {
			b.source(s)
		}
	}
}

// source checks that a named source is listed.
func (b *catalogBinder) source(r policy.Ref) {
	if !r.Given() {
		return
	}
	if b.sourceIDs == nil {
		b.sourceIDs = map[string]bool{}
		for i := range b.declared.Sources {
			b.sourceIDs[b.declared.Sources[i].ID.Name] = true
		}
	}
	if !b.sourceIDs[r.Name] {
		ids := mapIDs(b.declared.Sources, func(s policy.Source) string { return s.ID.Name })
		b.fail(diag.Stopf("schema", r.Pos, "unknown source %s", diag.Quote(r.Name)).WithHelp("%s",
			diag.Suggest(r.Name, ids)))
	}
}

func (b *catalogBinder) roles() {
	list := sortByID(b.declared.Roles, func(d *policy.DeclaredRole) string { return d.ID.Name })
	affiliations := describedIDs(b.catalog.Affiliations)
	for i, d := range list {
		r := &policy.Role{
			ID: d.ID.Name, Title: d.Title, Aliases: d.Aliases, Description: d.Description, Index: i, Pos: d.ID.Pos,
			Limited:      d.Limited,
			GroupRecords: d.GroupRecords,
			Affiliations: b.oneOf("affiliation", d.Affiliations, affiliations),
			Levels:       b.levelSet(d.Levels, b.catalog.Levels),
			Source:       d.Source.Name, Inferred: d.Inferred, Custom: b.added[d.ID.Name],
			IDs: b.identities("role", d.ID.Name, d.IDs), External: d.External.Name,
		}
		b.source(d.Source)
		r.Cells = slices.Grow(r.Cells, len(d.Cells))
		at := make([]policy.Pos, 0, len(d.Cells))
		for j := range d.Cells {
			if b.cell(r, d, j, at); len(r.Cells) > len(at) {
				at = append(at, d.Cells[j].Pos)
			}
		}
		b.refuseApart(r, at)
		b.shareCells(r)
		slices.SortStableFunc(r.Cells, func(x, y policy.Cell) int { return x.Permission.Index - y.Permission.Index })
		b.catalog.Roles = append(b.catalog.Roles, r)
		b.catalog.RoleByID[r.ID] = r
	}
	for i, d := range list {
		b.includes(b.catalog.Roles[i], d.Includes)
	}
}

// sortByID returns the places of the items in the order of their ids. Items of a catalog are large, and stay where they
// are.
func sortByID[T any](items []T, id func(*T) string) []*T {
	list := make([]*T, len(items))
	for i := range items {
		list[i] = &items[i]
	}
	slices.SortFunc(list, func(x, y *T) int { return strings.Compare(id(x), id(y)) })
	return list
}

func (b *catalogBinder) includes(r *policy.Role, list []policy.DeclaredInclude) {
	for i := range list {
		d := &list[i]
		included := b.role(d.Role)
		b.source(d.Source)
		if included == nil {
			continue
		}
		inc := policy.Include{Role: included, Reach: b.reach(d.Reach), Source: d.Source.Name, Inferred: d.Inferred}
		if !b.canReach(r.Levels, inc.Reach, included.Levels) {
			b.errorf("schema", d.Role.Pos,
				"role %q can never include %q: the reach never includes a scope at the role's level", r.ID, included.ID)
		}
		if !admitsAll(included, r, describedIDs(b.catalog.Affiliations)) {
			b.errorf("schema", d.Role.Pos, "role %q includes %q, which some of its holders may not have", r.ID,
				included.ID)
		}
		r.Includes = append(r.Includes, inc)
	}
	slices.SortFunc(r.Includes, func(x, y policy.Include) int { return x.Role.Index - y.Role.Index })
}

// admitsAll reports whether everybody who may hold the outer role may hold the inner one.
func admitsAll(inner, outer *policy.Role, affiliations []string) bool {
	for _, a := range affiliations {
		if outer.Admits(a) && !inner.Admits(a) {
			return false
		}
	}
	return true
}

func (b *catalogBinder) permission(r policy.Ref) *policy.Permission {
	return b.permissionNamed(b.catalog, r)
}

func (b *catalogBinder) role(r policy.Ref) *policy.Role {
	return b.roleNamed(b.catalog, r)
}

// links binds the references between permissions, and the default role.
func (b *catalogBinder) links() {
	for i := range b.declared.Permissions {
		d := &b.declared.Permissions[i]
		p := b.catalog.PermissionByID[d.ID.Name]
		for _, r := range d.Implies {
			if q := b.permission(r); q != nil {
				b.implied(p, q, r)
			}
		}
		if d.When != nil {
			names := &nameBinder{binder: &b.binder, catalog: b.catalog}
			p.When = names.requirement(d.When, policy.Above, policy.Same)
			if len(d.Implies) > 0 {
				b.errorf("schema", d.ID.Pos, "permission %q is derived, so it cannot imply others", p.ID)
			}
		}
	}
	if r := b.declared.Default; r.Given() {
		b.catalog.Default = b.role(r)
		if d := b.catalog.Default; d != nil && b.declared.DefaultForAll &&
			slices.ContainsFunc(b.catalog.Affiliations, func(a policy.Described) bool {
				return !d.Admits(a.ID.Name)
			}) {
			b.errorf("schema", r.Pos, "role %q is everybody's default, but not everybody may hold it", d.ID)
		}
	}
}

func (b *catalogBinder) implied(p, q *policy.Permission, r policy.Ref) {
	if p.Levels&^q.Levels != 0 {
		b.errorf("schema", r.Pos, "permission %q implies %q, which cannot be held at every level of %q", p.ID, q.ID,
			p.ID)
	}
	if q.Deprecated != "" {
		b.errorf("schema", r.Pos, "permission %q implies %q, which is deprecated", p.ID, q.ID)
	}
	if !slices.Contains(p.Implies, q) {
		p.Implies = append(p.Implies, q)
	}
}
