package rules

import (
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/policy"
)

// checkLabels bounds how many scopes under each scope of a level have a label.
func checkLabels(p *lint.Pass, r *policy.Rule) {
	l := r.Labels
	above := map[*policy.Scope][]lint.Mark{}
	for _, m := range p.Marks(l.Label) {
		for s := m.Scope.Parent; s != nil; s = s.Parent {
			if l.Level < 0 || s.Level == l.Level {
				above[s] = append(above[s], m)
			}
		}
	}
	if l.Min <= 0 && len(above) == 0 {
		return
	}
	for _, s := range p.Policy.Scopes {
		if l.Level >= 0 && s.Level != l.Level {
			continue
		}
		marks := above[s]
		switch {
		case l.Max >= 0 && len(marks) > l.Max:
			m := marks[l.Max]
			d := declaredFinding(r, m.Pos, "%s under %q with label %q, at most %d allowed",
				countNoun(len(marks), "scope"), s.Path, l.Label, l.Max)
			for _, o := range marks[:l.Max] {
				d = d.WithRelated(o.Pos, "%q has it here", o.Scope.Path)
			}
			d.Scope, d.Over = m.Scope.Path, len(marks)-l.Max
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
