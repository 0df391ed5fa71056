package policy

import "slices"

// Gives reports whether an entry gives a permission on a scope while it is in force and not rejected:
// itself, through included roles, or by implication.
func (e *Entry) Gives(p *Permission, on *Scope) bool {
	if e.Permission != nil {
		return e.Scope == on && (e.Permission == p || e.Permission.LeadsTo(p))
	}
	return slices.ContainsFunc(RoleOn{e.Role, e.Scope}.Closure(), func(r RoleOn) bool { return r.gives(p, on, true) })
}
