package policy

import "slices"

// Each calls f with the scopes of some levels that are reached from one.
func (r Reach) Each(s *Scope, levels LevelSet, f func(*Scope)) {
	switch r.Kind {
	case Self:
		if levels.Has(s.Level) {
			f(s)
		}
	case Tree:
		subtree(s.Root(), nil, levels, f)
	case Subtree, Labelled:
		subtree(s, r.Labels, levels, f)
	}
}

// subtree visits the scopes in and under one that bear all of the labels.
func subtree(s *Scope, labels []string, levels LevelSet, f func(*Scope)) {
	bears := true
	for _, l := range labels {
		bears = bears && slices.Contains(s.Labels, l)
	}
	if bears && levels.Has(s.Level) {
		f(s)
	}
	for _, c := range s.Children {
		subtree(c, labels, levels, f)
	}
}

// at is a role on a scope.
type at struct {
	role  *Role
	scope *Scope
}

// reachedFrom are the role on the scope and all that it includes, each once.
func reachedFrom(start at) []at {
	list := []at{start}
	seen := map[at]bool{start: true}
	for i := 0; i < len(list); i++ {
		for _, inc := range list[i].role.Includes {
			inc.Reach.Each(list[i].scope, inc.Role.Levels, func(s *Scope) {
				if next := (at{inc.Role, s}); !seen[next] {
					seen[next] = true
					list = append(list, next)
				}
			})
		}
	}
	return list
}

// Through reports whether the source of a row comes through a role: the one
// that has the permission, the one that was assigned, or one between them.
func (v *Via) Through(row *Row, r *Role) bool {
	if v.Role == r || v.From == r {
		return v.Role != nil
	}
	if v.From == nil {
		return false
	}
	given := row.Permission
	if v.Implier != nil {
		given = v.Implier
	}
	for _, x := range reachedFrom(at{v.From, v.Scope}) {
		if x.role != r {
			continue
		}
		for _, y := range reachedFrom(x) {
			if y.role == v.Role && y.role.gives(given, y.scope, row.Scope) {
				return true
			}
		}
	}
	return false
}

// gives reports whether a cell of the role on a scope reaches another.
func (r *Role) gives(p *Permission, on, to *Scope) (found bool) {
	for i := range r.Cells {
		if c := &r.Cells[i]; c.Permission == p {
			c.Reach.Each(on, p.Levels, func(s *Scope) { found = found || s == to })
		}
	}
	return found
}
