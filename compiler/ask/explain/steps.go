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

// assigning are the scopes on which a role gives a permission on a scope.
func (s *search) assigning(r *policy.Role, p *policy.Permission, on *policy.Scope) (list []Change) {
	fits := func(t *policy.Scope) bool {
		return r.Levels.Has(t.Level) && t.Root() == on.Root() && (policy.RoleOn{Role: r, Scope: t}).Gives(p, on)
	}
	return assign(r, s.spots(on, reachesTree(r), fits))
}

func assign(r *policy.Role, on []*policy.Scope) (list []Change) {
	for _, t := range on {
		list = append(list, Change{Role: r, Scope: t})
	}
	return list
}

// spots are the scopes that fit: the one looked at, and those above it; then,
// where what is elsewhere counts too, the nearest of those.
func (s *search) spots(on *policy.Scope, elsewhere bool, fits func(*policy.Scope) bool) (list []*policy.Scope) {
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

// reachesTree reports whether something that a role gives or includes counts
// beside and above the scope of the role.
func reachesTree(r *policy.Role) bool {
	return slices.ContainsFunc(r.Cells, func(c policy.Cell) bool { return c.Reach.Kind == policy.Tree }) ||
		slices.ContainsFunc(r.Includes, func(i policy.Include) bool { return i.Reach.Kind == policy.Tree || reachesTree(i.Role) })
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
		if member(s.User, g) || !g.ListsMembers() || len(list) == mostGroups {
			continue
		}
		if gives[g] || slices.ContainsFunc(g.Outer, func(o policy.Membership) bool {
			return gives[o.Group] && o.In(s.Policy.AsOf) && !member(s.User, o.Group)
		}) {
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
		case len(x.NoneOf) > 0:
			return s.breaking(x.NoneOf[0], on, a, depth)
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
		return nil // of the scope
	}
	return nil
}

// breaking are the steps towards a requirement that is not met any more: since
// nothing is taken away, towards what it wants absent.
func (s *search) breaking(r *policy.Requirement, on *policy.Scope, a *policy.Access, depth int) (list []Change) {
	for _, x := range atoms(r) {
		switch {
		case len(x.NoneOf) > 0:
			list = append(list, s.meeting(x.NoneOf[0], on, a, depth)...)
		case len(x.AnyOf) > 0:
			if i := slices.IndexFunc(x.AnyOf, func(y *policy.Requirement) bool { return y.Met(a, on).OK }); i >= 0 {
				list = append(list, s.breaking(x.AnyOf[i], on, a, depth)...)
			}
		}
	}
	return list
}

// holding are the ways to hold a role where a requirement looks for it: itself,
// included in another, or through a group.
func (s *search) holding(x *policy.Requirement, on *policy.Scope) (list []Change) {
	holds := func(r policy.RoleOn) bool {
		return r.Role == x.Role && (on != nil || x.At >= policy.Anywhere) && x.Sees(s.User, on, r.Scope)
	}
	for _, r := range s.Policy.Catalog.Roles {
		if r != x.Role && !includes(r, x.Role) {
			continue
		}
		fits := func(t *policy.Scope) bool {
			return r.Levels.Has(t.Level) && slices.ContainsFunc((policy.RoleOn{Role: r, Scope: t}).Closure(), holds)
		}
		list = append(list, assign(r, s.spots(on, isFar(x.At) || reachesTree(r), fits))...)
	}
	if x.Direct {
		return list
	}
	return append(list, s.joining(func(e *policy.Entry) bool {
		return e.Role != nil && slices.ContainsFunc((policy.RoleOn{Role: e.Role, Scope: e.Scope}).Closure(), holds)
	})...)
}

// includes reports whether a role includes another, through others too.
func includes(r, inner *policy.Role) bool {
	return slices.ContainsFunc(r.Includes, func(i policy.Include) bool { return i.Role == inner || includes(i.Role, inner) })
}

// isFar reports whether a relation holds beside or under a scope.
func isFar(r policy.Relation) bool { return r != policy.Same && r != policy.Above }

// permitting are the ways to hold a permission where a requirement looks for it.
func (s *search) permitting(x *policy.Requirement, on *policy.Scope, a *policy.Access, depth int) (list []Change) {
	if on == nil && x.At < policy.Anywhere {
		return nil
	}
	p := x.Permission
	spots := s.spots(on, isFar(x.At), func(t *policy.Scope) bool { return p.Levels.Has(t.Level) && x.Sees(s.User, on, t) })
	for _, t := range spots {
		if unless := withheldUnless(a, p, t); unless != nil {
			list = append(list, s.meeting(unless, t, a, depth)...)
			continue
		}
		list = append(list, s.giving(p, t, x.Direct)...)
		if p.When == nil || depth == deepest {
			continue
		}
		list = append(list, s.meeting(p.When, t, a, depth+1)...)
		if p.When.Met(a, t).OK {
			list = append(list, s.namedOn(p.When, t)...)
		}
	}
	return list
}

// withheldUnless returns what would give back a permission that is withheld, or
// nil. Of alternatives it is the first, the usual one: the others are for
// exceptions, such as programs.
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

// entering are the ways into a group: itself, and those inside it.
func (s *search) entering(g *policy.Group) (list []Change) {
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

// mostValues is how many values of an attribute are tried.
const mostValues = 8

// having are the values of an attribute that would do: those that are named, or
// that the catalog knows, or one that somebody has.
func (s *search) having(at policy.Attribute) (list []Change) {
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

// someValue is a value that somebody has of an attribute of which any will do.
func (s *search) someValue(name string) string {
	for _, u := range s.Policy.Users {
		if len(u.Attributes[name]) > 0 {
			return u.Attributes[name][0]
		}
	}
	return "yes"
}

// matching are values that the user lacks and may have, of the first scope that
// has others.
func (s *search) matching(name string, on *policy.Scope, u *policy.User) (list []Change) {
	known := s.Policy.Catalog.UserAttributes[name]
	for t := on; t != nil; t = t.Parent {
		values := t.Attributes[name]
		if len(values) == 0 || slices.ContainsFunc(values, func(v string) bool { return slices.Contains(u.Attributes[name], v) }) {
			continue
		}
		for _, v := range values {
			allowed := !known.Closed || slices.ContainsFunc(known.Values, func(x policy.Ref) bool { return x.Name == v })
			if allowed && len(list) < mostValues {
				list = append(list, Change{Attribute: name, Value: v})
			}
		}
		return list
	}
	return nil
}

// whatever are all roles and grants in the tree looked at, where whatever is
// held there makes a derived permission be looked for.
func (s *search) whatever() (list []Change) {
	if !s.anything {
		return nil
	}
	in := func(levels policy.LevelSet) []*policy.Scope {
		return s.spots(s.target, true, func(t *policy.Scope) bool { return levels.Has(t.Level) && t.Root() == s.target.Root() })
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
			list = append(list, assign(r, in(r.Levels))...)
		}
	}
	return append(list, s.joining(func(e *policy.Entry) bool { return e.Scope.Root() == s.target.Root() })...)
}

// named are the roles and grants that a requirement names, on the scope looked
// at or as near as can be.
func (s *search) named(r *policy.Requirement) []Change { return s.namedOn(r, s.target) }

func (s *search) namedOn(r *policy.Requirement, on *policy.Scope) (list []Change) {
	in := func(levels policy.LevelSet) []*policy.Scope {
		return s.spots(on, true, func(t *policy.Scope) bool { return levels.Has(t.Level) && t.Root() == on.Root() })
	}
	for _, x := range atoms(r) {
		switch {
		case x.Role != nil:
			list = append(list, assign(x.Role, in(x.Role.Levels))...)
		case x.Permission != nil:
			for _, t := range in(x.Permission.Levels) {
				list = append(list, s.giving(x.Permission, t, false)...)
			}
		}
		for _, y := range x.AnyOf {
			list = append(list, s.namedOn(y, on)...)
		}
	}
	return list
}
