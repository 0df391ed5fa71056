package match

import (
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load/observe"
	"permc.dev/permc/compiler/policy"
)

// Thing returns the role or the permission that something in an export is.
func (m *Match) Thing(x *observe.Thing) (*Found[policy.Role], *Found[policy.Permission]) {
	t := m.things[x]
	if t == nil {
		t = m.findThing(x)
		m.things[x] = t
	}
	return &t.role, &t.permission
}

func (m *Match) findThing(x *observe.Thing) *thing {
	t, names := &thing{}, append([]string{x.What}, x.IDs...)
	if !x.Grant {
		t.role = m.findRole(names)
	}
	if x.Grant || x.Either && t.role.Of == nil && t.role.Ambiguous == "" && t.role.Ignored == nil {
		t.permission = m.findPermission(names)
		if t.permission.Of != nil {
			t.role.Near = nil
		}
	}
	return t
}

func (m *Match) findRole(names []string) (f Found[policy.Role]) {
	if f.Ignored = m.ignored(func(x *observe.Ignore) bool {
		return x.Role != "" && matchesAny(x.Role, names) && x.User+x.Group+x.Scope == ""
	}); f.Ignored != nil {
		return f
	}
	c := m.policy.Catalog
	fits, name, several := m.rolesNamed(names)
	if len(several) > 0 {
		f.Ambiguous = "\"" + name + "\" may be " + strings.Join(several, " or ")
		f.Among = allNamed(c.RoleByID, several)
		return f
	}
	for _, to := range m.mapped.roles.Find(names...) {
		r, _ := c.RoleNamed(to)
		if r == nil {
			f.Near = []string{"the map says \"" + to + "\", which is no role"}
			return f
		}
		fits = appendOnce(fits, r)
	}
	f.settle(fits, names, m.near.roles, func(r *policy.Role) string { return r.ID })
	return f
}

// settle takes the only thing that fits, or else names the nearest ones or says which two fit.
func (f *Found[T]) settle(fits []*T, names []string, near func() *diag.Names, id func(*T) string) {
	switch len(fits) {
	case 1:
		f.Of = fits[0]
	case 0:
		f.Near = nearest(names, near)
	default:
		f.Ambiguous, f.Among = "\""+names[0]+"\" may be "+id(fits[0])+" or "+id(fits[1]), fits
	}
}

// rolesNamed returns the roles that have one of some names as an id of the system or else as a name of their own, or a
// name that several roles have.
func (m *Match) rolesNamed(names []string) (fits []*policy.Role, name string, several []string) {
	var ids []identity
	for _, n := range names {
		ids = append(ids, identity{m.system, policy.IdentityKey(n)})
	}
	if fits = identified(m.known.roles, ids); len(fits) > 0 {
		return fits, "", nil
	}
	for _, n := range names {
		switch r, several := m.policy.Catalog.RoleNamed(n); {
		case len(several) > 1:
			return nil, n, several
		case r != nil:
			return []*policy.Role{r}, "", nil
		}
	}
	return nil, "", nil
}

func (m *Match) findPermission(names []string) (f Found[policy.Permission]) {
	if f.Ignored = m.ignored(func(x *observe.Ignore) bool {
		return x.Permission != "" && matchesAny(x.Permission, names) && x.User+x.Group+x.Scope == ""
	}); f.Ignored != nil {
		return f
	}
	c := m.policy.Catalog
	var fits []*policy.Permission
	for _, n := range names {
		p, several := c.PermissionNamed(n)
		if len(several) > 1 {
			f.Ambiguous = "\"" + n + "\" may be " + strings.Join(several, " or ")
			f.Among = allNamed(c.PermissionByID, several)
			return f
		}
		if p != nil {
			fits = append(fits, p)
			break
		}
	}
	for _, to := range m.mapped.permissions.Find(names...) {
		p, _ := c.PermissionNamed(to)
		if p == nil {
			f.Near = []string{"the map says \"" + to + "\", which is no permission"}
			return f
		}
		fits = appendOnce(fits, p)
	}
	f.settle(fits, names, m.near.permissions, func(p *policy.Permission) string { return p.ID })
	return f
}

func allNamed[T any](byID map[string]*T, ids []string) (list []*T) {
	for _, id := range ids {
		list = append(list, byID[id])
	}
	return list
}

// On returns the scope of an entry of one role or permission. Entries that name no scope are on the only one that fits,
// as in a declaration.
func (m *Match) On(e *observe.Entry, levels policy.LevelSet) (f Found[policy.Scope]) {
	if e.Scope != observe.None {
		f = m.Scopes[e.Scope]
		if f.Of != nil && e.Above && !levels.Has(f.Of.Level) {
			f.Of = above(f.Of, levels)
		}
		return f
	}
	var fits []*policy.Scope
	for _, s := range m.policy.Scopes {
		if levels.Has(s.Level) {
			fits = append(fits, s)
		}
	}
	switch len(fits) {
	case 1:
		f.Of = fits[0]
	case 0:
		f.Ambiguous = "no scope is declared that it can be on"
	default:
		f.Ambiguous, f.Among = "the file names no scope, and several fit: "+pathsOf(fits[:min(len(fits), 4)]), fits
	}
	return f
}

// above returns the nearest scope above that has one of some levels, or the scope itself.
func above(s *policy.Scope, levels policy.LevelSet) *policy.Scope {
	for x := s.Parent; x != nil; x = x.Parent {
		if levels.Has(x.Level) {
			return x
		}
	}
	return s
}

// Ignores reports whether anything is ignored.
func (m *Match) Ignores() bool { return len(m.names.Ignore) > 0 }

// Names are all names of what an entry or a membership is about. What it is not about has none.
type Names struct{ Users, Groups, Roles, Permissions, Scopes []string }

// Skips returns the ignore that fits an entry or a membership in all that it names, or nil.
func (m *Match) Skips(n *Names) *observe.Ignore {
	fits := func(pattern string, names []string) bool { return pattern == "" || matchesAny(pattern, names) }
	return m.ignored(func(x *observe.Ignore) bool {
		return (x.User == "" || m.matchesUser(x.User, n.Users)) && fits(x.Group, n.Groups) &&
			fits(x.Role, n.Roles) && fits(x.Permission, n.Permissions) && fits(x.Scope, n.Scopes)
	})
}

// Ended returns the ignores that have ended.
func (m *Match) Ended() (list []*observe.Ignore) {
	for i := range m.names.Ignore {
		if x := &m.names.Ignore[i]; m.asOf > x.Ends {
			list = append(list, x)
		}
	}
	return list
}

// Suggest says which name is near, or what a map does.
func Suggest(near []string, list string) string {
	if len(near) > 0 {
		return "the nearest is " + diag.Quote(near[0]) + "; if it is the same, map it under " + list
	}
	return "map it under " + list + ", or ignore it, in a map file"
}
