package flatten

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"permc.dev/permc/compiler/policy"
)

// TestSpread compares what users have in whole trees, listed apart, with what each entry gives on each scope.
func TestSpread(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawTrees(t)
		want, got := New(p), New(p)
		want.spreads.from, got.spreads.from = 1<<30, 0
		for range 2 { // memory is used again
			for _, u := range p.Users {
				a, b := want.User(u), got.User(u)
				same := cmp.Options{cmpopts.EquateEmpty(), cmp.Comparer(func(x, y *policy.User) bool { return x == y }),
					cmp.Comparer(func(x, y *policy.Scope) bool { return x == y }),
					cmp.Comparer(func(x, y *policy.Role) bool { return x == y }),
					cmp.Comparer(func(x, y *policy.Group) bool { return x == y }),
					cmp.Comparer(func(x, y *policy.Entry) bool { return x == y }),
					cmp.Comparer(func(x, y *policy.Permission) bool { return x == y }),
					cmp.Comparer(func(x, y *policy.Rule) bool { return x == y })}
				if diff := cmp.Diff(a, b, same); diff != "" {
					t.Fatal(diff)
				}
			}
		}
	})
}

// drawTrees draws a policy with two trees, one with a part that stands apart, and roles of every reach.
func drawTrees(t *rapid.T) *policy.Policy {
	c := &policy.Catalog{Levels: []string{"top", "unit"}}
	p := &policy.Policy{Catalog: c, AsOf: 20000}
	level := func() policy.LevelSet { return policy.LevelSet(rapid.IntRange(1, 3).Draw(t, "levels")) }
	for i := range 4 {
		c.Permissions = append(c.Permissions, &policy.Permission{ID: string(rune('a' + i)), Index: i, Levels: level(),
			Actions: []string{"view", "edit"}})
	}
	if rapid.Bool().Draw(t, "implies") {
		c.Permissions[0].Implies = []*policy.Permission{c.Permissions[1]}
		c.Implying = c.Permissions[:1]
	}
	for i := range 3 {
		c.Roles = append(c.Roles, &policy.Role{ID: string(rune('r' + i)), Index: i, Levels: 3})
	}
	for _, r := range c.Roles {
		for range rapid.IntRange(0, 5).Draw(t, "cells") {
			r.Cells = append(r.Cells, policy.Cell{
				Permission: rapid.SampledFrom(c.Permissions).Draw(t, "permission"),
				Actions:    policy.Actions(rapid.IntRange(1, 3).Draw(t, "actions")), Own: rapid.Bool().Draw(t, "own"),
				Reach: policy.Reach{Kind: rapid.SampledFrom([]policy.ReachKind{policy.Self, policy.Tree, policy.Tree,
					policy.Subtree}).Draw(t, "reach")},
				Confidence: policy.Confidence(rapid.IntRange(0, 2).Draw(t, "sure")),
			})
		}
	}
	if rapid.Bool().Draw(t, "includes") {
		c.Roles[2].Includes = []policy.Include{{Role: c.Roles[1], Reach: policy.Reach{Kind: policy.Tree}}}
	}
	for i := range 8 {
		s := &policy.Scope{Index: i, Path: string(rune('A' + i)), ScopeDetail: &policy.ScopeDetail{}}
		if i != 0 && i != 5 { // two tops, with four units and two
			s.Parent, s.Level = p.Scopes[i/5*5], 1
			s.Parent.Children = append(s.Parent.Children, s)
		}
		s.Apart = i == 4
		p.Scopes = append(p.Scopes, s)
	}
	pos := uint32(0)
	entries := func(n int) (list []policy.Entry) {
		for range rapid.IntRange(0, n).Draw(t, "entries") {
			pos++
			e := policy.Entry{Scope: rapid.SampledFrom(p.Scopes).Draw(t, "scope"), Pos: policy.Pos{Off: pos},
				Ends: policy.Date(rapid.SampledFrom([]int{0, 19999, 20003}).Draw(t, "ends"))}
			if rapid.Bool().Draw(t, "grant") {
				e.Permission, e.Actions = rapid.SampledFrom(c.Permissions).Draw(t, "permission"), 1
			} else {
				e.Role = rapid.SampledFrom(c.Roles).Draw(t, "role")
			}
			list = append(list, e)
		}
		return list
	}
	g := &policy.Group{ID: "g", Entries: entries(3)}
	p.Groups = []*policy.Group{g}
	for range 2 {
		u := &policy.User{Entries: entries(6), Memberships: []policy.Membership{{Group: g}}}
		p.Users = append(p.Users, u)
	}
	return p
}
