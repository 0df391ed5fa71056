package reach

import "permc.dev/permc/compiler/policy"

// givable knows what acts may give, whoever does them, and how far from the scope where they are possible. Nothing else
// that somebody has makes a difference to their paths, but for what lets them give something.
type givable struct {
	roles, permissions []bool // by index
	extent             extent
}

// extent says where something counts that is given because of a scope.
type extent uint8

const (
	alone extent = iota // there alone
	under               // also on scopes under it
	wide                // in all of the tree
)

func newGivable(c *policy.Catalog) *givable {
	g := &givable{roles: make([]bool, len(c.Roles)), permissions: make([]bool, len(c.Permissions))}
	eachDelegate(c, func(d *policy.Delegate) {
		g.reach(d.Reach)
		for _, r := range d.Roles {
			g.addRole(r)
		}
		for _, p := range d.Permissions {
			g.addPermission(p)
		}
	})
	return g
}

// addRole adds a role with all that it gives, under any condition.
func (g *givable) addRole(r *policy.Role) {
	if g.roles[r.Index] {
		return
	}
	g.roles[r.Index] = true
	for i := range r.Cells {
		g.reach(r.Cells[i].Reach)
		g.addPermission(r.Cells[i].Permission)
	}
	for i := range r.Includes {
		g.reach(r.Includes[i].Reach)
		g.addRole(r.Includes[i].Role)
	}
}

func (g *givable) addPermission(p *policy.Permission) {
	if g.permissions[p.Index] {
		return
	}
	g.permissions[p.Index] = true
	for _, q := range p.Implies {
		g.addPermission(q)
	}
}

// reach widens the extent.
func (g *givable) reach(r policy.Reach) {
	switch r.Kind {
	case policy.Self:
	case policy.Tree:
		g.extent = wide
	default:
		g.extent = max(g.extent, under)
	}
}

// hasRole reports whether it matters that somebody has a role.
func (g *givable) hasRole(r *policy.Role) bool { return g.roles[r.Index] || len(r.Delegates) > 0 }

// hasPermission reports whether it matters that somebody has a permission.
func (g *givable) hasPermission(p *policy.Permission) bool {
	return g.permissions[p.Index] || len(p.Delegates) > 0
}

// eachDelegate calls f with all that permissions, roles and attributes let people give.
func eachDelegate(c *policy.Catalog, f func(*policy.Delegate)) {
	each := func(list []policy.Delegate) {
		for i := range list {
			f(&list[i])
		}
	}
	for _, p := range c.Permissions {
		each(p.Delegates)
	}
	for _, r := range c.Roles {
		each(r.Delegates)
	}
	for i := range c.DelegatingAttributes {
		each(c.DelegatingAttributes[i].Delegates)
	}
}
