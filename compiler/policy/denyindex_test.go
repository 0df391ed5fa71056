package policy

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The index finds each deny rule that matches a user.
func TestDenyIndex(t *testing.T) {
	roles := []*Role{{ID: "r"}, {ID: "s"}, {ID: "t"}}
	groups := []*Group{{ID: "g"}, {ID: "h", Index: 1}}
	names := rapid.SampledFrom([]Ref{{Name: "g"}, {Name: "h"}, {Name: "everyone"}, {Name: "everyone:staff"}})
	rapid.Check(t, func(t *rapid.T) {
		rules := make([]*Rule, rapid.IntRange(0, 6).Draw(t, "rules"))
		for i := range rules {
			rules[i] = &Rule{Deny: &Selector{
				Roles:      rapid.SliceOfN(rapid.SampledFrom(roles), 0, 2).Draw(t, "roles"),
				GroupNames: rapid.SliceOfN(names, 0, 2).Draw(t, "groups"),
			}}
		}
		a := &Access{User: &User{Affiliation: rapid.SampledFrom([]string{"", "staff"}).Draw(t, "kind")}, On: 1}
		for _, r := range rapid.SliceOfN(rapid.SampledFrom(roles), 0, 3).Draw(t, "held") {
			a.Roles = append(a.Roles, Held{Role: r})
		}
		for _, g := range groups {
			if rapid.Bool().Draw(t, "member") {
				a.User.Join(g)
			}
		}
		var got, want []int
		for _, i := range NewDenyIndex(rules).About(a) {
			if rules[i].Deny.MatchesUser(a) {
				got = append(got, i)
			}
		}
		for i := range rules {
			if rules[i].Deny.MatchesUser(a) {
				want = append(want, i)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}
