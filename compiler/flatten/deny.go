package flatten

import (
	"math/bits"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// deny is a deny rule with the actions that it takes from each permission.
type deny struct {
	rule    *policy.Rule
	actions []policy.Actions // by permission index
	named   map[int]policy.Actions
}

// manyDenies is how many deny rules may each have a list of all permissions.
const manyDenies = 64

// newDeny returns a deny rule with what it takes. If there are many rules, one that names permissions has only those.
func newDeny(r *policy.Rule, c *policy.Catalog, many bool) deny {
	if names := r.Deny.Permissions; many && len(names) > 0 {
		d := deny{rule: r, named: make(map[int]policy.Actions, len(names))}
		for _, p := range names {
			d.named[p.Index] = r.Deny.Selects(p)
		}
		return d
	}
	d := deny{rule: r, actions: make([]policy.Actions, len(c.Permissions))}
	for i, p := range c.Permissions {
		d.actions[i] = r.Deny.Selects(p)
	}
	return d
}

// takes returns the actions that the rule takes from a permission, by its index.
func (d *deny) takes(permission int) policy.Actions {
	if d.named != nil {
		return d.named[permission]
	}
	return d.actions[permission]
}

// covering remembers the deny rules that cover a scope, since rows are in the order of scopes.
type covering struct {
	scope *policy.Scope
	rules []*deny
}

// deniesFor returns the deny rules that match the user. What they take from a row then depends only on
// its scope, permission and actions.
func (f *Flattener) deniesFor(a *policy.Access) []*deny {
	f.matched, f.covering.scope = f.matched[:0], nil
	if len(f.denies) > manyDenies {
		if f.denyIndex == nil {
			f.denyIndex = policy.NewDenyIndex(f.policy.Denies)
		}
		for _, i := range f.denyIndex.About(a) {
			if f.denies[i].rule.Deny.MatchesUser(a) {
				f.matched = append(f.matched, &f.denies[i])
			}
		}
		return f.matched
	}
	for i := range f.denies {
		if f.denies[i].rule.Deny.MatchesUser(a) {
			f.matched = append(f.matched, &f.denies[i])
		}
	}
	return f.matched
}

// denying returns which of the deny rules that match the user cover a scope.
func (f *Flattener) denying(denies []*deny, scope *policy.Scope) []*deny {
	if f.covering.scope == scope {
		return f.covering.rules
	}
	f.covering.scope, f.covering.rules = scope, f.covering.rules[:0]
	for _, d := range denies {
		if d.rule.Deny.Covers(f.user, scope, f.day) {
			f.covering.rules = append(f.covering.rules, d)
		}
	}
	return f.covering.rules
}

// withheld remembers what the deny rules that cover a scope leave of some actions of a permission. Lists of what they
// take are shared by rows, and never change.
type withheld struct {
	given, left policy.Actions
	rules       []*deny
	list        []policy.Withheld
}

// withhold removes denied actions and lists them. Most rows of a permission lose the same actions by the same rules.
func (f *Flattener) withhold(r *policy.Row, denies []*deny) {
	rules := f.denying(denies, r.Scope)
	if len(rules) == 0 {
		return
	}
	if f.withheld == nil {
		f.withheld = make([]withheld, len(f.policy.Catalog.Permissions))
	}
	x := &f.withheld[r.Permission.Index]
	if x.given != r.Actions || !slices.Equal(x.rules, rules) {
		x.given, x.rules = r.Actions, append(x.rules[:0], rules...)
		x.left, x.list = withhold(r.Permission, r.Actions, rules)
	}
	r.Actions, r.Withheld = x.left, x.list
}

// withhold returns what deny rules leave of some actions of a permission, and a list of what they take.
func withhold(p *policy.Permission, given policy.Actions, rules []*deny) (left policy.Actions, list []policy.Withheld) {
	var taken policy.Actions
	n := 0
	for _, d := range rules {
		set := given & d.takes(p.Index)
		taken |= set
		n += bits.OnesCount64(uint64(set))
	}
	if n == 0 {
		return given, nil
	}
	list = make([]policy.Withheld, 0, n)
	for i, name := range p.Actions {
		one := policy.Actions(1) << i
		if taken&one == 0 {
			continue
		}
		for _, d := range rules {
			if given&d.takes(p.Index)&one != 0 {
				list = append(list, policy.Withheld{Action: name, Rule: d.rule})
			}
		}
	}
	return given &^ taken, list
}
