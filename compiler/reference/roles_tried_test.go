package reference_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"permc.dev/permc/compiler/ask/roles"
	"permc.dev/permc/compiler/flatten"
	"permc.dev/permc/compiler/policy"
)

// Trying every smaller set of roles of a shipped product finds none that gives a person the same.
func TestRolesShippedSmallest(t *testing.T) {
	for _, product := range sorted(products) {
		t.Run(product, func(t *testing.T) {
			var tried atomic.Int64
			rapid.Check(t, func(t *rapid.T) {
				s := shippedProjects(t, product, false)
				p, _ := lintedText(t, s.text())
				for _, u := range p.Policy.Users {
					a, _, err := roles.Ask(context.Background(), p, roles.Question{User: u, Most: 1 << 20})
					if err != nil {
						t.Fatal(err)
					}
					for i := range a.People {
						x := &trial{T: t, flatten: flatten.New(p.Policy), policy: p.Policy, person: &a.People[i]}
						x.run()
						tried.Add(int64(x.tried))
					}
				}
			})
			if t.Logf("%d sets", tried.Load()); tried.Load() == 0 {
				t.Error("too few sets to tell")
			}
		})
	}
}

// trial tries undated roles in place of those of a person.
type trial struct {
	*rapid.T
	flatten *flatten.Flattener
	policy  *policy.Policy
	person  *roles.Person
	all     []policy.Entry // assignments that give the person nothing new
	rest    []policy.Entry // grants
	want    string
	tried   int
}

// run tries every set that is smaller than what is proposed, of two at most, if there are few.
func (x *trial) run() {
	p := x.person
	rejected := func(e policy.Entry) bool { return e.FaultFor(p.User) != 0 }
	if !p.Proved || p.Unsure || slices.ContainsFunc(p.User.Entries, rejected) {
		return
	}
	x.want = x.access(p.User.Entries)
	has := map[string]policy.Actions{}
	a := x.flatten.User(p.User)
	for i := range a.Rows {
		r := &a.Rows[i]
		has[r.Scope.Path+" "+r.Permission.ID] = r.Actions
	}
	for _, e := range p.User.Entries {
		if e.Role == nil {
			x.rest = append(x.rest, e)
		}
	}
	for _, r := range x.policy.Catalog.Roles {
		for _, on := range x.policy.Scopes {
			e := policy.Entry{Role: r, Scope: on}
			if e.Judge(); r.Levels.Has(on.Level) && e.FaultFor(p.User) == 0 && x.mayHaveRole(on) && x.isWithin(e, has) {
				x.all = append(x.all, e)
			}
		}
	}
	if len(x.all) < 40 {
		x.try(nil, 0, min(2, p.Smallest-1))
	}
}

// mayHaveRole reports whether a role on a scope breaks no rule about whoever has any role there: the person has one
// there now, or there is no such rule.
func (x *trial) mayHaveRole(on *policy.Scope) bool {
	asks := func(r *policy.Rule) bool { return r.Require != nil && r.Require.AnyRole }
	has := func(e policy.Entry) bool { return e.Role != nil && e.Scope == on }
	return !slices.ContainsFunc(x.policy.Rules, asks) || slices.ContainsFunc(x.person.User.Entries, has)
}

// isWithin reports whether an assignment by itself gives only what the person has.
func (x *trial) isWithin(e policy.Entry, has map[string]policy.Actions) bool {
	u := *x.person.User
	u.Entries = []policy.Entry{e}
	a := x.flatten.User(&u)
	return !slices.ContainsFunc(a.Rows, func(r policy.Row) bool {
		return r.Actions&^has[r.Scope.Path+" "+r.Permission.ID] != 0
	})
}

// try adds one assignment after the other to those chosen.
func (x *trial) try(chosen []policy.Entry, from, left int) {
	if left < 0 {
		return
	}
	if x.tried++; len(chosen) > 0 && x.access(slices.Concat(chosen, x.rest)) == x.want {
		x.Fatalf("%s: %d roles are enough, not %d: %s on %s", x.person.User.ID, len(chosen), x.person.Smallest,
			chosen[0].Role.ID, chosen[0].Scope.Path)
	}
	for i := from; i < len(x.all) && left > 0; i++ {
		x.try(append(slices.Clip(chosen), x.all[i]), i+1, left-1)
	}
}

// access says what the person has with other entries: the rows, the roles that something asks for, and the scopes with
// a role if something asks for one.
func (x *trial) access(entries []policy.Entry) string {
	u := *x.person.User
	u.Entries = entries
	a := x.flatten.User(&u)
	var all []string
	for _, r := range policy.Split(a.Rows) {
		all = append(all, fmt.Sprint(r.Scope.Path, r.Permission.ID, r.Actions, r.Records, r.Ends, r.Confidence()))
	}
	asked := x.askedFor()
	for _, h := range a.Roles {
		if asked[h.Role] {
			all = append(all, fmt.Sprintf("role %s on %s, assigned: %v", h.Role.ID, h.Scope.Path, h.From == nil))
		}
		if x.countsRoles() && h.From == nil {
			all = append(all, "a role on "+h.Scope.Path)
		}
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), "\n")
}

func (x *trial) countsRoles() bool {
	return slices.ContainsFunc(x.policy.Rules, func(r *policy.Rule) bool { return r.PerUser != nil && r.PerUser.Min > 0 })
}

// askedFor returns the roles that the catalog and its rules name.
func (x *trial) askedFor() map[*policy.Role]bool {
	set := map[*policy.Role]bool{x.policy.Catalog.Default: true}
	for _, r := range x.policy.Catalog.Roles {
		set[r] = set[r] || len(r.Delegates) > 0
	}
	for _, p := range x.policy.Catalog.Permissions {
		addNeeded(set, p.When)
	}
	for _, r := range x.policy.Rules {
		for _, sel := range []*policy.Selector{r.Deny, r.Forbid} {
			if sel != nil {
				addSelected(set, sel)
			}
		}
		if r.Require != nil {
			addSelected(set, &r.Require.Holding)
			addNeeded(set, r.Require.Needs)
		}
		if r.Conflict != nil {
			for _, item := range slices.Concat(r.Conflict.Between.Items, r.Conflict.And.Items) {
				set[item.Role] = true
			}
		}
		if r.Holders != nil {
			set[r.Holders.Role] = true
			for _, except := range r.Holders.Except {
				set[except] = true
			}
		}
	}
	return set
}

func addSelected(set map[*policy.Role]bool, sel *policy.Selector) {
	for _, r := range sel.Roles {
		set[r] = true
	}
	addNeeded(set, sel.Unless)
}

func addNeeded(set map[*policy.Role]bool, r *policy.Requirement) {
	if r == nil {
		return
	}
	set[r.Role] = true
	for _, x := range slices.Concat(r.AllOf, r.AnyOf, r.NoneOf) {
		addNeeded(set, x)
	}
}
