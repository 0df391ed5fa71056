package policy

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A sight says of any requirement, from any scope, what the requirement says itself.
func TestSight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scopes := drawScopes(t)
		a := drawAccess(t, scopes)
		x := &Sight{a, nil, map[*Requirement]*part{}, map[*Requirement]*part{}}
		r := drawRequirement(t, 2)
		for range 3 {
			s := rapid.SampledFrom(scopes).Draw(t, "from")
			if got, want := x.Met(r, s), r.Met(a, s); got != want {
				t.Fatalf("%s from %s: got %+v, want %+v", r, s.Path, got, want)
			}
		}
	})
}

// drawScopes draws a forest of scopes, in the order of their paths.
func drawScopes(t *rapid.T) []*Scope {
	list := []*Scope{{Path: "a"}, {Path: "b"}}
	for i := range rapid.IntRange(1, 12).Draw(t, "scopes") {
		in := rapid.SampledFrom(list).Draw(t, "in")
		list = append(list, &Scope{Path: fmt.Sprintf("%s/%c", in.Path, 'c'+i), Parent: in,
			Apart: rapid.Bool().Draw(t, "apart")})
	}
	slices.SortFunc(list, func(x, y *Scope) int { return strings.Compare(x.Path, y.Path) })
	for i, s := range list {
		s.Index = i
	}
	return list
}

var (
	sightRoles       = []*Role{{ID: "r"}, {ID: "s"}}
	sightPermissions = []*Permission{{ID: "p", Actions: []string{"x", "y"}}, {ID: "q", Index: 1, Actions: []string{"x"}}}
)

// drawAccess draws what a user has on some scopes.
func drawAccess(t *rapid.T, scopes []*Scope) *Access {
	a := &Access{User: &User{ID: "ana"}, On: 1}
	if rapid.Bool().Draw(t, "home") {
		a.User.Home = rapid.SampledFrom(scopes).Draw(t, "at home on")
	}
	group := func() *Group {
		return rapid.SampledFrom([]*Group{nil, {ID: "g"}}).Draw(t, "group")
	}
	for i := range rapid.IntRange(0, 8).Draw(t, "roles") {
		a.Roles = append(a.Roles, Held{Role: rapid.SampledFrom(sightRoles).Draw(t, "role"),
			Scope: rapid.SampledFrom(scopes).Draw(t, "on"), Group: group(), Entry: &Entry{Pos: Pos{File: 1, Off: uint32(i)}},
			Ends: Date(rapid.IntRange(0, 3).Draw(t, "ends")), Confidence: Confidence(rapid.IntRange(0, 2).Draw(t, "sure"))})
	}
	for i, s := range scopes {
		for j, p := range sightPermissions {
			if !rapid.Bool().Draw(t, "row") {
				continue
			}
			row := Row{Scope: s, Permission: p, Actions: Actions(rapid.IntRange(0, 3).Draw(t, "left")) & p.All()}
			for k := range rapid.IntRange(1, 2).Draw(t, "sources") {
				row.Via = append(row.Via, Via{Actions: Actions(rapid.IntRange(0, 3).Draw(t, "gives")) & p.All(),
					Group: group(), Ends: Date(rapid.IntRange(0, 3).Draw(t, "ends")),
					Pos: Pos{File: 2, Off: uint32(100*i + 10*j + k)}})
			}
			a.Rows = append(a.Rows, row)
		}
	}
	return a
}

// drawRequirement draws a requirement of roles and permissions.
func drawRequirement(t *rapid.T, depth int) *Requirement {
	r := &Requirement{At: Relation(rapid.IntRange(0, int(AtHome)).Draw(t, "at")), Direct: rapid.Bool().Draw(t, "direct")}
	switch n := rapid.IntRange(0, 4).Draw(t, "kind"); {
	case n == 0:
		r.Role = rapid.SampledFrom(sightRoles).Draw(t, "role")
	case n == 1 || depth == 0:
		r.Permission = rapid.SampledFrom(sightPermissions).Draw(t, "permission")
		r.Actions = Actions(rapid.IntRange(0, 3).Draw(t, "actions")) & r.Permission.All()
	default:
		list := []*Requirement{drawRequirement(t, depth-1), drawRequirement(t, depth-1)}
		*[...]*[]*Requirement{&r.AllOf, &r.AnyOf, &r.NoneOf}[n-2] = list
	}
	return r
}
