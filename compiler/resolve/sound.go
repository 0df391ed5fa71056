package resolve

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// soundness reports cycles, and permissions that nobody can ever hold.
func (b *catalogBinder) soundness() {
	roles := sortByDependency(b.catalog.Roles, func(r *policy.Role) (next []*policy.Role) {
		for _, i := range r.Includes {
			next = append(next, i.Role)
		}
		return next
	})
	b.cycle(len(roles.cycle) > 0, "roles include each other", func() (policy.Pos, []string) {
		return roles.cycle[0].Pos, mapIDs(roles.cycle, func(r *policy.Role) string { return r.ID })
	})
	implied := sortByDependency(b.catalog.Permissions, func(p *policy.Permission) []*policy.Permission {
		return p.Implies
	})
	b.cycle(len(implied.cycle) > 0, "permissions imply each other", func() (policy.Pos, []string) {
		return placeCycle(implied.cycle)
	})
	derived := sortByDependency(b.catalog.Permissions, func(p *policy.Permission) []*policy.Permission {
		return neededPermissions(p.When)
	})
	b.cycle(len(derived.cycle) > 0, "derived permissions need each other", func() (policy.Pos, []string) {
		return placeCycle(derived.cycle)
	})

	for _, p := range derived.list { // needed permissions come first
		if p.When != nil {
			b.catalog.Derived = append(b.catalog.Derived, p)
		}
	}
	for _, p := range slices.Backward(implied.list) { // implying permissions come first
		if len(p.Implies) > 0 {
			b.catalog.Implying = append(b.catalog.Implying, p)
		}
	}
	for _, p := range b.catalog.Permissions {
		for _, q := range p.Implies {
			if q.When != nil {
				b.errorf("schema", p.Pos, "permission %q implies %q, which is derived", p.ID, q.ID)
			}
		}
	}
	b.unreachable()
}

func placeCycle(cycle []*policy.Permission) (policy.Pos, []string) {
	return cycle[0].Pos, mapIDs(cycle, func(p *policy.Permission) string { return p.ID })
}

func mapIDs[T any](list []T, id func(T) string) (out []string) {
	for _, x := range list {
		out = append(out, id(x))
	}
	return out
}

func (b *catalogBinder) cycle(found bool, what string, of func() (policy.Pos, []string)) {
	if found {
		pos, ids := of()
		b.errorf("schema", pos, "%s: %s", what, strings.Join(append(ids, ids[0]), " > "))
	}
}

// neededPermissions returns the permissions that a requirement depends on.
func neededPermissions(r *policy.Requirement) (list []*policy.Permission) {
	if r == nil {
		return nil
	}
	if r.Permission != nil {
		list = append(list, r.Permission)
	}
	for _, of := range [][]*policy.Requirement{r.AllOf, r.AnyOf, r.NoneOf} {
		for _, x := range of {
			list = append(list, neededPermissions(x)...)
		}
	}
	return list
}

// ordered is a list in which each element comes after those that it leads to, or a cycle.
type ordered[T any] struct{ list, cycle []T }

func sortByDependency[T comparable](all []T, next func(T) []T) (out ordered[T]) {
	const open, done = 1, 2
	state := map[T]int{}
	var path []T
	var visit func(x T)
	visit = func(x T) {
		switch state[x] {
		case open:
			if out.cycle == nil {
				out.cycle = slices.Clone(path[slices.Index(path, x):])
			}
			return
		case done:
			return
		}
		state[x] = open
		path = append(path, x)
		for _, y := range next(x) {
			visit(y)
		}
		path = path[:len(path)-1]
		state[x] = done
		out.list = append(out.list, x)
	}
	for _, x := range all {
		visit(x)
	}
	return out
}

// unreachable reports permissions that no role gives, nobody can be granted, nothing implies and no
// requirement derives.
func (b *catalogBinder) unreachable() {
	given := map[*policy.Permission]bool{}
	for _, r := range b.catalog.Roles {
		if r.Limited && len(r.Affiliations) == 0 {
			continue
		}
		for _, c := range r.Cells {
			given[c.Permission] = true
		}
	}
	for _, p := range b.catalog.Permissions {
		if p.Grantable || p.When != nil {
			given[p] = true
		}
	}
	for _, p := range b.catalog.Implying {
		for _, q := range p.Implies {
			given[q] = given[q] || given[p]
		}
	}
	for _, p := range b.catalog.Permissions {
		if !given[p] && p.Deprecated == "" && !b.dropped[p.ID] {
			b.errorf("schema", b.placeOf(p),
				"nobody can ever hold permission %q: no role gives it, it is not grantable, and nothing implies or "+
					"derives it", p.ID)
		}
	}
}

// placeOf returns where to edit a permission: at the last correction that removed it, or where it is
// declared.
func (b *catalogBinder) placeOf(p *policy.Permission) policy.Pos {
	for i := range slices.Backward(b.declared.Corrections) {
		if x := &b.declared.Corrections[i]; x.Permission.Name == p.ID && x.Cell == "" {
			return x.Permission.Pos
		}
	}
	return p.Pos
}
