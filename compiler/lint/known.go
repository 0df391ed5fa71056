package lint

import (
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Mark is a label on a scope.
type Mark struct {
	Scope *policy.Scope
	Pos   policy.Pos
}

// Marks returns the scopes that have a label, by place.
func (p *Pass) Marks(label string) []Mark {
	if p.marks == nil {
		p.marks = map[string][]Mark{}
		for _, s := range p.Policy.Scopes {
			for i, name := range s.Labels {
				if list := p.marks[name]; len(list) == 0 || list[len(list)-1].Scope != s {
					p.marks[name] = append(list, Mark{s, s.LabelPos[i]})
				}
			}
		}
		for _, list := range p.marks {
			slices.SortFunc(list, func(a, b Mark) int {
				if a.Pos.Before(b.Pos) {
					return -1
				}
				return 1
			})
		}
	}
	return p.marks[label]
}

// Names returns candidates for unknown names, listed once for each key.
func (p *Pass) Names(key any, candidates func() []string) *diag.Names {
	return p.names.Of(key, candidates)
}

// Denies returns the deny rules that match the current user.
func (p *Pass) Denies() []*policy.Rule {
	if !p.knowsDenies {
		p.denies, p.knowsDenies = p.denies[:0], true
		if p.denyIndex == nil {
			p.denyIndex = policy.NewDenyIndex(p.Policy.Denies)
		}
		for _, i := range p.denyIndex.About(p.Access) {
			if r := p.Policy.Denies[i]; r.Deny.MatchesUser(p.Access) {
				p.denies = append(p.denies, r)
			}
		}
	}
	return p.denies
}

// RolesAround reports whether a group is in one that gives a role, directly or through others. It may report so for one
// that is in none.
func (p *Pass) RolesAround(g *policy.Group) bool {
	around, known := p.rolesAround[g]
	if known {
		return around
	}
	if p.rolesAround == nil {
		p.rolesAround = map[*policy.Group]bool{}
	}
	p.rolesAround[g] = false // while it is looked at
	g.EachOuter(func(o *policy.Group) {
		around = around || p.RolesAround(o) ||
			slices.ContainsFunc(o.Entries, func(e policy.Entry) bool { return e.Role != nil })
	})
	p.rolesAround[g] = around
	return around
}
