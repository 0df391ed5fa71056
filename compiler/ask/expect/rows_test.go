package expect

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"permc.dev/permc/compiler/policy"
)

// Of many expectations, each looks at the same rows in the same order as one that looks at all.
func TestRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scopes := drawScopes(t)
		permissions := []*policy.Permission{{ID: "p"}, {ID: "q", Index: 1}}
		a := &policy.Access{}
		for _, s := range scopes {
			for _, p := range permissions {
				if rapid.Bool().Draw(t, "row") {
					a.Rows = append(a.Rows, policy.Row{Scope: s, Permission: p})
				}
			}
		}
		e := &Expectation{Entry: &policy.Expect{}}
		if rapid.Bool().Draw(t, "on a scope") {
			e.scope = rapid.SampledFrom(scopes).Draw(t, "scope")
		}
		if rapid.Bool().Draw(t, "can") {
			e.Entry.Can = policy.Ref{Name: "p"}
		}
		about := rapid.SampledFrom(append(permissions, nil)).Draw(t, "about")
		list := func(h *held) (list []*policy.Row) {
			for r := range h.rows(e, about) {
				if e.covers(r.Scope) && (about == nil || r.Permission == about) {
					list = append(list, r)
				}
			}
			return list
		}
		if got, want := list(hold(a, 1000)), list(hold(a, 1)); !slices.Equal(got, want) {
			t.Fatalf("%d rows, want %d", len(got), len(want))
		}
	})
}

// drawScopes draws a forest of scopes, in the order of their paths.
func drawScopes(t *rapid.T) []*policy.Scope {
	list := []*policy.Scope{{Path: "a"}, {Path: "a-b"}, {Path: "a.b"}}
	for range rapid.IntRange(0, 12).Draw(t, "scopes") {
		in := rapid.SampledFrom(list).Draw(t, "in")
		path := in.Path + "/" + rapid.SampledFrom([]string{"a", "a-b", "a b", "b", "é"}).Draw(t, "name")
		if !slices.ContainsFunc(list, func(s *policy.Scope) bool { return s.Path == path }) {
			list = append(list, &policy.Scope{Path: path, Parent: in})
		}
	}
	slices.SortFunc(list, func(x, y *policy.Scope) int {
		if x.Path < y.Path {
			return -1
		}
		return 1
	})
	for i, s := range list {
		s.Index = i
	}
	return list
}
