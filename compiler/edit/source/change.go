package source

import (
	"slices"
	"strings"

	"cuelang.org/go/cue/literal"
)

// spot is a value in a text with what is around it.
type spot struct {
	value  *Node
	parent *Node // the object or list that has the value, or nil
	index  int   // in the parent
}

// field returns the field of the spot's value, or nil if it is an item of a list.
func (s *spot) field() *Field {
	if s.parent == nil || s.parent.Kind != Object {
		return nil
	}
	return &s.parent.Fields[s.index]
}

// path returns the values around an offset, the outermost first. A name is part of its field.
func (f *File) path(off int) (list []spot) {
	for _, doc := range f.Docs {
		if doc.From <= off && off < doc.To {
			list = append(list, spot{value: doc})
		}
	}
	for len(list) > 0 {
		n := list[len(list)-1].value
		count := len(n.Items)
		if n.Kind == Object {
			count = len(n.Fields)
		}
		i := -1
		for k := range count {
			if from, to := n.span(k); from <= off && off < to {
				i = k
			}
		}
		if i < 0 {
			return list
		}
		x := spot{parent: n, index: i}
		if n.Kind == Object {
			x.value = n.Fields[i].Value
		} else {
			x.value = n.Items[i]
		}
		list = append(list, x)
	}
	return nil
}

// RemoveField returns the edits that remove the innermost field around an offset. Of CSV, they empty the cell.
func (f *File) RemoveField(off int) ([]Edit, error) {
	if f.Syntax == CSV {
		from, to, err := f.cell(off)
		return []Edit{{from, to, ""}}, err
	}
	path := f.path(off)
	for i, s := range slices.Backward(path) {
		if s.field() == nil {
			continue
		}
		if s.value.Kind == Opaque && f.Syntax == YAML {
			return nil, ErrLayout
		}
		return []Edit{f.withoutField(path[i-1], s)}, nil
	}
	return nil, ErrLayout
}

// withoutField removes a field of an object.
func (f *File) withoutField(outer, s spot) Edit {
	at, field := s.parent, s.field()
	switch {
	case at.bare:
		return Edit{field.From, s.value.To, "{}"}
	case !at.Block || f.Syntax != YAML:
		return f.without(at, s.index)
	case len(at.Fields) == 1 && outer.field() != nil:
		colon := outer.field().To + strings.IndexByte(f.Text[outer.field().To:], ':') + 1
		return Edit{colon, at.To, " {}"}
	case len(at.Fields) == 1:
		return Edit{field.From, s.value.To, "{}"}
	case s.index == 0 && !isBlank(f.Text[lineStart(f.Text, field.From):field.From]): // behind a dash
		return Edit{field.From, at.Fields[1].From, ""}
	}
	return f.lines(field.From, s.value.To)
}

// valueAt returns the value that begins at an offset, the outermost first, or the name of a field.
func (f *File) valueAt(off int) (from, to int, n *Node) {
	for _, s := range f.path(off) {
		if field := s.field(); field != nil && field.From == off {
			return off, field.To, nil
		}
		if s.value.From == off {
			return off, s.value.To, s.value
		}
	}
	return 0, 0, nil
}

// Quote returns the edit that puts the value or the name at an offset in quotes, as it is written.
func (f *File) Quote(off int) ([]Edit, error) {
	from, to, _ := f.valueAt(off)
	if to == 0 || strings.ContainsAny(f.Text[from:to], "\n\"'`") {
		return nil, ErrLayout
	}
	text := f.Text[from:to]
	if f.Syntax == CUE {
		text = literal.String.Quote(text)
	} else {
		text = quoteJSON(text)
	}
	return []Edit{{from, to, text}}, nil
}

// List returns the edits that put the value at an offset in a list.
func (f *File) List(off int) ([]Edit, error) {
	from, to, n := f.valueAt(off)
	switch {
	case n == nil || n.Kind == Opaque && f.Syntax != CUE:
		return nil, ErrLayout
	case n.bare:
		return []Edit{{from, from, "[{"}, {to, to, "}]"}}, nil
	case n.Kind == Scalar && f.Syntax == YAML && strings.ContainsAny(f.Text[from:to], ",[]{}") && f.Text[from] != '"' &&
		f.Text[from] != '\'':
		return []Edit{{from, to, "[" + quoteJSON(n.Text) + "]"}}, nil
	case n.Block && f.Syntax == YAML:
		return f.asItem(n), nil
	}
	return []Edit{{from, from, "["}, {to, to, "]"}}, nil
}

// asItem makes a block the only item of a list.
func (f *File) asItem(n *Node) []Edit {
	edits := []Edit{{n.From, n.From, "- "}}
	for at := lineEnd(f.Text, n.From); at < n.To; {
		from := at + strings.IndexByte(f.Text[at:], '\n') + 1
		if from <= at || from >= n.To {
			break
		}
		if at = lineEnd(f.Text, from); !isBlank(f.Text[from:at]) {
			edits = append(edits, Edit{from, from, "  "})
		}
	}
	return edits
}

// Mapping returns the edits that put the value at an offset in a mapping with one field.
func (f *File) Mapping(off int, name string) ([]Edit, error) {
	from, to, n := f.valueAt(off)
	if n == nil || n.Kind != Scalar {
		return nil, ErrLayout
	}
	text := f.Text[from:to]
	if f.Syntax == YAML && text[0] != '"' && text[0] != '\'' {
		text = quoteYAML(n.Text)
	}
	return []Edit{{from, to, "{" + f.Syntax.Name(name) + ": " + text + "}"}}, nil
}

// cell returns the place of the cell around an offset of a CSV file.
func (f *File) cell(off int) (from, to int, err error) {
	lines, _, err := readLines(f.Text)
	if err != nil {
		return 0, 0, err
	}
	for _, line := range lines {
		from = line.from
		for _, end := range line.ends {
			if from <= off && off <= end && off < line.to {
				return from, end, nil
			}
			from = end + 1
		}
	}
	return 0, 0, ErrLayout
}

// RemoveWord returns the edit that removes the name at an offset from a cell of CSV with several, and whether there
// are several.
func (f *File) RemoveWord(off int) ([]Edit, bool) {
	from, to, err := f.cell(off)
	if err != nil {
		return nil, false
	}
	const between = ", ;\t\n\"\r"
	start := from + strings.LastIndexAny(f.Text[from:off], between) + 1
	end := off + len(f.Text[off:to]) - len(strings.TrimLeftFunc(f.Text[off:to],
		func(r rune) bool { return !strings.ContainsRune(between, r) }))
	before := strings.TrimRight(f.Text[from:start], ", ;\t\n\r")
	if start == from || strings.Trim(before, `"`) == "" {
		return nil, false
	}
	return []Edit{{from + len(before), end, ""}}, true
}

// givers are the columns of CSV of which a line may fill one, and entryOnly those that go with a role or permission.
var (
	givers    = []string{"role", "permission", "group"}
	entryOnly = map[string][]string{"role": {"actions"}, "group": {"scope", "actions"}}
)

// SplitLine returns the edit that writes the line around an offset of CSV as one line for each of what it gives.
func (f *File) SplitLine(off int) ([]Edit, error) {
	list, layout, err := readLines(f.Text)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(list, func(x csvLine) bool { return x.from <= off && off < x.to })
	if i <= layout.Titles {
		return nil, ErrLayout
	}
	t, line := &table{separator: layout.Separator, header: list[layout.Titles]}, &list[i]
	var lines []string
	for _, giver := range givers {
		if k := slices.Index(t.header.cells, giver); k >= 0 && k < len(line.cells) && line.cells[k] != "" {
			lines = append(lines, f.lineFor(t, line, giver))
		}
	}
	return []Edit{{line.from, line.to, strings.Join(lines, f.newline)}}, nil
}

// lineFor returns a line without what other givers than one give.
func (f *File) lineFor(t *table, line *csvLine, giver string) string {
	var cells []string
	from := line.from
	for k, end := range line.ends {
		text := f.Text[from:end]
		if k < len(t.header.cells) {
			name := t.header.cells[k]
			if name != giver && slices.Contains(givers, name) || slices.Contains(entryOnly[giver], name) {
				text = ""
			}
		}
		cells, from = append(cells, text), end+1
	}
	return strings.Join(cells, string(t.separator))
}
