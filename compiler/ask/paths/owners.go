package paths

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/explain"
	"permc.dev/permc/compiler/policy"
)

func compareIDs(a, b string) int { return strings.Compare(a, b) }

// owners knows who owns which groups: those that take members whom somebody lists.
type owners struct {
	policy  *policy.Policy
	byUser  map[string][]*policy.Group
	byGroup map[string][]*policy.Group
	others  []*policy.User // somebody else of each affiliation
	bare    []*policy.User // the same without what everybody has

	tried map[deed]bool // of the search at hand: one after the other uses them
	facts map[fact]policy.Records
}

func newOwners(p *policy.Policy) *owners {
	o := &owners{
		policy:  p,
		byUser:  map[string][]*policy.Group{},
		byGroup: map[string][]*policy.Group{},
		tried:   map[deed]bool{},
		facts:   map[fact]policy.Records{},
	}
	for _, g := range p.Groups {
		if !g.ListsMembers() || g.Undeclared {
			continue
		}
		for _, w := range g.Owners {
			if w.User != "" {
				o.byUser[w.User] = append(o.byUser[w.User], g)
			} else {
				o.byGroup[w.Group] = append(o.byGroup[w.Group], g)
			}
		}
	}
	for _, a := range p.Catalog.Affiliations {
		o.others = append(o.others, somebodyElse(p, a.ID.Name))
	}
	if len(p.Catalog.Affiliations) == 0 {
		o.others = append(o.others, somebodyElse(p, ""))
	}
	for _, u := range o.others {
		o.bare = append(o.bare, withoutAccess(u))
	}
	return o
}

// somebodyElse returns a user who has nothing but an affiliation, and is in the groups of everybody and those around.
func somebodyElse(p *policy.Policy, affiliation string) *policy.User {
	u := &policy.User{Affiliation: affiliation}
	var groups []explain.Change
	for _, g := range p.Groups {
		if g.TakesIn(u) {
			groups = append(groups, explain.Change{Group: g})
		}
	}
	return explain.Changed(p.Catalog.Home, u, groups)
}

// some reports whether a user owns a group on a day.
func (o *owners) some(u *policy.User, on policy.Date) bool {
	if len(o.byUser) == 0 && len(o.byGroup) == 0 {
		return false
	}
	return len(o.of(u, on)) > 0
}

// of returns the groups that a user owns on a day, also through groups that own them, sorted.
func (o *owners) of(u *policy.User, on policy.Date) (list []*policy.Group) {
	if len(o.byUser) == 0 && len(o.byGroup) == 0 {
		return nil
	}
	list = slices.Clone(o.byUser[u.ID])
	for i := range u.Memberships {
		if m := &u.Memberships[i]; m.In(on) {
			list = append(list, o.byGroup[m.Group.ID]...)
		}
	}
	slices.SortFunc(list, func(a, b *policy.Group) int { return a.Index - b.Index })
	return slices.Compact(list)
}

// around returns the groups that a user is in, and those that the user owns or could come to own by joining others.
func (o *owners) around(u *policy.User, on policy.Date) (list []*policy.Group) {
	add := func(g *policy.Group) {
		if !g.IsBuiltIn() && !slices.Contains(list, g) {
			list = append(list, g)
		}
	}
	for _, m := range u.Groups(on) {
		add(m.Group)
	}
	for _, g := range o.of(u, on) {
		add(g)
	}
	for i := 0; i < len(list); i++ {
		for _, m := range list[i].Outer {
			add(m.Group)
		}
		for _, g := range o.byGroup[list[i].ID] {
			add(g)
		}
	}
	slices.SortFunc(list, func(a, b *policy.Group) int { return a.Index - b.Index })
	return list
}

// attributes returns the attributes that let a user give something.
func (o *owners) attributes(u *policy.User) (list []policy.DelegatingAttribute) {
	for _, a := range o.policy.Catalog.DelegatingAttributes {
		if slices.ContainsFunc(a.Delegates, func(d policy.Delegate) bool { return d.Covers(u.Attributes[a.ID]) }) {
			list = append(list, a)
		}
	}
	return list
}

// profile returns a text that is the same for two users exactly if they have the same paths: it has all that their
// access depends on.
func profile(p *policy.Policy, u *policy.User, o *owners) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q %v", u.Affiliation, u.Home != nil)
	if u.Home != nil {
		fmt.Fprintf(&b, " %d", u.Home.Index)
	}
	entries := func(list []policy.Entry) {
		for i := range list {
			e := &list[i]
			kind, index := "r", 0
			if e.Role != nil {
				index = e.Role.Index
			} else {
				kind, index = "p", e.Permission.Index
			}
			fmt.Fprintf(&b, "|%s%d %d %d %d %d %d", kind, index, e.Scope.Index, e.Actions, e.Fault, e.Starts, e.Ends)
			if len(p.Denies) > 0 {
				fmt.Fprintf(&b, " %d", e.Pos.File)
			}
		}
	}
	entries(u.Entries)
	if u.Default != nil {
		entries([]policy.Entry{*u.Default})
	}
	for i := range u.Memberships {
		if m := &u.Memberships[i]; m.In(p.AsOf) {
			fmt.Fprintf(&b, "|g%d", m.Group.Index)
		}
	}
	for _, g := range o.of(u, p.AsOf) {
		fmt.Fprintf(&b, "|o%d", g.Index)
	}
	names := make([]string, 0, len(u.Attributes))
	for name := range u.Attributes {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, "|a%q%q", name, u.Attributes[name])
	}
	return b.String()
}
