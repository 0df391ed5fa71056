package source

import (
	"slices"
	"strings"
)

// AddToList returns the edits that add items to a list at the top of a file: to the last one with this name, or to a
// new one in the document that names the product or has the catalog.
func (f *File) AddToList(name string, items []Value) (edits []Edit, isNew bool, err error) {
	if f.Syntax == CSV || f.Syntax == JSONLines {
		return nil, false, ErrLayout
	}
	for _, doc := range slices.Backward(f.Docs) {
		for _, x := range slices.Backward(doc.Fields) {
			if x.Name == name {
				if x.Value.Kind != List {
					return nil, false, ErrLayout
				}
				return f.addItems(x.Value, items), false, nil
			}
		}
	}
	for _, doc := range slices.Backward(f.Docs) {
		if doc.Kind == Object && !doc.bare && len(doc.Fields) > 0 && (doc.Get("product") != nil ||
			doc.Get("catalog") != nil) {
			return f.newList(doc, name, items), true, nil
		}
	}
	return nil, true, ErrLayout
}

// addItems adds items at the end of a list, each on a line of its own if the others are.
func (f *File) addItems(l *Node, items []Value) []Edit {
	texts := make([]string, len(items))
	for i, v := range items {
		texts[i] = f.Syntax.Write(v)
	}
	if l.Block {
		last, dash := l.Items[len(l.Items)-1], strings.Repeat(" ", l.Indent)+"- "
		return []Edit{f.newLine(last, dash+strings.Join(texts, f.newline+dash))}
	}
	if len(l.Items) == 0 {
		start := lineStart(f.Text, l.From)
		indent := f.newline + f.Text[start:start+len(f.Text[start:])-len(strings.TrimLeft(f.Text[start:], " \t"))]
		return []Edit{{l.From + 1, l.To - 1, f.writeLines(texts, indent)}}
	}
	last := l.Items[len(l.Items)-1]
	start := lineStart(f.Text, last.From)
	sep := ", "
	if isBlank(f.Text[start:last.From]) {
		sep = "," + f.newline + f.Text[start:last.From]
	}
	return f.after(l, len(l.Items)-1, strings.Join(texts, sep))
}

// newList adds a field with a list to a document.
func (f *File) newList(doc *Node, name string, items []Value) []Edit {
	texts := make([]string, len(items))
	for i, v := range items {
		texts[i] = f.Syntax.Write(v)
	}
	last := doc.Fields[len(doc.Fields)-1]
	if f.Syntax == YAML && doc.Block {
		dash := f.newline + strings.Repeat(" ", doc.Indent+2) + "- "
		return []Edit{f.newLine(last.Value, strings.Repeat(" ", doc.Indent)+YAML.Name(name)+":"+dash+strings.Join(texts,
			dash))}
	}
	indent := f.newline
	if start := lineStart(f.Text, last.From); isBlank(f.Text[start:last.From]) {
		indent += f.Text[start:last.From]
	}
	return f.after(doc, len(doc.Fields)-1, f.Syntax.Name(name)+": ["+f.writeLines(texts, indent)+"]")
}

// writeLines returns items on lines of their own, between the brackets of a list that begins on a line with an indent.
func (f *File) writeLines(texts []string, indent string) string {
	step := "  "
	if f.Syntax == CUE {
		step = "\t"
	}
	b := strings.Join(texts, ","+indent+step)
	if f.Syntax == CUE {
		b += ","
	}
	return indent + step + b + indent
}
