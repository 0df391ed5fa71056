package source

import (
	"slices"
	"strings"
)

// Append returns the edits that add an item to a list of a holder. The list is in the field at a path, and is added if
// it is missing.
func (h *Holder) Append(path []string, item Value) ([]Edit, error) {
	x := &Holder{h.File, slices.Clone(h.Path), slices.Clone(h.Names)}
	for i, name := range path {
		f := x.Value().field(name)
		if f == nil {
			v := Value{List: []Value{item}}
			for _, outer := range slices.Backward(path[i+1:]) {
				v = Value{Fields: []Named{{outer, v}}}
			}
			return x.AddField(name, v)
		}
		x.Path, x.Names = append(x.Path, f.Value), append(x.Names, *f)
	}
	if x.Value().Kind != List {
		return nil, ErrLayout
	}
	return x.File.addItem(x.Value(), item), nil
}

func (n *Node) field(name string) *Field {
	for i := range n.Fields {
		if n.Fields[i].Name == name {
			return &n.Fields[i]
		}
	}
	return nil
}

// AddField returns the edits that add a field to a holder.
func (h *Holder) AddField(name string, v Value) ([]Edit, error) {
	f, at := h.File, h.Value()
	switch {
	case at.Kind != Object:
		return nil, ErrLayout
	case at.bare:
		outer, chain := h.chain()
		text := f.Syntax.Field(name, v)
		for _, x := range slices.Backward(chain) {
			text = label(x.Name) + ": " + text
		}
		i := slices.IndexFunc(outer.Fields, func(x Field) bool { return x.From == chain[0].From })
		return f.after(outer, i, text), nil
	case at.Block && f.Syntax == YAML:
		last := at.Fields[len(at.Fields)-1].Value
		blocks := slices.ContainsFunc(at.Fields, func(x Field) bool { return x.Value.Kind == List && x.Value.Block })
		text := blockField(name, v, at.Indent, blocks, f.newline)
		return []Edit{f.newLine(last, strings.Repeat(" ", at.Indent)+text)}, nil
	}
	return f.after(at, len(at.Fields)-1, f.Syntax.Field(name, v)), nil
}

// newLine adds a line after the last line of a value.
func (f *File) newLine(after *Node, line string) Edit {
	at := lineEnd(f.Text, after.To)
	return Edit{at, at, f.newline + line}
}

// chain returns the object with braces around a holder of CUE, and the fields from there to the holder.
func (h *Holder) chain() (outer *Node, chain []Field) {
	i := len(h.Path) - 1
	for h.Path[i].bare {
		i--
	}
	return h.Path[i], h.Names[i:]
}

// addItem adds an item at the end of a list.
func (f *File) addItem(l *Node, v Value) []Edit {
	if !l.Block {
		return f.after(l, len(l.Items)-1, f.Syntax.Write(v))
	}
	last := l.Items[len(l.Items)-1]
	text := f.Syntax.Write(v)
	if last.Block && last.Kind == Object && v.Fields != nil {
		text = blockItem(v, l.Indent, f.newline)
	}
	return []Edit{f.newLine(last, strings.Repeat(" ", l.Indent)+"- "+text)}
}

// after inserts a text after the i-th field or item of a value in brackets, or of a file of CUE.
func (f *File) after(n *Node, i int, text string) []Edit {
	if i < 0 {
		return f.first(n, text)
	}
	from, to := n.span(i)
	comma := f.comma(to, n.To)
	needed := f.Syntax != CUE && comma < 0
	end := max(to, comma+1)
	ownLine := isBlank(f.Text[lineStart(f.Text, from):from])
	indent := f.newline + f.Text[lineStart(f.Text, from):from]
	rest := f.Text[end:lineEnd(f.Text, end)]
	switch {
	case ownLine && f.isAside(rest) && (n.Block || n.To > lineEnd(f.Text, end)):
		tail := ""
		if comma >= 0 {
			tail = ","
		}
		var edits []Edit
		if needed {
			edits = []Edit{{to, to, ","}}
		}
		at := lineEnd(f.Text, end)
		return append(edits, Edit{at, at, indent + text + tail})
	case ownLine && i > 0:
		return []Edit{{to, to, "," + indent + text}}
	}
	return []Edit{{to, to, ", " + text}}
}

// first inserts a text into a value in brackets that has nothing that permc knows.
func (f *File) first(n *Node, text string) []Edit {
	if n.Block {
		return []Edit{{n.To, n.To, text + f.newline}}
	}
	at := n.From + 1
	rest := f.Text[at:min(lineEnd(f.Text, at), n.To-1)]
	if !f.isAside(rest) {
		text += ", "
	}
	return []Edit{{at, at, text}}
}

// span returns the place of the i-th field or item.
func (n *Node) span(i int) (from, to int) {
	if n.Kind == Object {
		return n.Fields[i].From, n.Fields[i].Value.To
	}
	return n.Items[i].From, n.Items[i].To
}

// isAside reports whether the rest of a line is blank or a comment.
func (f *File) isAside(rest string) bool {
	rest = strings.TrimLeft(rest, " \t\r")
	return rest == "" || f.Syntax == CUE && strings.HasPrefix(rest, "//") ||
		f.Syntax == YAML && strings.HasPrefix(rest, "#")
}

// comma returns the offset of the comma after an item, or -1.
func (f *File) comma(from, to int) int {
	for i := from; i < to; i++ {
		switch c := f.Text[i]; {
		case c == ',':
			return i
		case strings.IndexByte(" \t\r\n", c) >= 0:
		case f.isAside(f.Text[i:min(i+2, to)]):
			i = lineEnd(f.Text, i)
		default:
			return -1
		}
	}
	return -1
}
