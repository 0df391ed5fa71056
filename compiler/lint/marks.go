package lint

import (
	"slices"

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
