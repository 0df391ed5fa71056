package lint

import "permc.dev/permc/compiler/policy"

// holds knows which roles and permissions the current user holds on any scope. Most rules about them find nothing: so
// they need not look through all roles and rows, each for itself.
type holds struct {
	known              bool
	roles, permissions []bool // by index
}

// Holds reports whether the current user holds an item on any scope: at least one action, if it is a permission.
func (p *Pass) Holds(i policy.Item) bool {
	h, c := &p.holds, p.Policy.Catalog
	if !h.known {
		h.learn(p.Access, c)
	}
	if i.Role != nil {
		n := i.Role.Index
		return n < len(c.Roles) && c.Roles[n] == i.Role && h.roles[n]
	}
	n := i.Permission.Index
	return n < len(c.Permissions) && c.Permissions[n] == i.Permission && h.permissions[n]
}

// learn notes what a user holds.
func (h *holds) learn(a *policy.Access, c *policy.Catalog) {
	if h.roles == nil {
		h.roles, h.permissions = make([]bool, len(c.Roles)), make([]bool, len(c.Permissions))
	}
	clear(h.roles)
	clear(h.permissions)
	h.known = true
	for i := range a.Roles {
		h.roles[a.Roles[i].Role.Index] = true
	}
	for i := range a.Rows {
		if r := &a.Rows[i]; r.Held() {
			h.permissions[r.Permission.Index] = true
		}
	}
}
