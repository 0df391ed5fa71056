package flatten

import (
	"slices"

	"permc.dev/permc/compiler/policy"
)

// deny is a deny rule with the actions that it takes from each permission.
type deny struct {
	rule    *policy.Rule
	actions []policy.Actions // by permission index
}

func newDeny(r *policy.Rule, c *policy.Catalog) deny {
	d := deny{rule: r, actions: make([]policy.Actions, len(c.Permissions))}
	for i, p := range c.Permissions {
		d.actions[i] = r.Deny.Selects(p)
	}
	return d
}

// deniesFor returns the deny rules that match the user. What they take from a row then depends only on
// its scope, permission and actions.
func (f *Flattener) deniesFor(a *policy.Access) []*deny {
	f.matched = f.matched[:0]
	for i := range f.denies {
		if f.denies[i].rule.Deny.MatchesUser(a) {
			f.matched = append(f.matched, &f.denies[i])
		}
	}
	return f.matched
}

// withhold removes denied actions and lists them.
func (f *Flattener) withhold(r *policy.Row, denies []*deny) {
	given := r.Actions
	r.Withheld = nil
	for _, d := range denies {
		if !d.rule.Deny.Covers(r.User, r.Scope, f.day) {
			continue
		}
		taken := given & d.actions[r.Permission.Index]
		r.Actions &^= taken
		for _, a := range r.Permission.Names(taken) {
			r.Withheld = append(r.Withheld, policy.Withheld{Action: a, Rule: d.rule})
		}
	}
	if len(r.Withheld) > 1 {
		slices.SortStableFunc(r.Withheld, func(x, y policy.Withheld) int {
			return slices.Index(r.Permission.Actions, x.Action) - slices.Index(r.Permission.Actions, y.Action)
		})
	}
}
