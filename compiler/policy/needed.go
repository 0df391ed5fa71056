package policy

import "slices"

// PermissionSet is some permissions of a catalog, by index.
type PermissionSet []bool

// Add adds a permission.
func (s PermissionSet) Add(p *Permission) {
	if p != nil && p.Index < len(s) {
		s[p.Index] = true
	}
}

// AddNeeds adds the permissions that a requirement looks at, which may be nil.
func (s PermissionSet) AddNeeds(r *Requirement) {
	if r == nil {
		return
	}
	s.Add(r.Permission)
	for _, of := range [...][]*Requirement{r.AllOf, r.AnyOf, r.NoneOf} {
		for _, x := range of {
			s.AddNeeds(x)
		}
	}
}

// AddOrigins adds the permissions from which others in the set follow: those that they are derived from, and those that
// imply them.
func (s PermissionSet) AddOrigins(c *Catalog) {
	for _, p := range slices.Backward(c.Derived) { // each after those that it needs
		if s[p.Index] {
			s.AddNeeds(p.When)
		}
	}
	for _, p := range slices.Backward(c.Implying) { // each before those that it implies, of which none is derived
		s[p.Index] = s[p.Index] || slices.ContainsFunc(p.Implies, func(q *Permission) bool { return s[q.Index] })
	}
}

// PermissionsOf returns the permissions whose rows declared rules look at, with those from which they follow; nil is
// all. What deny rules and conditions of cells ask for are facts, groups and roles.
func (c *Catalog) PermissionsOf(rules []*Rule) PermissionSet {
	set := make(PermissionSet, len(c.Permissions))
	for _, r := range rules {
		switch {
		case r.Conflict != nil:
			for _, i := range slices.Concat(r.Conflict.Between.Items, r.Conflict.And.Items) {
				set.Add(i.Permission)
			}
		case r.Require != nil:
			set.AddNeeds(r.Require.Needs)
			set.addAll(r.Require.Holding.Permissions)
		case r.Holders != nil:
			set.Add(r.Holders.Permission)
		case r.Forbid != nil && len(r.Forbid.Permissions) == 0:
			return nil
		case r.Forbid != nil:
			set.addAll(r.Forbid.Permissions)
		}
	}
	set.AddOrigins(c)
	return set
}

func (s PermissionSet) addAll(list []*Permission) {
	for _, p := range list {
		s.Add(p)
	}
}
