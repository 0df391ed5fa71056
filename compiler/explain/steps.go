package explain

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// giving are the changes that give a permission on a scope by themselves.
// Whether they may is for the rules to say.
func (s *search) giving(p *policy.Permission, on *policy.Scope, direct bool) []Change {
	k := giverKey{rowKey{on, p}, direct}
	if list, ok := s.givers[k]; ok {
		return list
	}
	var list []Change
	for _, q := range s.Policy.Catalog.Permissions {
		if (q == p || q.LeadsTo(p) && q.Grantable) && q.When == nil || q == p && q.Grantable {
			if q.Levels.Has(on.Level) {
				list = append(list, Change{Permission: q, Scope: on})
			}
		}
	}
	for _, r := range s.Policy.Catalog.Roles {
		if mentions(r, p) {
			list = append(list, s.assigning(r, p, on)...)
		}
	}
	if !direct {
		list = append(list, s.joining(func(e *policy.Entry) bool {
			if e.Role == nil {
				return e.Scope == on && (e.Permission == p || e.Permission.LeadsTo(p))
			}
			return e.Scope.Root() == on.Root() && mentions(e.Role, p) && (policy.RoleOn{Role: e.Role, Scope: e.Scope}).Gives(p, on)
		})...)
	}
	s.givers[k] = list
	return list
}

// assigning are the scopes on which a role gives a permission on a scope: that
// one and those above it, or else the first in the tree.
func (s *search) assigning(r *policy.Role, p *policy.Permission, on *policy.Scope) (list []Change) {
	for t := on; t != nil; t = t.Parent {
		if r.Levels.Has(t.Level) && (policy.RoleOn{Role: r, Scope: t}).Gives(p, on) {
			list = append(list, Change{Role: r, Scope: t})
		}
	}
	if len(list) > 0 {
		return list
	}
	for _, t := range s.Policy.Scopes {
		if t.Root() == on.Root() && r.Levels.Has(t.Level) && (policy.RoleOn{Role: r, Scope: t}).Gives(p, on) {
			return []Change{{Role: r, Scope: t}}
		}
	}
	return nil
}

// mostGroups is how many groups are looked at for one thing that is needed.
const mostGroups = 40

// joining are the groups of which a new member would have an entry, in force
// and not rejected.
func (s *search) joining(wanted func(*policy.Entry) bool) (list []Change) {
	gives := map[*policy.Group]bool{}
	for _, g := range s.Policy.Groups {
		gives[g] = slices.ContainsFunc(g.Entries, func(e policy.Entry) bool {
			return e.InForce(s.Policy.AsOf) && e.FaultFor(s.User) == 0 && wanted(&e)
		})
	}
	for _, g := range s.Policy.Groups {
		if member(s.User, g) || len(list) == mostGroups {
			continue
		}
		if gives[g] || slices.ContainsFunc(g.Outer, func(o *policy.Group) bool { return gives[o] && !member(s.User, o) }) {
			list = append(list, Change{Group: g})
		}
	}
	return list
}

// deepest is how far derived permissions that rest on each other are followed.
const deepest = 8

// meeting are the changes of which each is a step towards a requirement: they
// meet the first part that is not met.
func (s *search) meeting(r *policy.Requirement, on *policy.Scope, a *policy.Access, depth int) []Change {
	for _, x := range atoms(r) {
		if x.Met(a, on).OK {
			continue
		}
		switch {
		case len(x.AnyOf) > 0:
			var list []Change
			for _, y := range x.AnyOf {
				list = append(list, s.meeting(y, on, a, depth)...)
			}
			return list
		case x.Role != nil:
			return s.holding(x, on)
		case x.Permission != nil:
			return s.permitting(x, on, a, depth)
		case x.GroupName.Given():
			return s.entering(s.group(x))
		case len(x.Attributes) > 0:
			return s.having(x.Attributes[0])
		case x.Matching != "":
			return s.matching(x.Matching, on, a.User)
		}
		return nil // of the scope, or something that must not be held
	}
	return nil
}

// holding are the ways to hold a role where a requirement looks for it.
func (s *search) holding(x *policy.Requirement, on *policy.Scope) (list []Change) {
	if t := s.within(x.At, on, x.Role.Levels); t != nil {
		list = append(list, Change{Role: x.Role, Scope: t})
	}
	if x.Direct {
		return list
	}
	return append(list, s.joining(func(e *policy.Entry) bool {
		return e.Role != nil && slices.ContainsFunc((policy.RoleOn{Role: e.Role, Scope: e.Scope}).Closure(), func(y policy.RoleOn) bool {
			return y.Role == x.Role && (on != nil || x.At == policy.Anywhere) && x.At.Holds(on, y.Scope)
		})
	})...)
}

// permitting are the ways to hold a permission where a requirement looks for it.
func (s *search) permitting(x *policy.Requirement, on *policy.Scope, a *policy.Access, depth int) []Change {
	t := s.within(x.At, on, x.Permission.Levels)
	if t == nil {
		return nil
	}
	list := s.giving(x.Permission, t, x.Direct)
	if x.Permission.When == nil || depth == deepest {
		return list
	}
	list = append(slices.Clip(list), s.meeting(x.Permission.When, t, a, depth+1)...)
	if x.Permission.When.Met(a, t).OK {
		list = append(list, s.namedOn(x.Permission.When, t)...)
	}
	return list
}

// within is the scope, as near as can be, that stands in a relation to one.
func (s *search) within(at policy.Relation, on *policy.Scope, levels policy.LevelSet) *policy.Scope {
	if on == nil && at != policy.Anywhere {
		return nil
	}
	for t := on; t != nil; t = t.Parent {
		if levels.Has(t.Level) && at.Holds(on, t) {
			return t
		}
	}
	var best *policy.Scope
	near := s.near()
	for _, t := range s.Policy.Scopes {
		if levels.Has(t.Level) && at.Holds(on, t) && (best == nil || near(t) < near(best)) {
			best = t
		}
	}
	return best
}

// entering are the ways into a group: itself, and those inside it.
func (s *search) entering(g *policy.Group) (list []Change) {
	if g == nil {
		return nil
	}
	list = append(list, Change{Group: g})
	for _, x := range s.Policy.Groups {
		if slices.Contains(x.Outer, g) && len(list) < mostGroups {
			list = append(list, Change{Group: x})
		}
	}
	return list
}

// having are the values of an attribute that would do: the first of those that
// are named, or that the catalog knows.
func (s *search) having(at policy.Attribute) []Change {
	name := at.Name.Name
	var values []string
	for _, v := range at.Values {
		values = append(values, v.Name)
	}
	if known := s.Policy.Catalog.UserAttributes[name]; known != nil && len(values) == 0 {
		for _, v := range known.Values {
			values = append(values, v.Name)
		}
	}
	if len(values) == 0 {
		return nil
	}
	return []Change{{Attribute: name, Value: values[0], Or: strings.Join(values[1:], ", ")}}
}

// matching is a value that the user lacks, of the first scope that has another.
func (s *search) matching(name string, on *policy.Scope, u *policy.User) (list []Change) {
	for t := on; t != nil; t = t.Parent {
		values := t.Attributes[name]
		if len(values) == 0 || slices.ContainsFunc(values, func(v string) bool { return slices.Contains(u.Attributes[name], v) }) {
			continue
		}
		for _, v := range values[:min(len(values), 3)] {
			list = append(list, Change{Attribute: name, Value: v})
		}
		return list
	}
	return nil
}

// named are the roles and grants that a requirement names, on the scope looked
// at or as near as can be.
func (s *search) named(r *policy.Requirement) []Change { return s.namedOn(r, s.target) }

func (s *search) namedOn(r *policy.Requirement, on *policy.Scope) (list []Change) {
	for _, x := range atoms(r) {
		switch {
		case x.Role != nil:
			if t := s.within(policy.InTree, on, x.Role.Levels); t != nil {
				list = append(list, Change{Role: x.Role, Scope: t})
			}
		case x.Permission != nil:
			if t := s.within(policy.InTree, on, x.Permission.Levels); t != nil {
				list = append(list, s.giving(x.Permission, t, false)...)
			}
		}
		for _, y := range x.AnyOf {
			list = append(list, s.namedOn(y, on)...)
		}
	}
	return list
}
