package explain

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// waysToGive returns the changes that give a permission on a scope by themselves. Whether they are allowed is for the
// rules to say.
func (s *search) waysToGive(p *policy.Permission, on *policy.Scope, direct bool) []Change {
	k := giverKey{rowKey{on, p}, direct}
	if list, ok := s.givers[k]; ok {
		return list
	}
	var list []Change
	for _, q := range s.Policy.Catalog.Permissions {
		if (q == p || q.LeadsTo(p) && q.Grantable) && q.When == nil || q == p && q.Grantable {
			if q.Levels.Has(on.Level) {
				list = append(list, s.grant(q, on))
			}
		}
	}
	for _, r := range s.Policy.Catalog.Roles {
		if roleMentions(r, p, s.wantedOf(p)) {
			list = append(list, s.waysToAssign(r, p, on)...)
		}
	}
	if !direct {
		list = append(list, s.waysToJoin(func(e *policy.Entry) bool {
			if e.Role == nil {
				return e.Scope == on && (e.Permission == p && e.Actions&s.wantedOf(p) != 0 || e.Permission.LeadsTo(p))
			}
			return e.Scope.Root() == on.Root() && roleMentions(e.Role, p, s.wantedOf(p)) &&
				(policy.RoleOn{Role: e.Role, Scope: e.Scope}).Gives(p, on)
		})...)
	}
	s.givers[k] = list
	return list
}

// grant returns the grant of a permission, of no more than the action in question.
func (s *search) grant(p *policy.Permission, on *policy.Scope) Change {
	c := Change{Permission: p, Scope: on}
	if p == s.Permission && len(p.Actions) > 1 {
		c.Action = s.Action
	}
	return c
}

// waysToAssign returns assignments of a role that give a permission on a scope.
func (s *search) waysToAssign(r *policy.Role, p *policy.Permission, on *policy.Scope) (list []Change) {
	fits := func(t *policy.Scope) bool {
		return r.Levels.Has(t.Level) && t.Root() == on.Root() && (policy.RoleOn{Role: r, Scope: t}).Gives(p, on)
	}
	return assignOn(r, s.fittingScopes(on, reachesTree(r), fits))
}

func assignOn(r *policy.Role, on []*policy.Scope) (list []Change) {
	for _, t := range on {
		list = append(list, Change{Role: r, Scope: t})
	}
	return list
}

// fittingScopes returns the scopes that fit: the one examined and those above it; then, if others count too, the
// nearest of those.
func (s *search) fittingScopes(on *policy.Scope, elsewhere bool, fits func(*policy.Scope) bool) (list []*policy.Scope) {
	for t := on; t != nil; t = t.Parent {
		if fits(t) {
			list = append(list, t)
		}
	}
	if !elsewhere {
		return list
	}
	most := s.most
	if s.most == 1 && len(list) > 0 {
		most = 0
	}
	for _, t := range s.order {
		if on != nil && on.Within(t) || !fits(t) {
			continue
		}
		if most == 0 {
			s.narrowed = true
			break
		}
		list, most = append(list, t), most-1
	}
	return list
}

// reachesTree reports whether something that a role gives or includes also counts beside and above the role's scope.
func reachesTree(r *policy.Role) bool {
	return slices.ContainsFunc(r.Cells, func(c policy.Cell) bool { return c.Reach.Kind == policy.Tree }) ||
		slices.ContainsFunc(r.Includes, func(i policy.Include) bool {
			return i.Reach.Kind == policy.Tree || reachesTree(i.Role)
		})
}

// mostGroups limits the groups examined for one prerequisite.
const mostGroups = 40

// waysToJoin returns the groups whose members have a wanted entry, in force and not rejected.
func (s *search) waysToJoin(wanted func(*policy.Entry) bool) (list []Change) {
	gives := map[*policy.Group]bool{}
	for _, g := range s.Policy.Groups {
		gives[g] = slices.ContainsFunc(g.Entries, func(e policy.Entry) bool {
			return e.InForce(s.Policy.AsOf) && e.FaultFor(s.User) == 0 && wanted(&e)
		})
	}
	for _, g := range s.Policy.Groups {
		if isMember(s.User, g) || !g.ListsMembers() || len(list) == mostGroups {
			continue
		}
		if gives[g] || slices.ContainsFunc(g.Outer(), func(o policy.Membership) bool {
			return gives[o.Group] && o.In(s.Policy.AsOf) && !isMember(s.User, o.Group)
		}) {
			list = append(list, Change{Group: g})
		}
	}
	return list
}

// deepest limits how far to follow derived permissions that need each other.
const deepest = 8

// waysToMeet returns the changes that are each a step towards a requirement: those that meet its first unmet part.
func (s *search) waysToMeet(r *policy.Requirement, on *policy.Scope, a *policy.Access, depth int) []Change {
	for _, x := range splitRequirement(r) {
		if x.Met(a, on).OK {
			continue
		}
		switch {
		case len(x.AnyOf) > 0:
			var list []Change
			for _, y := range x.AnyOf {
				list = append(list, s.waysToMeet(y, on, a, depth)...)
			}
			return list
		case len(x.NoneOf) > 0:
			return s.waysToBreak(x.NoneOf[0], on, a, depth)
		case x.Role != nil:
			return s.waysToHold(x, on)
		case x.Permission != nil:
			return s.waysToPermit(x, on, a, depth)
		case x.GroupName.Given():
			return s.waysToEnter(s.group(x))
		case len(x.Attributes) > 0:
			return s.waysToHave(x.Attributes[0])
		case x.Matching != "":
			return s.waysToMatch(x.Matching, on, a.User)
		}
		return nil // the scope lacks an attribute
	}
	return nil
}

// waysToBreak returns the steps that make a requirement fail. Changes only add, so these add what it wants absent.
func (s *search) waysToBreak(r *policy.Requirement, on *policy.Scope, a *policy.Access, depth int) (list []Change) {
	for _, x := range splitRequirement(r) {
		switch {
		case len(x.NoneOf) > 0:
			list = append(list, s.waysToMeet(x.NoneOf[0], on, a, depth)...)
		case len(x.AnyOf) > 0:
			if i := slices.IndexFunc(x.AnyOf, func(y *policy.Requirement) bool { return y.Met(a, on).OK }); i >= 0 {
				list = append(list, s.waysToBreak(x.AnyOf[i], on, a, depth)...)
			}
		}
	}
	return list
}

// waysToHold returns the ways to hold a role where a requirement looks for it: the role itself, one that includes it,
// or a group.
func (s *search) waysToHold(x *policy.Requirement, on *policy.Scope) (list []Change) {
	holds := func(r policy.RoleOn) bool {
		return r.Role == x.Role && (on != nil || x.At >= policy.Anywhere) && x.Sees(s.User, on, r.Scope)
	}
	for _, r := range s.Policy.Catalog.Roles {
		if r != x.Role && !roleIncludes(r, x.Role) {
			continue
		}
		fits := func(t *policy.Scope) bool {
			return r.Levels.Has(t.Level) && slices.ContainsFunc((policy.RoleOn{Role: r, Scope: t}).Closure(), holds)
		}
		list = append(list, assignOn(r, s.fittingScopes(on, isFar(x.At) || reachesTree(r), fits))...)
	}
	if x.Direct {
		return list
	}
	return append(list, s.waysToJoin(func(e *policy.Entry) bool {
		return e.Role != nil && slices.ContainsFunc((policy.RoleOn{Role: e.Role, Scope: e.Scope}).Closure(), holds)
	})...)
}

// roleIncludes reports whether a role includes another, directly or through others.
func roleIncludes(r, inner *policy.Role) bool {
	return slices.ContainsFunc(r.Includes, func(i policy.Include) bool {
		return i.Role == inner || roleIncludes(i.Role, inner)
	})
}

// isFar reports whether a relation holds beside or below a scope.
func isFar(r policy.Relation) bool { return r != policy.Same && r != policy.Above }

// waysToPermit returns the ways to hold a permission where a requirement looks for it.
func (s *search) waysToPermit(x *policy.Requirement, on *policy.Scope, a *policy.Access, depth int) (list []Change) {
	if on == nil && x.At < policy.Anywhere {
		return nil
	}
	p := x.Permission
	spots := s.fittingScopes(on, isFar(x.At), func(t *policy.Scope) bool {
		return p.Levels.Has(t.Level) && x.Sees(s.User, on, t)
	})
	for _, t := range spots {
		if unless := withheldUnless(a, p, t); unless != nil {
			list = append(list, s.waysToMeet(unless, t, a, depth)...)
			continue
		}
		list = append(list, s.waysToGive(p, t, x.Direct)...)
		if p.When == nil || depth == deepest {
			continue
		}
		list = append(list, s.waysToMeet(p.When, t, a, depth+1)...)
		if p.When.Met(a, t).OK {
			list = append(list, s.namedOn(p.When, t)...)
		}
	}
	return list
}

// withheldUnless returns the requirement that gives back a withheld permission, or nil. Of alternatives it takes the
// first, the usual one: the others are for exceptions, such as programs.
func withheldUnless(a *policy.Access, p *policy.Permission, on *policy.Scope) *policy.Requirement {
	for i := range a.Rows {
		r := &a.Rows[i]
		if r.Permission != p || r.Scope != on || r.Held() || len(r.Withheld) == 0 {
			continue
		}
		unless := r.Withheld[0].Rule.Deny.Unless
		if unless != nil && len(unless.AnyOf) > 0 {
			return unless.AnyOf[0]
		}
		return unless
	}
	return nil
}

// waysToEnter returns the ways into a group: the group itself, and those inside it.
func (s *search) waysToEnter(g *policy.Group) (list []Change) {
	if g == nil {
		return nil
	}
	if g.ListsMembers() {
		list = append(list, Change{Group: g})
	}
	for _, x := range s.Policy.Groups {
		if x.IsWithin(g) && x.ListsMembers() && len(list) < mostGroups {
			list = append(list, Change{Group: x})
		}
	}
	return list
}

// mostValues limits the values of an attribute to try.
const mostValues = 8

// waysToHave returns values of an attribute that work: the named ones, those the catalog knows, or one that somebody
// has.
func (s *search) waysToHave(at policy.Attribute) (list []Change) {
	name := at.Name.Name
	known := s.Policy.Catalog.UserAttributes[name]
	values := at.Values
	if known != nil && len(values) == 0 {
		values = known.Values
	}
	if len(values) > 1 && !s.anything {
		s.narrowed = true
		var others []string
		for _, v := range values[1:] {
			others = append(others, v.Name)
		}
		return []Change{{Attribute: name, Value: values[0].Name, Or: strings.Join(others, ", ")}}
	}
	for _, v := range values[:min(len(values), mostValues)] {
		list = append(list, Change{Attribute: name, Value: v.Name})
	}
	if len(list) > 0 || known == nil || known.Closed {
		return list
	}
	return []Change{{Attribute: name, Value: s.someValue(name), Or: "any other value"}}
}

// someValue returns a value that somebody has, for an attribute that may have any.
func (s *search) someValue(name string) string {
	for _, u := range s.Policy.Users {
		if len(u.Attributes[name]) > 0 {
			return u.Attributes[name][0]
		}
	}
	return "yes"
}

// waysToMatch returns values that the user lacks and may have, from the first scope that limits them.
func (s *search) waysToMatch(name string, on *policy.Scope, u *policy.User) (list []Change) {
	known := s.Policy.Catalog.UserAttributes[name]
	for t := on; t != nil; t = t.Parent {
		values := t.Attributes[name]
		if len(values) == 0 || slices.ContainsFunc(values, func(v string) bool {
			return slices.Contains(u.Attributes[name], v)
		}) {
			continue
		}
		for _, v := range values {
			allowed := !known.Closed || slices.ContainsFunc(known.Values, func(x policy.Ref) bool {
				return x.Name == v
			})
			if allowed && len(list) < mostValues {
				list = append(list, Change{Attribute: name, Value: v})
			}
		}
		return list
	}
	return nil
}

// anyHolding returns all roles and grants in the tree, because holding any of them makes permc examine a derived
// permission.
func (s *search) anyHolding() (list []Change) {
	if !s.anything {
		return nil
	}
	in := func(levels policy.LevelSet) []*policy.Scope {
		return s.fittingScopes(s.target, true, func(t *policy.Scope) bool {
			return levels.Has(t.Level) && t.Root() == s.target.Root()
		})
	}
	for _, p := range s.Policy.Catalog.Permissions {
		if p.When == nil && p.GrantableTo(s.User.Affiliation) {
			for _, t := range in(p.Levels) {
				list = append(list, Change{Permission: p, Scope: t})
			}
		}
	}
	for _, r := range s.Policy.Catalog.Roles {
		if r.Admits(s.User.Affiliation) {
			list = append(list, assignOn(r, in(r.Levels))...)
		}
	}
	return append(list, s.waysToJoin(func(e *policy.Entry) bool { return e.Scope.Root() == s.target.Root() })...)
}

// namedHere returns the roles and grants that a requirement names, on the scope examined or as near as possible.
func (s *search) namedHere(r *policy.Requirement) []Change { return s.namedOn(r, s.target) }

func (s *search) namedOn(r *policy.Requirement, on *policy.Scope) (list []Change) {
	in := func(levels policy.LevelSet) []*policy.Scope {
		return s.fittingScopes(on, true, func(t *policy.Scope) bool {
			return levels.Has(t.Level) && t.Root() == on.Root()
		})
	}
	for _, x := range splitRequirement(r) {
		switch {
		case x.Role != nil:
			list = append(list, assignOn(x.Role, in(x.Role.Levels))...)
		case x.Permission != nil:
			for _, t := range in(x.Permission.Levels) {
				list = append(list, s.waysToGive(x.Permission, t, false)...)
			}
		}
		for _, y := range x.AnyOf {
			list = append(list, s.namedOn(y, on)...)
		}
	}
	return list
}
