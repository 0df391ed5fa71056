package redundant

import (
	"slices"

	"permc.dev/permc/compiler/policy"
)

// excepted is a role that a rule excepts: what comes through it is not counted, and what comes in another way is.
type excepted struct {
	role *policy.Role
	by   []uint64 // permissions that are counted, or lead to them; nil: any may
}

// noteExcepted notes the roles that a rule about holders excepts.
func (f *finder) noteExcepted(h *policy.Holders) {
	for _, r := range h.Except {
		f.excepted = append(f.excepted, excepted{r, f.leadingTo(h.Permission)})
	}
}

// leadingTo returns a permission and those that imply it, or nil for one that may be derived from others.
func (f *finder) leadingTo(p *policy.Permission) []uint64 {
	all := f.policy.Catalog.Permissions
	set := make([]uint64, len(all)/64+1)
	if p == nil {
		return set
	}
	for list := []*policy.Permission{p}; len(list) > 0; list = list[1:] {
		if list[0].When != nil {
			return nil
		}
		add(set, list[0].Index)
		for _, by := range all {
			if slices.Contains(by.Implies, list[0]) && !has(set, by.Index) {
				list = append(list, by)
			}
		}
	}
	return set
}

// isExcepted reports whether a rule counts something that one source gives, but not as another one gives it.
func (p *person) isExcepted(y, x *source) bool {
	through := func(e *policy.Entry, r *policy.Role) bool {
		return e.Role != nil && (e.Role == r || has(p.catalog.includes[e.Role.Index], r.Index))
	}
	return slices.ContainsFunc(p.excepted, func(e excepted) bool {
		return through(y.entry, e.role) && !through(x.entry, e.role) && p.givesAnyOf(x.entry, e.by)
	})
}

// givesAnyOf reports whether an entry may give one of some permissions.
func (p *person) givesAnyOf(e *policy.Entry, set []uint64) bool {
	switch {
	case set == nil:
		return true
	case e.Permission != nil:
		return has(set, e.Permission.Index)
	}
	for i, word := range p.catalog.gives[e.Role.Index] {
		if word&set[i] != 0 {
			return true
		}
	}
	return false
}
