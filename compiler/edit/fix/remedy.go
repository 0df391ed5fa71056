package fix

import (
	"errors"
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/edit/source"
	"permc.dev/permc/compiler/policy"
)

// remedy is an edit that a finding asks for, at its place in a state.
type remedy struct {
	diag.Edit
	from, to int
}

// newRemedy returns the edit of a finding, or nil.
func (s *state) newRemedy(d *diag.Finding) *remedy {
	if d.Edit == nil {
		return nil
	}
	pos := d.Edit.Pos
	if !pos.IsValid() {
		pos = d.Pos
	}
	_, from := s.place(pos)
	return &remedy{*d.Edit, from, max(from, int(pos.End))}
}

// leavesComment reports whether a proposal removes something that a comment above it may be about.
func (p *proposal) leavesComment() bool {
	return p.isRemoval() || p.remedy != nil && p.remedy.Kind == diag.DropField
}

// isRemoval reports whether a removal of an entry, or of an item of a list, is all that is asked for.
func (p *proposal) isRemoval() bool {
	return p.right == "" && (p.remedy == nil || p.remedy.Kind == diag.DropItem)
}

// edits returns the edits of a text that a remedy asks for. Some need a text that can be read.
func (m *remedy) edits(name, text string) ([]edit, error) {
	switch m.Kind {
	case diag.ReplaceText:
		return []edit{{m.from, m.to, m.Text}}, nil
	case diag.DropComment:
		return cutParts(text, []span{{m.from, m.to}}), nil
	}
	f, err := source.Parse(name, text)
	if err != nil {
		return nil, errLayout
	}
	found, err := m.inSource(f)
	var list []edit
	for _, e := range found {
		list = append(list, edit{e.From, e.To, e.Text})
	}
	if errors.Is(err, source.ErrLayout) {
		err = errLayout
	}
	return list, err
}

func (m *remedy) inSource(f *source.File) ([]source.Edit, error) {
	switch m.Kind {
	case diag.DropField:
		return f.RemoveField(m.from)
	case diag.AddQuotes:
		return f.Quote(m.from)
	case diag.AddList:
		return f.List(m.from)
	case diag.AddMapping:
		return f.Mapping(m.from, m.Text)
	case diag.SplitLine:
		return f.SplitLine(m.from)
	}
	return nil, errLayout
}

// wordEdits removes an item of a list that a cell of CSV holds, and reports whether there is such a list.
func (p *proposal) wordEdits(name, text string) ([]edit, bool) {
	if p.remedy == nil || p.remedy.Kind != diag.DropItem || source.SyntaxOf(name) != source.CSV {
		return nil, false
	}
	found, ok := (&source.File{Name: name, Text: text, Syntax: source.CSV}).RemoveWord(p.off)
	if !ok {
		return nil, false
	}
	return []edit{{found[0].From, found[0].To, ""}}, true
}

// moved updates the place of a remedy after edits.
func (m *remedy) moved(made step) {
	m.from, m.to = made.forward(m.from), made.forward(m.to)
}

// targetsOf returns the places that the remedies of proposals may remove.
func targetsOf(list []*proposal) map[policy.Pos]bool {
	places := map[policy.Pos]bool{}
	for _, p := range list {
		if p.remedy != nil {
			places[p.place] = true
			places[policy.Pos{File: p.place.File, Off: uint32(p.remedy.from)}] = true
		}
	}
	return places
}

// checkRemedies reports whether edits have removed all that they are about, though they may have uncovered other
// faults.
func checkRemedies(a, b *state, done []*proposal) bool {
	had, left := countFindings(a.findings), countFindings(b.findings)
	for _, p := range done {
		if p.remedy == nil || p.remedy.Kind == diag.ReplaceText {
			return false
		}
		for i := range p.findings {
			if k := keyOf(&p.findings[i]); left[k] >= had[k] {
				return false
			}
		}
	}
	return true
}

// CanFix reports whether a finding is of a kind that Project fixes.
func CanFix(d *diag.Finding) bool {
	if d.Silenced() {
		return false
	}
	return d.Edit != nil || slices.Contains(Removed, d.Rule) || d.Right != "" && slices.Contains(Renamed, d.Rule)
}
