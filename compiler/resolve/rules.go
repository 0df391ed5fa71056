package resolve

import (
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// nameBinder binds the names in requirements and rules. Without a policy, names that only a project
// can declare stay unbound.
type nameBinder struct {
	*binder
	catalog    *policy.Catalog
	policy     *policy.Policy
	own        *policy.Paths // of the project's files; nil: not listed yet
	allActions []string      // of the catalog; nil: not listed yet

	hasGroup func(id string) bool
	groupIDs func(like string) []string
}

func (n *nameBinder) role(r policy.Ref) *policy.Role {
	if !r.Given() {
		return nil
	}
	return n.roleNamed(n.catalog, r)
}

func (n *nameBinder) permission(r policy.Ref) *policy.Permission {
	if !r.Given() {
		return nil
	}
	return n.permissionNamed(n.catalog, r)
}

var relations = map[string]policy.Relation{
	"same": policy.Same, "above": policy.Above, "related": policy.Nearby, "tree": policy.InTree, "any": policy.Anywhere,
	"home": policy.AtHome,
}

func parseRelation(s string, otherwise policy.Relation) policy.Relation {
	if r, ok := relations[s]; ok {
		return r
	}
	return otherwise
}

// requirement binds a condition. A condition that names no relation gets roleAt or permissionAt.
func (n *nameBinder) requirement(d *policy.DeclaredRequirement, roleAt,
	permissionAt policy.Relation) *policy.Requirement {
	if d == nil {
		return nil
	}
	all := func(list []*policy.DeclaredRequirement) (out []*policy.Requirement) {
		for _, x := range list {
			out = append(out, n.requirement(x, roleAt, permissionAt))
		}
		return out
	}
	r := &policy.Requirement{
		AllOf: all(d.AllOf), AnyOf: all(d.AnyOf), NoneOf: all(d.NoneOf),
		Role: n.role(d.Role), Permission: n.permission(d.Permission), GroupName: d.Group,
		Attributes:      n.attributes(d.Attributes, n.catalog.UserAttributes),
		ScopeAttributes: n.attributes(d.ScopeAttributes, n.catalog.ScopeAttributes),
		Matching:        d.Matching.Name, Direct: d.Direct, Hint: d.Hint,
	}
	at := roleAt
	if r.Permission != nil {
		at = permissionAt
		r.Actions = n.actions(r.Permission, d.Actions)
		if len(d.Actions) == 0 {
			r.Actions = 0 // any action
		}
	}
	r.At = parseRelation(d.At, at)
	n.checkRequirement(d, r)
	return r
}

// checkRequirement looks for what each of the parts allows, and all together do not.
func (n *nameBinder) checkRequirement(d *policy.DeclaredRequirement, r *policy.Requirement) {
	if r.Permission == nil && len(d.Actions) > 0 {
		n.errorf("schema", d.Actions[0].Pos, "actions without a permission")
	}
	if d.Role.Given() && d.Permission.Given() {
		n.fail(diag.Stopf("schema", d.Permission.Pos,
			"a condition names a role and a permission").WithHelp("split it into two conditions in allOf"))
	}
	if d.Matching.Given() {
		n.matching(d.Matching)
	}
	if n.empty(d) {
		n.errorf("schema", d.Pos, "an empty requirement is always met")
	}
}

func (n *nameBinder) empty(d *policy.DeclaredRequirement) bool {
	return len(d.AllOf)+len(d.AnyOf)+len(d.NoneOf)+len(d.Attributes)+len(d.ScopeAttributes) == 0 &&
		!d.Role.Given() && !d.Permission.Given() && !d.Group.Given() && !d.Matching.Given()
}

func (n *nameBinder) matching(r policy.Ref) {
	if n.catalog.UserAttributes[r.Name] == nil || n.catalog.ScopeAttributes[r.Name] == nil {
		n.unknown("attribute", r, sharedAttributes(n.catalog))
	}
}

func sharedAttributes(c *policy.Catalog) (list []string) {
	for id := range c.UserAttributes {
		if c.ScopeAttributes[id] != nil {
			list = append(list, id)
		}
	}
	return list
}

// rule binds a declared rule.
func (n *nameBinder) rule(d *policy.DeclaredRule, shipped bool) *policy.Rule {
	r := &policy.Rule{ID: d.ID.Name, Severity: d.Severity, Message: d.Message, Help: d.Help, Source: d.Source.Name,
		Shipped: shipped, Pos: d.ID.Pos}
	if r.Severity == "" {
		r.Severity = "error"
	}
	switch {
	case d.Deny != nil:
		r.Deny = n.selector(d.Deny)
		n.checkNoSeverity(d)
	case d.Forbid != nil:
		r.Forbid = n.selector(d.Forbid)
		r.Forbid.Written = n.written(d, shipped)
	case d.Conflict != nil:
		r.Conflict = &policy.Conflict{Between: n.side(d.Conflict.Between), And: n.side(d.Conflict.And),
			At: parseRelation(d.Conflict.At, policy.Anywhere)}
	case d.Require != nil:
		at := parseRelation(d.Require.At, policy.Anywhere)
		r.Require = &policy.Require{Holding: *n.selector(&d.Require.Holding), AnyRole: d.Require.AnyRole,
			Needs: n.requirement(d.Require.Needs, at, at), At: at}
		n.checkNoScope(d, r.Require)
	case d.Holders != nil:
		r.Holders = n.holders(d.Holders)
	case d.PerUser != nil:
		b := n.bounds(*d.PerUser)
		r.PerUser = &b
	case d.Labels != nil:
		label := d.Labels.What.Name
		n.bindLabels(n.catalog, []policy.Ref{label})
		r.Labels = &policy.LabelBounds{Label: label.Name, Bounds: n.bounds(d.Labels.DeclaredBounds)}
	}
	return r
}

func (n *nameBinder) holders(d *policy.DeclaredHolders) *policy.Holders {
	h := &policy.Holders{Item: n.item(d.What), Bounds: n.bounds(d.DeclaredBounds), Groups: d.Groups, Direct: d.Direct}
	for _, g := range d.Groups {
		n.checkGroup(g)
	}
	if h.Permission != nil && len(d.Actions) > 0 {
		h.Actions = n.actions(h.Permission, d.Actions)
	}
	for _, ref := range d.Except {
		if r := n.role(ref); r != nil && !slices.Contains(h.Except, r) {
			h.Except = append(h.Except, r)
		}
	}
	return h
}

// checkNoSeverity reports a deny rule with a severity, which would have no effect.
func (n *nameBinder) checkNoSeverity(d *policy.DeclaredRule) {
	if d.Severity != "" {
		n.fail(diag.Stopf("schema", d.SeverityPos,
			"deny rule %q cannot have a severity: what it denies is reported as denied-action", d.ID.Name).
			WithHelp("remove it; to change the severity, use settings: severity: \"denied-action\"").
			WithEdit(diag.DropField, "removed the severity"))
	}
}

// checkNoScope reports a rule about people, who have no scope, whose needs depend on a scope.
func (n *nameBinder) checkNoScope(d *policy.DeclaredRule, r *policy.Require) {
	h := &d.Require.Holding
	if len(h.Roles) == 0 && len(h.Permissions) == 0 && !r.AnyRole && len(h.Levels) > 0 {
		n.fail(diag.Stopf("schema", h.Levels[0].Pos, "holding names a level, and nothing that is held there").
			WithHelp("add a role, a permission or anyRole: true under holding"))
	}
	if len(h.Roles) == 0 && len(h.Permissions) == 0 && !r.AnyRole && looksAtScope(r.Needs) {
		n.fail(diag.Stopf("schema", d.ID.Pos,
			"rule %q is about people, not about something held on a scope, so its needs cannot depend on a scope",
			d.ID.Name).
			WithHelp("add at: \"any\", or name a role or permission under holding"))
	}
}

// looksAtScope reports whether a requirement depends on the scope.
func looksAtScope(r *policy.Requirement) bool {
	if r == nil {
		return false
	}
	if (r.Role != nil || r.Permission != nil) && r.At < policy.Anywhere || len(r.ScopeAttributes) > 0 ||
		r.Matching != "" {
		return true
	}
	return slices.ContainsFunc(slices.Concat(r.AllOf, r.AnyOf, r.NoneOf), looksAtScope)
}

func (n *nameBinder) bounds(d policy.DeclaredBounds) policy.Bounds {
	b := policy.Bounds{Level: -1, Min: d.Min, Max: d.Max}
	if d.Min < 0 && d.Max < 0 {
		n.errorf("schema", d.Pos, "the rule needs min or max")
	}
	if d.Max >= 0 && d.Min > d.Max {
		n.errorf("schema", d.Pos, "min %d is more than max %d", d.Min, d.Max)
	}
	if d.Level.Given() {
		b.Level = slices.Index(n.catalog.Levels, d.Level.Name)
		if b.Level < 0 {
			n.levelSet([]policy.Ref{d.Level}, n.catalog.Levels)
		}
	}
	return b
}

func (n *nameBinder) item(d policy.DeclaredItem) (i policy.Item) {
	if d.Any {
		return n.roleOrPermission(d.Name)
	}
	if d.Level.Given() {
		i.Levels = n.levelSet([]policy.Ref{d.Level}, n.catalog.Levels)
	}
	if d.Permission {
		i.Permission = n.permission(d.Name)
	} else {
		i.Role = n.role(d.Name)
	}
	return i
}

// roleOrPermission returns what a name without a kind means. A name of both is an error.
func (n *nameBinder) roleOrPermission(r policy.Ref) policy.Item {
	role, roles := n.catalog.RoleNamed(r.Name)
	permission, permissions := n.catalog.PermissionNamed(r.Name)
	switch {
	case role != nil && permission != nil:
		n.fail(diag.Stopf("schema", r.Pos, "%q is a role and a permission", r.Name).
			WithHelp("say which: {role: %q} or {permission: %q}", r.Name, r.Name))
	case permission != nil || len(permissions) > 1 && len(roles) == 0:
		return policy.Item{Permission: n.permission(r)}
	case role != nil || len(roles) > 1:
		return policy.Item{Role: n.role(r)}
	default:
		f := diag.Stopf("unknown-role", r.Pos, "no role or permission is called %s", diag.Quote(r.Name))
		names := slices.Concat(n.catalog.RoleIDs(), n.catalog.PermissionIDs())
		f.Wrong, f.Right = r.Name, diag.Only(r.Name, names)
		n.fail(f.WithHelp("%s", diag.Suggest(r.Name, names)))
	}
	return policy.Item{}
}

func (n *nameBinder) side(d policy.DeclaredSide) policy.Side {
	s := policy.Side{All: d.All}
	for _, x := range d.Items {
		s.Items = append(s.Items, n.item(x))
	}
	return s
}

func (n *nameBinder) selector(d *policy.DeclaredSelector) *policy.Selector {
	s := &policy.Selector{
		Affiliations: n.oneOf("affiliation", d.Affiliations, describedIDs(n.catalog.Affiliations)),
		Attributes:   n.attributes(d.Attributes, n.catalog.UserAttributes),
		Levels:       n.levelSet(d.Levels, n.catalog.Levels),
		GroupNames:   d.Groups,
		Direct:       d.Direct,
	}
	for _, g := range d.Groups {
		n.checkGroup(g)
	}
	for _, r := range d.Roles {
		if role := n.role(r); role != nil {
			s.Roles = append(s.Roles, role)
		}
	}
	for _, r := range d.Permissions {
		if p := n.permission(r); p != nil {
			s.Permissions = append(s.Permissions, p)
		}
	}
	for _, r := range d.Scopes {
		if scope := n.policy.ScopeByPath[r.Name]; scope != nil {
			s.Scopes = append(s.Scopes, scope)
		} else {
			n.unknown("scope", r, scopePaths(n.policy.Scopes))
		}
	}
	s.Actions = n.selectedActions(d, s.Permissions)
	if d.Unless != nil {
		s.Unless = n.facts("unless", d.Unless)
		n.checkGroups(s.Unless)
	}
	return s
}

// facts binds a requirement that must not depend on what somebody holds, which may depend on it.
func (n *nameBinder) facts(what string, d *policy.DeclaredRequirement) *policy.Requirement {
	if d == nil {
		return nil
	}
	if !n.factsAlone(what, d) {
		return nil
	}
	return n.requirement(d, policy.Same, policy.Same)
}

// factsAlone refuses roles and permissions in a requirement, and reports whether there are none.
func (n *nameBinder) factsAlone(what string, d *policy.DeclaredRequirement) bool {
	ok := true
	for _, r := range []policy.Ref{d.Role, d.Permission} {
		if r.Given() {
			ok = false
			n.fail(diag.Stopf("schema", r.Pos, "%s is about facts, so it names no role and no permission", what).
				WithHelp("name attributes, scopeAttribute, matching or a group"))
		}
	}
	for _, list := range [][]*policy.DeclaredRequirement{d.AllOf, d.AnyOf, d.NoneOf} {
		for _, x := range list {
			ok = n.factsAlone(what, x) && ok
		}
	}
	return ok
}

// selectedActions binds actions against the permissions that are selected, or
// all of the catalog's.
func (n *nameBinder) selectedActions(d *policy.DeclaredSelector, of []*policy.Permission) []string {
	if len(d.Actions) == 0 {
		return nil
	}
	if len(of) > 0 {
		return n.oneOf("action", d.Actions, listActions(of))
	}
	if n.allActions == nil {
		n.allActions = listActions(n.catalog.Permissions)
	}
	return n.oneOf("action", d.Actions, n.allActions)
}

// listActions returns the actions of some permissions, each once.
func listActions(of []*policy.Permission) []string {
	var all []string
	for _, p := range of {
		all = append(all, p.Actions...)
	}
	return policy.KeepFirst(all, 0)
}

// checkGroups checks the groups that a requirement names. A shipped catalog may name one that a
// project does not have; it has no members.
func (n *nameBinder) checkGroups(r *policy.Requirement) {
	if r == nil {
		return
	}
	n.checkGroup(r.GroupName)
	for _, list := range [][]*policy.Requirement{r.AllOf, r.AnyOf, r.NoneOf} {
		for _, x := range list {
			n.checkGroups(x)
		}
	}
}

func (n *nameBinder) checkGroup(g policy.Ref) {
	if g.Given() && !n.hasGroup(g.Name) && !n.policy.Files.File(g.Pos.File).Shipped {
		n.unknown("group", g, n.groupIDs(g.Name))
	}
}

func sortedKeys[V any](m map[string]V) (list []string) {
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}
