package roles

import "permc.dev/permc/compiler/policy"

// keepsCounts reports whether rules that count a person's roles on a scope find nothing new after a change.
func (w *worker) keepsCounts(before, after *policy.User) bool {
	if len(w.counted) == 0 {
		return true
	}
	had, has := w.countDirect(before), w.countDirect(after)
	for on := range has {
		if had[on] == nil {
			had[on] = map[*policy.Role]bool{}
		}
	}
	for _, r := range w.counted {
		for on := range had {
			was, is := len(had[on]), len(has[on])
			if was == is || r.PerUser.Level >= 0 && on.Level != r.PerUser.Level {
				continue
			}
			tooMany := r.PerUser.Max >= 0 && is > r.PerUser.Max && is > was
			tooFew := is < r.PerUser.Min && (is < was || was == 0)
			if tooMany || tooFew {
				return false
			}
		}
	}
	return true
}

// countDirect returns the roles that a user has on each scope, without those that other roles include.
func (w *worker) countDirect(u *policy.User) map[*policy.Scope]map[*policy.Role]bool {
	all := map[*policy.Scope]map[*policy.Role]bool{}
	access := w.flatten.User(u)
	for i := range access.Roles {
		h := &access.Roles[i]
		if h.From != nil {
			continue
		}
		if all[h.Scope] == nil {
			all[h.Scope] = map[*policy.Role]bool{}
		}
		all[h.Scope][h.Role] = true
	}
	return all
}
