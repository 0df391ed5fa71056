// Package source reads the text of a declaration into a tree of places, and inserts values into it. It keeps
// comments and layout, and writes what it inserts as the text around it is written.
package source

import (
	"cmp"
	"errors"
	"path"
	"slices"
	"strings"
)

// Kind says what a node is.
type Kind uint8

// The kinds of a node. Opaque is what no edit may enter, such as an expression of CUE.
const (
	Opaque Kind = iota
	Object
	List
	Scalar
)

// Node is a value in a text.
type Node struct {
	Kind     Kind
	From, To int
	Text     string  // of a scalar
	Fields   []Field // of an object
	Items    []*Node // of a list

	Block  bool // of YAML, without brackets
	Indent int  // of a block: the column of its keys or dashes
	bare   bool // of CUE: one field without braces
}

// Field is a field of an object.
type Field struct {
	Name     string
	From, To int // of the name
	Value    *Node
}

// Edit replaces a part of a text.
type Edit struct {
	From, To int
	Text     string
}

// Apply makes edits that do not overlap. Insertions at one place are made in order.
func Apply(text string, edits []Edit) (string, bool) {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b Edit) int { return cmp.Compare(a.From, b.From) })
	var b strings.Builder
	at := 0
	for _, e := range edits {
		if e.From < at {
			return "", false
		}
		b.WriteString(text[at:e.From])
		b.WriteString(e.Text)
		at = e.To
	}
	b.WriteString(text[at:])
	return b.String(), true
}

// ErrLayout is returned for a text that permc cannot edit as it is written.
var ErrLayout = errors.New("permc cannot edit this layout")

// Syntax is the language of a file.
type Syntax uint8

// The languages of declarations.
const (
	CUE Syntax = iota
	YAML
	JSON
	JSONLines
	CSV
)

// SyntaxOf returns the language of a file by its name.
func SyntaxOf(name string) Syntax {
	switch strings.ToLower(path.Ext(name)) {
	case ".cue":
		return CUE
	case ".yaml", ".yml":
		return YAML
	case ".jsonl":
		return JSONLines
	case ".csv":
		return CSV
	}
	return JSON
}

// File is a text that was read.
type File struct {
	Name   string
	Text   string
	Syntax Syntax
	Docs   []*Node // none of CSV

	newline string
}

// Parse reads the text of a file.
func Parse(name, text string) (*File, error) {
	f := &File{Name: name, Text: text, Syntax: SyntaxOf(name), newline: "\n"}
	if first, _, _ := strings.Cut(text, "\n"); strings.HasSuffix(first, "\r") {
		f.newline = "\r\n"
	}
	var err error
	switch f.Syntax {
	case CUE:
		f.Docs, err = parseCUE(text)
	case YAML:
		f.Docs, err = parseYAML(text)
	case CSV:
	default:
		f.Docs, err = parseJSON(text, f.Syntax == JSONLines)
	}
	return f, err
}

// Holder is where somebody is declared: the fields from the top of a document to the holder's own.
type Holder struct {
	File  *File
	Path  []*Node // the objects that have the fields; last the holder's value
	Names []Field
}

// Value returns what is declared there about the holder.
func (h *Holder) Value() *Node { return h.Path[len(h.Path)-1] }

// Off returns where the holder is named.
func (h *Holder) Off() int {
	if len(h.Names) == 0 {
		return h.Value().From
	}
	return h.Names[len(h.Names)-1].From
}

// Holders finds where somebody is declared in a section of the declaration. A line of JSON Lines is one of users.
func (f *File) Holders(section string, is func(id string) bool) (list []*Holder) {
	for _, doc := range f.Docs {
		if f.Syntax != JSONLines {
			list = append(list, f.below(doc, section, is)...)
			continue
		}
		if section != "users" {
			continue
		}
		for _, field := range doc.Fields {
			if field.Name == "user" && field.Value.Kind == Scalar && is(field.Value.Text) {
				list = append(list, &Holder{File: f, Path: []*Node{doc}})
			}
		}
	}
	return list
}

func (f *File) below(doc *Node, section string, is func(string) bool) (list []*Holder) {
	for _, s := range doc.Fields {
		if s.Name != section {
			continue
		}
		for _, x := range s.Value.Fields {
			if is(x.Name) {
				list = append(list, &Holder{f, []*Node{doc, s.Value, x.Value}, []Field{s, x}})
			}
		}
	}
	return list
}

// Get returns the value of a field, or nil.
func (n *Node) Get(name string) *Node {
	for i := range n.Fields {
		if n.Fields[i].Name == name {
			return n.Fields[i].Value
		}
	}
	return nil
}

func lineStart(text string, off int) int { return strings.LastIndexByte(text[:off], '\n') + 1 }

// lineEnd returns the end of the line that an offset is in, before its line end.
func lineEnd(text string, off int) int {
	end := len(text)
	if n := strings.IndexByte(text[off:], '\n'); n >= 0 {
		end = off + n
	}
	if end > off && text[end-1] == '\r' {
		end--
	}
	return end
}

func isBlank(s string) bool { return strings.Trim(s, " \t\r") == "" }
