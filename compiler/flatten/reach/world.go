package reach

import (
	"slices"

	"permc.dev/permc/compiler/policy"
)

// World is what all searches in a policy share: who owns which groups, of those that take members whom somebody lists,
// and somebody else of each affiliation.
type World struct {
	policy     *policy.Policy
	byUser     map[string][]*policy.Group
	byGroup    map[string][]*policy.Group
	others     []*policy.User
	bareOthers []policy.User   // the same without what everybody has
	common     []*policy.Group // that the others are in, if anybody can give something to groups

	mayCombine bool  // acts may give more together than one after the other
	apart      bool  // what an act gives does not depend on what else the receiver has
	mixed      mixed // the permissions for which it does
	grouped    bool  // what somebody has may depend on the groups that they are in
	bounds     bool  // somebody can give no more than they hold
	givable    *givable

	places places
}

// NewWorld returns the world of a policy.
func NewWorld(p *policy.Policy) *World {
	w := &World{policy: p, byUser: map[string][]*policy.Group{}, byGroup: map[string][]*policy.Group{}}
	for _, g := range p.Groups {
		if !g.ListsMembers() || g.Undeclared {
			continue
		}
		for _, o := range g.Owners {
			if o.User != "" {
				w.byUser[o.User] = append(w.byUser[o.User], g)
			} else {
				w.byGroup[o.Group] = append(w.byGroup[o.Group], g)
			}
		}
	}
	for _, a := range p.Catalog.Affiliations {
		w.others = append(w.others, somebodyElse(p, a.ID.Name))
	}
	if len(p.Catalog.Affiliations) == 0 {
		w.others = append(w.others, somebodyElse(p, ""))
	}
	for _, u := range w.others {
		w.bareOthers = append(w.bareOthers, *withoutAccess(u))
	}
	derived := len(p.Catalog.Derived) > 0
	w.mayCombine = derived || slices.ContainsFunc(p.Denies, func(r *policy.Rule) bool { return r.Deny.Unless != nil })
	w.mixed = newMixed(p)
	w.apart = w.mixed.list == nil
	groups := false
	eachDelegate(p.Catalog, func(d *policy.Delegate) { groups, w.bounds = groups || d.Groups, w.bounds || d.Own })
	if groups {
		for _, u := range w.others {
			w.common = append(w.common, w.around(u, p.AsOf)...)
		}
		w.common = sortGroups(w.common)
	}
	w.givable = newGivable(p.Catalog)
	w.grouped = slices.ContainsFunc(p.Denies, asksForGroups) || slices.ContainsFunc(p.Catalog.Roles, hasConditions)
	return w
}

// asksForEntries reports whether a deny rule depends on what else somebody has, and where that is written.
func asksForEntries(r *policy.Rule) bool { return len(r.Deny.Roles) > 0 || r.Deny.Written != nil }

// asksForGroups reports whether a deny rule may depend on the groups that somebody is in.
func asksForGroups(r *policy.Rule) bool { return len(r.Deny.GroupNames) > 0 || r.Deny.Unless != nil }

// hasConditions reports whether a role gives something only to some.
func hasConditions(r *policy.Role) bool {
	return slices.ContainsFunc(r.Cells, func(c policy.Cell) bool { return c.When != nil })
}

// somebodyElse returns a user who has nothing but an affiliation, and is in the groups of everybody and those around.
func somebodyElse(p *policy.Policy, affiliation string) *policy.User {
	u := &policy.User{Affiliation: affiliation}
	for _, g := range p.Groups {
		if g.TakesIn(u) {
			u.Join(g)
		}
	}
	return u
}

// Owns reports whether a user owns a group on a day, or may give something by an attribute.
func (w *World) Owns(u *policy.User, on policy.Date) bool {
	return w.some(u, on) || len(w.attributes(u)) > 0
}

// GroupsOwn reports whether some group is owned by another one.
func (w *World) GroupsOwn() bool { return len(w.byGroup) > 0 }

// CanGive reports whether somebody can give anything to begin with.
func (w *World) CanGive(a *policy.Access) bool {
	for i := range a.Rows {
		if r := &a.Rows[i]; len(r.Permission.Delegates) > 0 && r.Held() {
			return true
		}
	}
	for i := range a.Roles {
		if len(a.Roles[i].Role.Delegates) > 0 {
			return true
		}
	}
	return w.Owns(a.User, a.On)
}

// some reports whether a user owns a group on a day.
func (w *World) some(u *policy.User, on policy.Date) bool { return len(w.of(u, on)) > 0 }

// of returns the groups that a user owns on a day, also through groups that own them, sorted.
func (w *World) of(u *policy.User, on policy.Date) (list []*policy.Group) {
	if len(w.byUser) == 0 && len(w.byGroup) == 0 {
		return nil
	}
	list = slices.Clone(w.byUser[u.ID])
	for i := range u.Memberships {
		if m := &u.Memberships[i]; m.In(on) {
			list = append(list, w.byGroup[m.Group.ID]...)
		}
	}
	return sortGroups(list)
}

// sortGroups returns the groups of a list, each once.
func sortGroups(list []*policy.Group) []*policy.Group {
	slices.SortFunc(list, func(a, b *policy.Group) int { return a.Index - b.Index })
	return slices.Compact(list)
}

// around returns the groups that a user is in, and those that the user owns or could come to own by joining others.
func (w *World) around(u *policy.User, on policy.Date) (list []*policy.Group) {
	var known map[*policy.Group]bool
	add := func(g *policy.Group) {
		if g.IsBuiltIn() || known[g] {
			return
		}
		if known == nil {
			known = map[*policy.Group]bool{}
		}
		known[g] = true
		list = append(list, g)
	}
	for i := range u.Memberships {
		if m := &u.Memberships[i]; m.In(on) {
			add(m.Group)
		}
	}
	for _, g := range w.of(u, on) {
		add(g)
	}
	for i := 0; i < len(list); i++ {
		list[i].EachOuter(add)
		for _, g := range w.byGroup[list[i].ID] {
			add(g)
		}
	}
	return sortGroups(list)
}

// attributes returns the attributes that let a user give something.
func (w *World) attributes(u *policy.User) (list []policy.DelegatingAttribute) {
	for _, a := range w.policy.Catalog.DelegatingAttributes {
		if slices.ContainsFunc(a.Delegates, func(d policy.Delegate) bool { return d.Covers(u.Attributes[a.ID]) }) {
			list = append(list, a)
		}
	}
	return list
}
