package flatten

import (
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
