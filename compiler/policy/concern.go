package policy

import (
	"maps"
	"slices"
)

// Concern is what declared rules or expectations look at on later days. Entries and memberships that make no
// difference to it need no later day. A nil Concern is everything.
type Concern struct {
	permissions PermissionSet   // whose rows matter, with those from which they follow; nil: all
	any         bool            // any entry may matter
	roles       []bool          // that are named, include one that is, or give one of the permissions; by index
	groups      map[string]bool // that are named, by id
}

// ConcernOf returns what some rules look at.
func ConcernOf(p *Policy, rules []*Rule) *Concern {
	c := newConcern(p, p.Catalog.PermissionsOf(rules))
	c.any = c.any || p.Ways != nil || slices.ContainsFunc(rules, asksForAnyRole)
	for _, r := range rules {
		c.addRule(r)
	}
	return c.complete(p)
}

// ConcernOfRows returns what decides about the rows of some permissions, and about being in some groups.
func ConcernOfRows(p *Policy, permissions []*Permission, groups []*Group) *Concern {
	set := make(PermissionSet, len(p.Catalog.Permissions))
	set.addAll(permissions)
	set.AddOrigins(p.Catalog)
	c := newConcern(p, set)
	for _, g := range groups {
		c.groups[g.ID] = true
	}
	return c.complete(p)
}

// newConcern returns what looks at some permissions. A derived one may depend on anything that is held in the tree.
func newConcern(p *Policy, permissions PermissionSet) *Concern {
	derived := func(x *Permission) bool { return permissions[x.Index] }
	return &Concern{
		permissions: permissions,
		any:         permissions == nil || slices.ContainsFunc(p.Catalog.Derived, derived),
		roles:       make([]bool, len(p.Catalog.Roles)),
		groups:      map[string]bool{},
	}
}

// complete adds what decides about rows: what deny rules and conditions of the catalog name, and roles that lead to
// others.
func (c *Concern) complete(p *Policy) *Concern {
	if c.any {
		return c
	}
	for _, r := range p.Denies {
		c.addRule(r)
	}
	p.Catalog.Conditions(c.addNeeds)
	c.addGiving(p.Catalog)
	return c
}

// asksForAnyRole reports whether a rule looks at roles, or at entries, that it does not name.
func asksForAnyRole(r *Rule) bool { return r.PerUser != nil || r.Require != nil && r.Require.AnyRole }

// addRule adds the roles and groups that a rule names.
func (c *Concern) addRule(r *Rule) {
	for _, g := range r.SelectedGroups() {
		c.groups[g.Name] = true
	}
	switch {
	case r.Conflict != nil:
		for _, i := range slices.Concat(r.Conflict.Between.Items, r.Conflict.And.Items) {
			c.addRole(i.Role)
		}
	case r.Require != nil:
		c.addSelector(&r.Require.Holding)
		c.addNeeds(r.Require.Needs)
	case r.Holders != nil:
		c.addRole(r.Holders.Role)
	case r.Forbid != nil:
		c.addSelector(r.Forbid)
	case r.Deny != nil:
		c.addSelector(r.Deny)
	}
}

// addSelector adds what a selector names beside groups.
func (c *Concern) addSelector(s *Selector) {
	for _, r := range s.Roles {
		c.addRole(r)
	}
	c.addNeeds(s.Unless)
}

// addNeeds adds the roles and groups that a requirement names, which may be nil.
func (c *Concern) addNeeds(r *Requirement) {
	if r == nil {
		return
	}
	c.addRole(r.Role)
	if r.GroupName.Given() {
		c.groups[r.GroupName.Name] = true
	}
	for _, of := range [...][]*Requirement{r.AllOf, r.AnyOf, r.NoneOf} {
		for _, x := range of {
			c.addNeeds(x)
		}
	}
}

// addRole adds a role, which may be nil or of another catalog.
func (c *Concern) addRole(r *Role) {
	if r != nil && r.Index < len(c.roles) {
		c.roles[r.Index] = true
	}
}

// addGiving adds the roles that give one of the permissions, and those that include a role of the concern.
func (c *Concern) addGiving(catalog *Catalog) {
	including := make([][]*Role, len(c.roles))
	var list []*Role
	for _, r := range catalog.Roles {
		c.roles[r.Index] = c.roles[r.Index] || slices.ContainsFunc(r.Cells, func(x Cell) bool {
			return c.permissions[x.Permission.Index]
		})
		if c.roles[r.Index] {
			list = append(list, r)
		}
		for _, inc := range r.Includes {
			including[inc.Role.Index] = append(including[inc.Role.Index], r)
		}
	}
	for i := 0; i < len(list); i++ {
		for _, r := range including[list[i].Index] {
			if !c.roles[r.Index] {
				c.roles[r.Index], list = true, append(list, r)
			}
		}
	}
}

// Permissions returns the permissions whose rows matter; nil is all.
func (c *Concern) Permissions() PermissionSet {
	if c == nil {
		return nil
	}
	return c.permissions
}

// Has reports whether an entry may make a difference.
func (c *Concern) Has(e *Entry) bool {
	switch {
	case c == nil || c.any:
		return true
	case e.Permission != nil:
		return c.permissions[e.Permission.Index]
	}
	return c.roles[e.Role.Index]
}

// HasGroup reports whether being in a group may make a difference.
func (c *Concern) HasGroup(g *Group) bool {
	if c == nil || c.any || c.groups[g.ID] {
		return true
	}
	for i := range g.Entries {
		if c.Has(&g.Entries[i]) {
			return true
		}
	}
	return false
}

// Equal reports whether the same makes a difference to two concerns.
func (c *Concern) Equal(o *Concern) bool {
	if c == nil || o == nil {
		return c == o
	}
	return c.any == o.any && slices.Equal(c.permissions, o.permissions) && slices.Equal(c.roles, o.roles) &&
		maps.Equal(c.groups, o.groups)
}
