package policy

import "slices"

// Equal reports whether two reaches lead to the same scopes. The order of labels does not matter.
func (r Reach) Equal(o Reach) bool {
	within := func(a, b []string) bool {
		return !slices.ContainsFunc(a, func(label string) bool { return !slices.Contains(b, label) })
	}
	return r.Kind == o.Kind && within(r.Labels, o.Labels) && within(o.Labels, r.Labels)
}

// Each calls f with the scopes that are reached from s, at some levels.
func (r Reach) Each(s *Scope, levels LevelSet, f func(*Scope)) {
	switch r.Kind {
	case Self:
		if levels.Has(s.Level) {
			f(s)
		}
	case Tree:
		visitSubtree(s.Root(), nil, levels, f)
	case Subtree, Labelled:
		visitSubtree(s, r.Labels, levels, f)
	}
}

// visitSubtree visits the scopes in and under s that have all of the labels.
func visitSubtree(s *Scope, labels []string, levels LevelSet, f func(*Scope)) {
	if levels.Has(s.Level) && s.bears(labels) {
		f(s)
	}
	for _, c := range s.Children {
		if c.Apart {
			continue
		}
		visitSubtree(c, labels, levels, f)
	}
}

// bears reports whether the scope has all of the labels.
func (s *Scope) bears(labels []string) bool {
	if len(labels)*len(s.Labels) > manyPairs {
		set := make(map[string]bool, len(s.Labels))
		for _, l := range s.Labels {
			set[l] = true
		}
		return !slices.ContainsFunc(labels, func(l string) bool { return !set[l] })
	}
	for _, l := range labels {
		if !slices.Contains(s.Labels, l) {
			return false
		}
	}
	return true
}

// RoleOn is a role on a scope.
type RoleOn struct {
	Role  *Role
	Scope *Scope
}

// Closure returns the role on the scope and everything it includes, each once, the role itself first.
func (r RoleOn) Closure() []RoleOn {
	list := []RoleOn{r}
	seen := map[RoleOn]bool{r: true}
	for i := 0; i < len(list); i++ {
		for _, inc := range list[i].Role.Includes {
			inc.Reach.Each(list[i].Scope, inc.Role.Levels, func(s *Scope) {
				if next := (RoleOn{inc.Role, s}); !seen[next] {
					seen[next] = true
					list = append(list, next)
				}
			})
		}
	}
	return list
}

// Through reports whether a source of a row comes through a role: the one with the permission, the
// assigned one, or one between them.
func (v *Via) Through(row *Row, r *Role) bool {
	if v.Role == r || v.From == r {
		return v.Role != nil
	}
	if v.From == nil {
		return false
	}
	for _, x := range (RoleOn{v.From, v.Scope}).Closure() {
		if x.Role != r {
			continue
		}
		for _, y := range x.Closure() {
			if y.Role == v.Role && y.gives(row.Permission, row.Scope, v.Implier != nil) {
				return true
			}
		}
	}
	return false
}

// Gives reports whether a row comes from a held role: from its own cells, or through a role that it includes.
func (h *Held) Gives(r *Row) bool {
	return slices.ContainsFunc(r.Via, func(v Via) bool {
		switch {
		case v.Role == nil || v.Scope != h.Entry.Scope || v.Group != h.Group:
			return false
		case h.From == nil:
			return v.From == h.Role || v.From == nil && v.Role == h.Role
		}
		return v.From == h.From && h.leadsTo(&v, r)
	})
}

// leadsTo reports whether the source of a row lies on the way from an included role, on the scope where it is held.
func (h *Held) leadsTo(v *Via, r *Row) bool {
	on := RoleOn{h.Role, h.Scope}
	if h.Role == v.Role && on.gives(r.Permission, r.Scope, v.Implier != nil) {
		return true
	}
	return len(h.Role.Includes) > 0 && slices.ContainsFunc(on.Closure(), func(x RoleOn) bool {
		return x.Role == v.Role && x.gives(r.Permission, r.Scope, v.Implier != nil)
	})
}

// gives reports whether one of the role's own cells gives the permission on a scope, or one that
// implies it.
func (r RoleOn) gives(p *Permission, on *Scope, implied bool) bool {
	return slices.ContainsFunc(r.Role.Cells, func(c Cell) bool {
		return (c.Permission == p || implied && c.Permission.LeadsTo(p)) && c.Reaches(r.Scope, on)
	})
}

// Gives reports whether an assignment gives a permission on a scope: through the role, an included
// role, or a permission that implies it.
func (r RoleOn) Gives(p *Permission, on *Scope) bool {
	return slices.ContainsFunc(r.Closure(), func(x RoleOn) bool { return x.gives(p, on, true) })
}

// GivesPermission reports whether the role gives a permission somewhere: by itself, through a role that it includes,
// or through a permission that implies it.
func (r *Role) GivesPermission(p *Permission) bool {
	roles := []*Role{r}
	for i := 0; i < len(roles); i++ {
		for _, c := range roles[i].Cells {
			if c.Permission == p || c.Permission.LeadsTo(p) {
				return true
			}
		}
		for _, inc := range roles[i].Includes {
			if !slices.Contains(roles, inc.Role) {
				roles = append(roles, inc.Role)
			}
		}
	}
	return false
}

// LeadsTo reports whether the permission implies another, directly or through others.
func (p *Permission) LeadsTo(q *Permission) bool {
	list := slices.Clone(p.Implies)
	for i := 0; i < len(list); i++ {
		if list[i] == q {
			return true
		}
		for _, next := range list[i].Implies {
			if !slices.Contains(list, next) {
				list = append(list, next)
			}
		}
	}
	return false
}

// Reaches reports whether the cell counts on a scope if its role is assigned on another.
func (c *Cell) Reaches(assigned, on *Scope) bool {
	return c.Permission.Levels.Has(on.Level) && c.Reach.Leads(assigned, on)
}

// Leads reports whether one scope is reached from another.
func (r Reach) Leads(from, to *Scope) bool {
	switch r.Kind {
	case Self:
		return to == from
	case Tree:
		return to.Root() == from.Root()
	}
	return to.Within(from) && to.Root() == from.Root() && to.bears(r.Labels)
}
