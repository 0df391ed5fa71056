package flatten

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"permc.dev/permc/compiler/policy"
)

// A deny rule takes the same actions whether or not it is one of many.
func TestTakes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := &policy.Catalog{}
		for i := range rapid.IntRange(1, 5).Draw(t, "permissions") {
			actions := rapid.SampledFrom([][]string{{"use"}, {"read", "write"}, {"write", "admin"}}).Draw(t, "actions")
			c.Permissions = append(c.Permissions, &policy.Permission{Index: i, Actions: actions})
		}
		r := &policy.Rule{Deny: &policy.Selector{
			Permissions: rapid.SliceOf(rapid.SampledFrom(c.Permissions)).Draw(t, "named"),
			Actions:     rapid.SliceOf(rapid.SampledFrom([]string{"use", "read", "write"})).Draw(t, "denied"),
		}}
		few, many := newDeny(r, c, false), newDeny(r, c, true)
		for i, p := range c.Permissions {
			if want := r.Deny.Selects(p); few.takes(i) != want || many.takes(i) != want {
				t.Errorf("takes %b or %b of %v, want %b", few.takes(i), many.takes(i), p.Actions, want)
			}
		}
	})
}

// The index finds each deny rule that matches a user.
func TestDenyIndex(t *testing.T) {
	roles := []*policy.Role{{ID: "r"}, {ID: "s"}, {ID: "t"}}
	groups := []*policy.Group{{ID: "g"}, {ID: "h", Index: 1}}
	names := rapid.SampledFrom([]policy.Ref{{Name: "g"}, {Name: "h"}, {Name: "everyone"}, {Name: "everyone:staff"}})
	rapid.Check(t, func(t *rapid.T) {
		rules := make([]deny, rapid.IntRange(0, 6).Draw(t, "rules"))
		for i := range rules {
			rules[i].rule = &policy.Rule{Deny: &policy.Selector{
				Roles:      rapid.SliceOfN(rapid.SampledFrom(roles), 0, 2).Draw(t, "roles"),
				GroupNames: rapid.SliceOfN(names, 0, 2).Draw(t, "groups"),
			}}
		}
		a := &policy.Access{User: &policy.User{Affiliation: rapid.SampledFrom([]string{"", "staff"}).Draw(t, "kind")}, On: 1}
		for _, r := range rapid.SliceOfN(rapid.SampledFrom(roles), 0, 3).Draw(t, "held") {
			a.Roles = append(a.Roles, policy.Held{Role: r})
		}
		for _, g := range groups {
			if rapid.Bool().Draw(t, "member") {
				a.User.Join(g)
			}
		}
		var got, want []int
		for _, i := range newDenyIndex(rules).about(a) {
			if rules[i].rule.Deny.MatchesUser(a) {
				got = append(got, i)
			}
		}
		for i := range rules {
			if rules[i].rule.Deny.MatchesUser(a) {
				want = append(want, i)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}
