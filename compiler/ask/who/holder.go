package who

import "permc.dev/permc/compiler/policy"

// Assignable are the scopes on which a role is assigned to matter within one:
// it, or else the nearest above it that fits, or else those under it.
func Assignable(r *policy.Role, within *policy.Scope) (list []*policy.Scope) {
	for s := within; s != nil; s = s.Parent {
		if r.Levels.Has(s.Level) {
			return []*policy.Scope{s}
		}
	}
	policy.Reach{Kind: policy.Subtree}.Each(within, r.Levels, func(s *policy.Scope) { list = append(list, s) })
	return list
}

// Holder is somebody who may have a role, and has it on some scopes, and
// nothing else. The places are those of the catalog.
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
