// Command cedar prints what every user holds, as decided by cedar-go. The catalog
// becomes policies; users, scopes and actions become entities, of which a user
// has the scopes of every role and grant as sets; and the batch authorizer is
// asked, user by user, for every action of every permission on every scope that
// the user has to do with. It is about twice as fast as a question each.
//
//	cedar DIR
package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/x/exp/batch"

	"permc.dev/permc/bench/peers/internal/data"
)

func main() { data.Main(run) }

func run(d *data.Data, rows *data.Rows) error {
	policies, err := cedar.NewPolicySetFromBytes("catalog.cedar", []byte(policies(d.Catalog)))
	if err != nil {
		return err
	}
	p := &peer{Data: d, rows: rows, policies: policies, entities: entities(d), actions: map[string][]cedar.Value{}}
	for level, permissions := range d.ByLevel {
		for _, id := range permissions {
			for _, a := range d.Catalog.Permissions[id].Actions {
				p.actions[level] = append(p.actions[level], actionUID(id, a))
			}
		}
	}
	return d.Users(p.user)
}

type peer struct {
	*data.Data
	rows     *data.Rows
	policies *cedar.PolicySet
	entities cedar.EntityMap
	actions  map[string][]cedar.Value // by level
}

// user adds the user to the entities for as long as the questions last.
func (p *peer) user(u *data.User) error {
	id := cedar.NewEntityUID("User", cedar.String(u.User))
	p.entities[id] = p.entity(id, u)
	defer delete(p.entities, id)
	scopes := map[string][]cedar.Value{}
	for _, s := range p.Candidates(u) {
		scopes[s.Level] = append(scopes[s.Level], scopeUID(s))
	}
	for level, on := range scopes {
		allowed, err := p.ask(id, p.actions[level], on)
		if err != nil {
			return err
		}
		p.print(u, level, on, allowed)
	}
	return nil
}

// question is an action on a scope.
type question struct{ action, scope cedar.EntityUID }

// ask asks for every action on every scope.
func (p *peer) ask(user cedar.EntityUID, actions, scopes []cedar.Value) (map[question]bool, error) {
	allowed := map[question]bool{}
	request := batch.Request{
		Principal: user,
		Action:    batch.Variable("action"),
		Resource:  batch.Variable("scope"),
		Context:   cedar.Record{},
		Variables: batch.Variables{"action": actions, "scope": scopes},
	}
	err := batch.Authorize(context.Background(), p.policies, p.entities, request, func(r batch.Result) error {
		if len(r.Diagnostic.Errors) > 0 {
			return fmt.Errorf("cedar: %v", r.Diagnostic.Errors)
		}
		if r.Decision == cedar.Allow {
			allowed[question{r.Request.Action, r.Request.Resource}] = true
		}
		return nil
	})
	return allowed, err
}

func (p *peer) print(u *data.User, level string, scopes []cedar.Value, allowed map[question]bool) {
	for _, scope := range scopes {
		scope := scope.(cedar.EntityUID)
		for _, id := range p.ByLevel[level] {
			var actions []string
			for _, a := range p.Catalog.Permissions[id].Actions {
				if allowed[question{actionUID(id, a), scope}] {
					actions = append(actions, a)
				}
			}
			p.rows.Row(u.User, string(scope.ID), id, actions)
		}
	}
}

// types are the entity types of the levels.
var types = map[string]cedar.EntityType{"customer": "Customer", "workspace": "Workspace"}

func scopeUID(s *data.Scope) cedar.EntityUID {
	return cedar.NewEntityUID(types[s.Level], cedar.String(s.Name))
}

func actionID(permission, action string) string { return permission + ":" + action }

func actionUID(permission, action string) cedar.EntityUID {
	return cedar.NewEntityUID("Action", cedar.String(actionID(permission, action)))
}

// entities are the scopes and the actions. An action is in a group of all
// permissions' actions of the same name, for the denial.
func entities(d *data.Data) cedar.EntityMap {
	all := cedar.EntityMap{}
	for _, s := range d.Scopes {
		e := cedar.Entity{UID: scopeUID(s)}
		if s.Parent != "" {
			customer := scopeUID(d.Scopes[s.Parent])
			e.Parents = cedar.NewEntityUIDSet(customer)
			e.Attributes = cedar.NewRecord(cedar.RecordMap{"customer": customer, "first": cedar.Boolean(s.First)})
		}
		all[e.UID] = e
	}
	for id, p := range d.Catalog.Permissions {
		for _, a := range p.Actions {
			groups := actionGroups(d.Catalog, id, a)
			all[actionUID(id, a)] = cedar.Entity{UID: actionUID(id, a), Parents: cedar.NewEntityUIDSet(groups...)}
			for _, group := range groups {
				all[group] = cedar.Entity{UID: group}
			}
		}
	}
	return all
}

// actionGroups are the groups that an action of a permission is in: that of the
// action of this name of all permissions, for the denial, and those that roles
// give in the same way.
func actionGroups(c *data.Catalog, permission, action string) []cedar.EntityUID {
	groups := []cedar.EntityUID{cedar.NewEntityUID("Action", cedar.String(action))}
	for id, role := range c.Roles {
		for _, g := range role.Gives {
			if g.Permission != permission || !slices.Contains(g.Actions, action) {
				continue
			}
			for _, level := range c.Permissions[permission].Levels {
				groups = append(groups, groupUID(id, level, g.Reach))
			}
		}
	}
	return groups
}

// groupUID returns the group of the actions that a role gives on a level by a reach.
func groupUID(role, level, reach string) cedar.EntityUID {
	return cedar.NewEntityUID("Action", cedar.String(role+":"+level+":"+reach))
}

// entity returns a user with the entries that are in force: Cedar has no way to look
// for one with a fitting period among many, so that is settled here.
func (p *peer) entity(id cedar.EntityUID, u *data.User) cedar.Entity {
	roles, grants := map[string][]cedar.Value{}, map[string][]cedar.Value{}
	for _, e := range u.Roles {
		if p.Catalog.InForce(&e) {
			roles[e.Role] = append(roles[e.Role], scopeUID(p.Scopes[e.Scope]))
		}
	}
	for _, e := range u.Grants {
		if !p.Catalog.InForce(&e) {
			continue
		}
		actions := e.Actions
		if actions == nil {
			actions = p.Catalog.Permissions[e.Permission].Actions
		}
		for _, a := range actions {
			id := actionID(e.Permission, a)
			grants[id] = append(grants[id], scopeUID(p.Scopes[e.Scope]))
		}
	}
	return cedar.Entity{UID: id, Attributes: cedar.NewRecord(cedar.RecordMap{
		"affiliation": cedar.String(u.Affiliation), "roles": record(roles), "grants": record(grants),
	})}
}

func record(sets map[string][]cedar.Value) cedar.Record {
	fields := cedar.RecordMap{}
	for name, values := range sets {
		fields[cedar.String(name)] = cedar.NewSet(values...)
	}
	return cedar.NewRecord(fields)
}

// policies are the catalog in Cedar: a policy for what a role gives in the same
// way, one for every action that can be granted, and the denial.
func policies(c *data.Catalog) string {
	var b strings.Builder
	for _, id := range slices.Sorted(maps.Keys(c.Roles)) {
		rolePolicies(&b, c, id)
	}
	for _, id := range slices.Sorted(maps.Keys(c.Permissions)) {
		grantPolicies(&b, c.Permissions[id], id)
	}
	fmt.Fprintf(&b, "forbid (principal, action in Action::%q, resource)\nwhen { principal.affiliation == %q };\n",
		c.Deny.Action, c.Deny.Affiliation)
	return b.String()
}

func rolePolicies(b *strings.Builder, c *data.Catalog, id string) {
	role := c.Roles[id]
	for level, typ := range types {
		for _, reach := range []string{"self", "subtree", "first"} {
			condition := reaches(role.Level, level, reach)
			if condition == "" || !gives(c, role, level, reach) {
				continue
			}
			fmt.Fprintf(b, "permit (principal, action in %s, resource is %s)\n", groupUID(id, level, reach), typ)
			fmt.Fprintf(b, "when { principal.roles has %q && %s && [%s].contains(principal.affiliation) };\n",
				id, fmt.Sprintf(condition, fmt.Sprintf("principal.roles[%q]", id)), quoted(role.Affiliations))
		}
	}
}

// gives tells whether a role gives anything on a level by a reach.
func gives(c *data.Catalog, role *data.Role, level, reach string) bool {
	return slices.ContainsFunc(role.Gives, func(g data.Give) bool {
		return g.Reach == reach && slices.Contains(c.Permissions[g.Permission].Levels, level)
	})
}

// reaches returns the condition under which an assignment on a scope of some level
// reaches a resource of a level, "" for never. The placeholder is the set of the
// scopes of assignment.
func reaches(from, level, reach string) string {
	under := from == "customer" && level == "workspace"
	switch {
	case from == level && reach != "first":
		return "%s.contains(resource)"
	case under && reach == "subtree":
		return "%s.contains(resource.customer)"
	case under && reach == "first":
		return "%s.contains(resource.customer) && resource.first"
	}
	return ""
}

func grantPolicies(b *strings.Builder, p *data.Permission, id string) {
	if !p.Grantable || p.Deprecated {
		return
	}
	for _, level := range p.Levels {
		for _, a := range p.Actions {
			key := actionID(id, a)
			fmt.Fprintf(b, "permit (principal, action == %s, resource is %s)\n", actionUID(id, a), types[level])
			fmt.Fprintf(b, "when { principal.grants has %[1]q && principal.grants[%[1]q].contains(resource) };\n", key)
		}
	}
}

func quoted(list []string) string {
	var b []string
	for _, s := range list {
		b = append(b, fmt.Sprintf("%q", s))
	}
	return strings.Join(b, ", ")
}
