package roles

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"permc.dev/permc/compiler/policy"
)

// TestCandidates: groups and marks find the roles that counting each bundle for each set of grants finds.
func TestCandidates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bundles := drawBundles(t)
		groups := groupBundles(bundles)
		for range 3 {
			got, want := bestCandidate(groups), plainCandidate(bundles)
			if diff := cmp.Diff(describeCandidate(want), describeCandidate(got)); diff != "" {
				t.Fatalf("-counted +found\n%s", diff)
			}
			if got == nil {
				return
			}
			bundles, groups = plainWithout(bundles, got), without(groups, got)
			if diff := cmp.Diff(sizes(groupBundles(bundles)), sizes(groups)); diff != "" {
				t.Fatalf("groups that are left: -counted +found\n%s", diff)
			}
		}
	})
}

func drawBundles(t *rapid.T) (list []bundle) {
	permissions := make([]*policy.Permission, 70)
	for i := range permissions {
		permissions[i] = &policy.Permission{Index: i}
	}
	some := rapid.SampledFrom(permissions)
	for i := range rapid.IntRange(0, 25).Draw(t, "users") {
		u := &policy.User{ID: fmt.Sprintf("user-%02d", i)}
		for j := range rapid.IntRange(1, 2).Draw(t, "scopes") {
			b := bundle{user: u, scope: &policy.Scope{Path: fmt.Sprint(j), Level: rapid.IntRange(0, 1).Draw(t, "level")}}
			for range rapid.IntRange(2, 6).Draw(t, "grants") {
				p := permissions[rapid.IntRange(0, 5).Draw(t, "permission")]
				if rapid.IntRange(0, 9).Draw(t, "rare") == 0 {
					p = some.Draw(t, "any permission")
				}
				b.grants = append(b.grants, Grant{p, policy.Actions(rapid.IntRange(1, 2).Draw(t, "actions"))})
			}
			if b.grants = joinGrants(b.grants); len(b.grants) > 1 {
				list = append(list, b)
			}
		}
	}
	return list
}

// plainCandidate tries the grants of each bundle, and those that each two bundles have alike.
func plainCandidate(bundles []bundle) (best *Candidate) {
	var sets []group
	for _, g := range groupBundles(bundles) {
		sets = append(sets, group{level: g.level, grants: g.grants})
	}
	for i := range len(sets) {
		for j := range i {
			if sets[i].level == sets[j].level {
				both := slices.DeleteFunc(slices.Clone(sets[i].grants),
					func(x Grant) bool { return !slices.Contains(sets[j].grants, x) })
				sets = append(sets, group{level: sets[i].level, grants: both})
			}
		}
	}
	for _, s := range sets {
		c := &Candidate{Level: s.level, Grants: s.grants}
		for _, b := range bundles {
			if includesGrants(b, c) {
				c.Places = append(c.Places, Place{b.user, b.scope})
			}
		}
		if len(c.Places) >= leastPlaces && len(c.Grants) > 1 && (best == nil || c.Saved() > best.Saved()) {
			best = c
		}
	}
	return best
}

func includesGrants(b bundle, c *Candidate) bool {
	return b.scope.Level == c.Level && !slices.ContainsFunc(c.Grants,
		func(x Grant) bool { return !slices.Contains(b.grants, x) })
}

func plainWithout(bundles []bundle, c *Candidate) (rest []bundle) {
	for _, b := range bundles {
		if includesGrants(b, c) {
			b.grants = slices.DeleteFunc(slices.Clone(b.grants), func(x Grant) bool { return slices.Contains(c.Grants, x) })
		}
		if len(b.grants) > 1 {
			rest = append(rest, b)
		}
	}
	return rest
}

// sizes returns each set of grants, with how many bundles are the same, in order.
func sizes(groups []group) (lines []string) {
	for _, g := range groups {
		lines = append(lines, fmt.Sprintf("%d times %s, marks %x", len(g.list), g.key, g.marks))
	}
	return lines
}

func describeCandidate(c *Candidate) (lines []string) {
	if c == nil {
		return nil
	}
	for _, g := range c.Grants {
		lines = append(lines, fmt.Sprintf("level %d: permission %d, actions %x", c.Level, g.Permission.Index, g.Actions))
	}
	places := len(lines)
	for _, at := range c.Places {
		lines = append(lines, at.User.ID+" on "+at.Scope.Path)
	}
	slices.Sort(lines[places:])
	return lines
}
