package source

import "strings"

// AddUser returns the edits that declare a new user in a file: where users are declared, or at the end of the file that
// names the product. CSV has cells instead of the value.
func (f *File) AddUser(id string, v Value, cells map[string]string) ([]Edit, error) {
	switch f.Syntax {
	case CSV:
		t, err := f.table()
		if err != nil {
			return nil, err
		}
		last := t.header.to
		if n := len(t.lines); n > 0 {
			last = t.lines[n-1].to
		}
		return t.append(last, f.newline, map[string]string{"via": ""}, cells), nil
	case JSONLines:
		return f.addLine(id, v)
	}
	for i := len(f.Docs) - 1; i >= 0; i-- {
		doc := f.Docs[i]
		for k := len(doc.Fields) - 1; k >= 0; k-- {
			if x := doc.Fields[k]; x.Name == "users" && x.Value.Kind == Object {
				return (&Holder{f, []*Node{doc, x.Value}, []Field{x}}).addMember(id, v)
			}
		}
		if doc.Kind == Object && doc.Get("product") != nil && doc.Get("users") == nil {
			return (&Holder{File: f, Path: []*Node{doc}}).AddField("users", Value{Fields: []Named{{id, v}}})
		}
	}
	return nil, ErrLayout
}

// addLine adds a user to a file of JSON Lines that has others.
func (f *File) addLine(id string, v Value) ([]Edit, error) {
	if len(f.Docs) == 0 || f.Docs[len(f.Docs)-1].Get("user") == nil {
		return nil, ErrLayout
	}
	v.Fields = append([]Named{{"user", Value{Text: id}}}, v.Fields...)
	at := f.Docs[len(f.Docs)-1].To
	return []Edit{{at, at, f.newline + f.Syntax.Write(v)}}, nil
}

// addMember adds a field with fields, on lines of its own if the one before it is written so.
func (h *Holder) addMember(name string, v Value) ([]Edit, error) {
	at := h.Value()
	if h.File.Syntax != YAML || !at.Block || len(at.Fields) == 0 {
		return h.AddField(name, v)
	}
	last := at.Fields[len(at.Fields)-1].Value
	if !last.Block || last.Kind != Object {
		return h.AddField(name, v)
	}
	blocks := false
	for _, x := range last.Fields {
		blocks = blocks || x.Value.Kind == List && x.Value.Block
	}
	lines := []string{strings.Repeat(" ", at.Indent) + YAML.Name(name) + ":"}
	for _, x := range v.Fields {
		field := blockField(x.Name, x.Value, last.Indent, blocks, h.File.newline)
		lines = append(lines, strings.Repeat(" ", last.Indent)+field)
	}
	return []Edit{h.File.newLine(last, strings.Join(lines, h.File.newline))}, nil
}
