package rules

import (
	"slices"
	"testing"

	"permc.dev/permc/compiler/policy"
	"pgregory.net/rapid"
)

// The index of places leaves out none that is related to a scope, and of many on the same scope has no others.
func TestPlaceIndex(t *testing.T) {
	roles := []*policy.Role{{ID: "r"}, {ID: "s"}}
	top := &policy.Scope{Path: "top"}
	scopes := []*policy.Scope{top, {Path: "top/a", Parent: top}, {Path: "top/b", Parent: top}, {Path: "other"}}
	rapid.Check(t, func(t *rapid.T) {
		var a policy.Access
		for i := range rapid.IntRange(0, 3*policy.Long).Draw(t, "roles") {
			a.Roles = append(a.Roles, policy.Held{
				Role:  rapid.SampledFrom(roles).Draw(t, "role"),
				Scope: rapid.SampledFrom(scopes).Draw(t, "scope"),
				Entry: &policy.Entry{Pos: policy.Pos{Off: uint32(i)}},
			})
		}
		item := policy.Item{Role: roles[0]}
		from := rapid.SampledFrom(scopes).Draw(t, "from")
		at := rapid.SampledFrom([]policy.Relation{policy.Same, policy.Nearby, policy.Anywhere}).Draw(t, "at")
		x := &placeIndex{access: &a, all: map[policy.Item][]place{}}
		related := func(list []place) []place {
			return slices.DeleteFunc(slices.Clone(list), func(p place) bool { return !at.Holds(from, p.scope) })
		}
		all := findPlaces(&a, item)
		near := x.near(item, from, at)
		if !slices.Equal(related(near), related(all)) {
			t.Errorf("got %v, want %v", near, related(all))
		}
		if at == policy.Same && len(all) >= policy.Long && len(near) != len(related(all)) {
			t.Errorf("got %d places, want %d", len(near), len(related(all)))
		}
	})
}
