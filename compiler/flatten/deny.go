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

// covering remembers the deny rules that cover a scope, since rows are in the order of scopes.
type covering struct {
	scope *policy.Scope
	rules []*deny
}

// deniesFor returns the deny rules that match the user. What they take from a row then depends only on
// its scope, permission and actions.
func (f *Flattener) deniesFor(a *policy.Access) []*deny {
	f.matched, f.covering.scope = f.matched[:0], nil
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

// withhold removes denied actions and lists them.
func (f *Flattener) withhold(r *policy.Row, denies []*deny) {
	given := r.Actions
	r.Withheld = nil
	for _, d := range f.denying(denies, r.Scope) {
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
