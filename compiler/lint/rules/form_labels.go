package rules

import (
	"slices"

	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// checkLabels bounds how many scopes under each scope of a level have a label.
func checkLabels(p *lint.Pass, r *policy.Rule) {
	l := r.Labels
	for _, s := range p.Policy.Scopes {
		if l.Level >= 0 && s.Level != l.Level {
			continue
		}
		marks := collectLabelled(s, l.Label, nil)
		slices.SortFunc(marks, func(x, y mark) int {
			if x.pos.Before(y.pos) {
				return -1
			}
			return 1
		})
		switch {
		case l.Max >= 0 && len(marks) > l.Max:
			m := marks[l.Max]
			d := declaredFinding(r, m.pos, "%s under %q with label %q, at most %d allowed",
				countNoun(len(marks), "scope"), s.Path, l.Label, l.Max)
			for _, o := range marks[:l.Max] {
				d = d.WithRelated(o.pos, "%q has it here", o.scope.Path)
			}
			d.Scope, d.Over = m.scope.Path, len(marks)-l.Max
			d.With = []string{"scope:" + s.Path}
			p.Report(d)
		case len(marks) < l.Min:
			d := declaredFinding(r, s.Pos, "%s under %q with label %q, at least %d needed",
				countNoun(len(marks), "scope"), s.Path, l.Label, l.Min)
			d.Scope, d.Over, d.Extent = s.Path, l.Min-len(marks), []string{"too few"}
			p.Report(d)
		}
	}
}

// mark is a label on a scope.
type mark struct {
	scope *policy.Scope
	pos   policy.Pos
}

func collectLabelled(s *policy.Scope, label string, list []mark) []mark {
	for _, c := range s.Children {
		if i := slices.Index(c.Labels, label); i >= 0 {
			list = append(list, mark{c, c.LabelPos[i]})
		}
		list = collectLabelled(c, label, list)
	}
	return list
}
