// Command casbin prints what every user holds, as enforced by casbin with a model
// of roles in domains, a scope being a domain. The policies say what roles give and
// are few, as every request tries them all: a user has a role's reach, a grant or
// an affiliation by a grouping rule on each scope where it counts. Enforce is asked
// for every action of every permission on every scope a user has to do with.
//
//	casbin DIR
package main

import (
	"slices"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"

	"permc.dev/permc/bench/peers/internal/data"
)

// The matcher has the cheap parts first.
const rbac = `
[request_definition]
r = sub, dom, obj, act

[policy_definition]
p = sub, level, obj, act, eft

[role_definition]
g = _, _, _
g2 = _, _

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[matchers]
m = r.obj == p.obj && r.act == p.act && g2(r.dom, p.level) && g(r.sub, p.sub, r.dom)
`

func main() { data.Main(run) }

func run(d *data.Data, rows *data.Rows) error {
	m, err := model.NewModelFromString(rbac)
	if err != nil {
		return err
	}
	e, err := casbin.NewEnforcer(m)
	if err != nil {
		return err
	}
	if _, err := e.AddPoliciesEx(policies(d.Catalog)); err != nil {
		return err
	}
	if _, err := e.AddNamedGroupingPolicies("g2", levels(d)); err != nil {
		return err
	}
	err = d.Users(func(u *data.User) error {
		if links := links(d, u); len(links) > 0 {
			_, err = e.AddGroupingPoliciesEx(links)
		}
		return err
	})
	if err != nil {
		return err
	}
	return d.Users(func(u *data.User) error { return user(d, e, u, rows) })
}

func user(d *data.Data, e *casbin.Enforcer, u *data.User, rows *data.Rows) error {
	for _, s := range d.Candidates(u) {
		for _, permission := range d.ByLevel[s.Level] {
			var allowed []string
			for _, action := range d.Catalog.Permissions[permission].Actions {
				ok, err := e.Enforce(u.User, s.Name, permission, action)
				if err != nil {
					return err
				}
				if ok {
					allowed = append(allowed, action)
				}
			}
			rows.Row(u.User, s.Name, permission, allowed)
		}
	}
	return nil
}

// policies are the catalog: what the reaches of roles and the grants allow, and
// what an affiliation is denied.
func policies(c *data.Catalog) (rules [][]string) {
	add := func(sub, permission, action, effect string) {
		for _, level := range c.Permissions[permission].Levels {
			rules = append(rules, []string{sub, level, permission, action, effect})
		}
	}
	for id, role := range c.Roles {
		for _, g := range role.Gives {
			for _, action := range g.Actions {
				add(reach(id, g.Reach), g.Permission, action, "allow")
			}
		}
	}
	for id, p := range c.Permissions {
		for _, action := range p.Actions {
			if p.Grantable && !p.Deprecated {
				add(grant(id, action), id, action, "allow")
			}
			if action == c.Deny.Action {
				add(affiliation(c.Deny.Affiliation), id, action, "deny")
			}
		}
	}
	return rules
}

func reach(role, reach string) string        { return "role:" + role + ":" + reach }
func grant(permission, action string) string { return "grant:" + permission + ":" + action }
func affiliation(name string) string         { return "affiliation:" + name }

// levels say of which level a scope is.
func levels(d *data.Data) (rules [][]string) {
	for _, s := range d.Scopes {
		rules = append(rules, []string{s.Name, s.Level})
	}
	return rules
}

// links are the roles, grants and denials of a user by scope. Periods and who may
// have which role where are settled here: casbin knows nothing of them.
func links(d *data.Data, u *data.User) (rules [][]string) {
	c := d.Catalog
	for _, e := range u.Roles {
		role, on := c.Roles[e.Role], d.Scopes[e.Scope]
		if !c.InForce(&e) || role.Level != on.Level || !slices.Contains(role.Affiliations, u.Affiliation) {
			continue
		}
		rules = append(rules, []string{u.User, reach(e.Role, "self"), on.Name})
		for _, s := range on.Subtree {
			rules = append(rules, []string{u.User, reach(e.Role, "subtree"), s.Name})
			if s.First && s != on {
				rules = append(rules, []string{u.User, reach(e.Role, "first"), s.Name})
			}
		}
	}
	for _, e := range u.Grants {
		if !c.InForce(&e) {
			continue
		}
		actions := e.Actions
		if actions == nil {
			actions = c.Permissions[e.Permission].Actions
		}
		for _, action := range actions {
			rules = append(rules, []string{u.User, grant(e.Permission, action), e.Scope})
		}
	}
	if u.Affiliation != c.Deny.Affiliation {
		return rules
	}
	for _, s := range d.Candidates(u) {
		rules = append(rules, []string{u.User, affiliation(u.Affiliation), s.Name})
	}
	return rules
}
