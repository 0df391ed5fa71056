package match

import (
	"sync"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load/observe"
	"permc.dev/permc/compiler/policy"
)

// nearNames finds declared names that are like those of an export. Each list is made when it is first needed.
type nearNames struct{ users, groups, scopes, roles, permissions func() *diag.Names }

func newNearNames(p *policy.Policy) nearNames {
	once := func(list func() []string) func() *diag.Names {
		return sync.OnceValue(func() *diag.Names { return diag.NewNames(list()) })
	}
	c := p.Catalog
	return nearNames{
		users:  once(func() []string { return idsOf(p.Users, func(u *policy.User) string { return u.ID }) }),
		groups: once(func() []string { return idsOf(p.Groups, func(g *policy.Group) string { return g.ID }) }),
		scopes: once(func() []string { return idsOf(p.Scopes, func(s *policy.Scope) string { return s.Path }) }),
		roles:  once(func() []string { return append(c.RoleIDs(), c.RoleAliases.Names()...) }),
		permissions: once(func() []string {
			return append(c.PermissionIDs(), c.PermissionAliases.Names()...)
		}),
	}
}

func idsOf[T any](list []*T, id func(*T) string) []string {
	ids := make([]string, 0, len(list))
	for _, x := range list {
		ids = append(ids, id(x))
	}
	return ids
}

// nearest returns what is most like the first of some names that something is like, if anything is.
func nearest(names []string, in func() *diag.Names) []string {
	for _, n := range names {
		if n == "" {
			continue
		}
		if near := in().Nearest(n); near != "" {
			return []string{near}
		}
	}
	return nil
}

// NearUsers returns the declared user whose name is most like a person's, if one is.
func (m *Match) NearUsers(p *observe.Person) []string {
	return nearest([]string{p.Title()}, m.near.users)
}
