package who

import "permc.dev/permc/compiler/policy"

// Assignable returns the scopes on which a role can be assigned to take effect within a scope: that scope, or the
// nearest fitting one above it, or all fitting ones below it.
func Assignable(r *policy.Role, within *policy.Scope) (list []*policy.Scope) {
	for s := within; s != nil; s = s.Parent {
		if r.Levels.Has(s.Level) {
			return []*policy.Scope{s}
		}
	}
	policy.Reach{Kind: policy.Subtree}.Each(within, r.Levels, func(s *policy.Scope) { list = append(list, s) })
	return list
}

// Holder returns a user who holds one role on some scopes and nothing else. Positions are those of the catalog.
func Holder(r *policy.Role, on []*policy.Scope) *policy.User {
	u := &policy.User{Pos: r.Pos}
	if r.Limited && len(r.Affiliations) > 0 {
		u.Affiliation = r.Affiliations[0]
	}
	for _, s := range on {
		u.Entries = append(u.Entries, policy.Entry{Role: r, Scope: s, Pos: r.Pos, ScopePos: s.Pos})
	}
	return u
}
