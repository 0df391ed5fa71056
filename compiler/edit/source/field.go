package source

import (
	"slices"
	"strings"
)

// SetField returns the edits that set a field of the entry whose role or permission is written at an offset. In CSV, it
// sets the cell of that line.
func (f *File) SetField(off int, name string, v Value, cell string) ([]Edit, error) {
	if f.Syntax == CSV {
		return f.setCellAt(off, name, cell)
	}
	for _, doc := range f.Docs {
		n := doc.entryAt(off)
		if n == nil {
			continue
		}
		x := n.Get(name)
		switch {
		case x == nil && !n.bare:
			return (&Holder{File: f, Path: []*Node{n}}).AddField(name, v)
		case x != nil && (x.Kind == Scalar || x.Kind == List && !x.Block):
			return []Edit{{x.From, x.To, f.Syntax.Write(v)}}, nil
		}
		return nil, ErrLayout
	}
	return nil, ErrLayout
}

// entryAt returns the object that names its role or permission at an offset, or nil.
func (n *Node) entryAt(off int) *Node {
	if off < n.From || off > n.To {
		return nil
	}
	for _, x := range n.Fields {
		if (x.Name == "role" || x.Name == "permission") && x.Value.Kind == Scalar && x.Value.From == off {
			return n
		}
		if found := x.Value.entryAt(off); found != nil {
			return found
		}
	}
	for _, x := range n.Items {
		if found := x.entryAt(off); found != nil {
			return found
		}
	}
	return nil
}

// setCellAt sets a cell of the line at an offset of a CSV file.
func (f *File) setCellAt(off int, name, text string) ([]Edit, error) {
	t, err := f.table()
	if err != nil {
		return nil, err
	}
	for i := range t.lines {
		if x := &t.lines[i]; x.from <= off && off <= x.to {
			return t.set(name, text, []int{i}), nil
		}
	}
	return nil, ErrLayout
}

// SetCells returns the edits that set a cell about some users: in each line of theirs that has one, or else in the
// first one.
func (f *File) SetCells(users []func(id string) bool, name, text string) ([]Edit, error) {
	t, err := f.table()
	if err != nil {
		return nil, err
	}
	var lines []int
	for _, is := range users {
		lines = append(lines, t.linesToSet(is, slices.Index(t.header.cells, name))...)
	}
	if len(lines) == 0 {
		return nil, ErrLayout
	}
	return t.set(name, text, lines), nil
}

// linesToSet returns the lines about a user that have a cell, or else the first one.
func (t *table) linesToSet(is func(id string) bool, column int) (filled []int) {
	var all []int
	for i := range t.lines {
		if x := &t.lines[i]; is(x.cells[t.user]) {
			all = append(all, i)
			if column >= 0 && x.cells[column] != "" {
				filled = append(filled, i)
			}
		}
	}
	if len(filled) == 0 {
		return all[:min(1, len(all))]
	}
	return filled
}

// set sets a cell of some lines, and adds its column if it is missing.
func (t *table) set(name, text string, lines []int) (edits []Edit) {
	column := slices.Index(t.header.cells, name)
	if column < 0 {
		edits = t.addColumns([]string{name})
		for _, i := range lines {
			edits[i+1].Text = strings.TrimSuffix(edits[i+1].Text, t.quote("")) + t.quote(text)
		}
		return edits
	}
	for _, i := range lines {
		from := t.lines[i].from
		if column > 0 {
			from = t.lines[i].ends[column-1] + 1
		}
		edits = append(edits, Edit{from, t.lines[i].ends[column], t.quote(text)})
	}
	return edits
}
