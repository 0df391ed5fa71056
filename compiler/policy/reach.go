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
