package lint

import "permc.dev/permc/compiler/policy"

// holds knows which roles and permissions the current user holds on any scope. Most rules about them find nothing: so
// they need not look through all roles and rows, each for itself.
type holds struct {
	known              bool
	roles, permissions []bool               // by index
	listed             []*policy.Permission // the permissions, each once
}

// Holds reports whether the current user holds an item on any scope: at least one action, if it is a permission.
func (p *Pass) Holds(i policy.Item) bool {
	h, c := p.held(), p.Policy.Catalog
	if i.Role != nil {
		n := i.Role.Index
		return n < len(c.Roles) && c.Roles[n] == i.Role && h.roles[n]
	}
	n := i.Permission.Index
	return n < len(c.Permissions) && c.Permissions[n] == i.Permission && h.permissions[n]
}

// permissions returns the permissions that the current user holds on any scope.
func (p *Pass) permissions() []*policy.Permission { return p.held().listed }

// held returns what the current user holds.
func (p *Pass) held() *holds {
	if !p.holds.known {
		p.holds.learn(p.Access, p.Policy.Catalog)
	}
	return &p.holds
}

// learn notes what a user holds.
func (h *holds) learn(a *policy.Access, c *policy.Catalog) {
	if h.roles == nil {
		h.roles, h.permissions = make([]bool, len(c.Roles)), make([]bool, len(c.Permissions))
	}
	clear(h.roles)
	for _, x := range h.listed {
		h.permissions[x.Index] = false
	}
	h.known, h.listed = true, h.listed[:0]
	for i := range a.Roles {
		h.roles[a.Roles[i].Role.Index] = true
	}
	for i := range a.Rows {
		if r := &a.Rows[i]; r.Held() && !h.permissions[r.Permission.Index] {
			h.permissions[r.Permission.Index] = true
			h.listed = append(h.listed, r.Permission)
		}
	}
}
