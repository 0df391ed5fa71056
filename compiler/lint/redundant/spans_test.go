package redundant

import (
	"testing"

	"pgregory.net/rapid"

	"permc.dev/permc/compiler/policy"
)

// world returns a policy with some roles, one of which includes another, and two scopes.
func world(t *rapid.T) *policy.Policy {
	top := &policy.Scope{Path: "top", ScopeDetail: &policy.ScopeDetail{}}
	inner := &policy.Scope{Path: "top/in", Parent: top, Index: 1, Level: 1, ScopeDetail: &policy.ScopeDetail{}}
	top.Children = []*policy.Scope{inner}
	both := policy.LevelSet(3)
	var permissions []*policy.Permission
	for i := range 2 {
		permissions = append(permissions, &policy.Permission{Index: i, Actions: []string{"a", "b"}, Levels: both})
	}
	cell := func(p int, a policy.Actions) policy.Cell {
		reach := rapid.SampledFrom([]policy.ReachKind{policy.Self, policy.Subtree, policy.Tree}).Draw(t, "reach")
		return policy.Cell{Permission: permissions[p], Actions: a, Reach: policy.Reach{Kind: reach}}
	}
	r0 := &policy.Role{Levels: both, Cells: []policy.Cell{cell(0, 1), cell(1, 2)}}
	r1 := &policy.Role{Index: 1, Levels: both, Cells: []policy.Cell{cell(0, 3)},
		Includes: []policy.Include{{Role: r0, Reach: policy.Reach{Kind: policy.Subtree}}}}
	return &policy.Policy{AsOf: 5, Scopes: []*policy.Scope{top, inner},
		Catalog: &policy.Catalog{Roles: []*policy.Role{r0, r1}, Permissions: permissions}}
}

// entry draws an assignment or a grant: few different ones, so that many are about the same.
func entry(t *rapid.T, w *policy.Policy) policy.Entry {
	e := policy.Entry{Scope: rapid.SampledFrom(w.Scopes).Draw(t, "scope"),
		Starts: policy.Date(rapid.IntRange(0, 6).Draw(t, "starts")),
		Ends:   policy.Date(rapid.SampledFrom([]int{0, 0, 4, 5, 6, 7, 8, 9}).Draw(t, "ends"))}
	if rapid.Bool().Draw(t, "role") {
		e.Role = rapid.SampledFrom(w.Catalog.Roles).Draw(t, "which")
		return e
	}
	e.Permission = rapid.SampledFrom(w.Catalog.Permissions).Draw(t, "which")
	e.Actions = policy.Actions(rapid.IntRange(0, 3).Draw(t, "actions"))
	return e
}

// TestOutlasted compares what trees find with looking at each source, while some are turned off.
func TestOutlasted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := world(t)
		u := &policy.User{ID: "ana"}
		for range rapid.IntRange(2*few, 200).Draw(t, "entries") {
			u.Entries = append(u.Entries, entry(t, w))
		}
		own := len(u.Entries)
		g := &policy.Group{ID: "g", Entries: u.Entries[own/2:]}
		u.Entries, w.Groups = u.Entries[:own/2], []*policy.Group{g}
		u.Memberships = []policy.Membership{{Group: g, Direct: 1}}
		p, plain := newPerson(newFinder(w)), newPerson(newFinder(w))
		p.load(u)
		plain.load(u)
		if len(p.sources) <= few {
			t.Skip("the others are compared in another order")
		}
		p.spans = map[uint64]*spanTree{}
		p.loose = rapid.Bool().Draw(t, "loose")
		plain.loose = p.loose
		for i := len(p.sources) - 1; i >= 0; i-- {
			if got, want := p.covered(i), plain.covered(i); got != want {
				t.Fatalf("%d: %v, want %v", i, got, want)
			}
			if i < p.own && (p.repeats(i) || rapid.IntRange(0, 3).Draw(t, "off") == 0) {
				p.turnOff(i)
				plain.sources[i].off = true
			}
		}
	})
}

// TestRepeats compares a map with looking at each source before.
func TestRepeats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := world(t)
		u := &policy.User{ID: "ana"}
		for range rapid.IntRange(1, 300).Draw(t, "entries") {
			u.Entries = append(u.Entries, entry(t, w))
		}
		p := newPerson(newFinder(w))
		p.load(u)
		for i := range p.sources {
			want := false
			for j := range i {
				want = want || same(p.sources[i].entry, p.sources[j].entry)
			}
			if p.repeats(i) != want {
				t.Fatalf("%d: want %v", i, want)
			}
		}
	})
}
