package source

import (
	"strings"

	"cuelang.org/go/cue/literal"
)

// Value is what is inserted: a text, or a list, or an object if it has fields.
type Value struct {
	Text   string
	List   []Value
	Fields []Named
}

// Named is a field of a value.
type Named struct {
	Name  string
	Value Value
}

// Write writes a value on one line.
func (s Syntax) Write(v Value) string {
	var parts []string
	for _, f := range v.Fields {
		parts = append(parts, s.Field(f.Name, f.Value))
	}
	for _, x := range v.List {
		parts = append(parts, s.Write(x))
	}
	switch {
	case v.Fields != nil:
		return "{" + strings.Join(parts, ", ") + "}"
	case v.List != nil:
		return "[" + strings.Join(parts, ", ") + "]"
	case s == CUE:
		return literal.String.Quote(v.Text)
	case s == YAML:
		return quoteYAML(v.Text)
	}
	return quoteJSON(v.Text)
}

// Field writes a field on one line. CUE needs no braces around a single field.
func (s Syntax) Field(name string, v Value) string {
	if s == CUE && len(v.Fields) == 1 {
		return s.Name(name) + ": " + s.Field(v.Fields[0].Name, v.Fields[0].Value)
	}
	return s.Name(name) + ": " + s.Write(v)
}

// Name writes the name of a field.
func (s Syntax) Name(name string) string {
	switch s {
	case CUE:
		return label(name)
	case YAML:
		return quoteYAML(name)
	}
	return quoteJSON(name)
}

// longest is the width up to which a field of YAML is written on one line.
const longest = 100

// blockField writes a field of YAML as lines below each other, if it is long or lists are written so here.
func blockField(name string, v Value, indent int, blocks bool, newline string) string {
	line := YAML.Field(name, v)
	if len(v.List) == 0 || !blocks && indent+len(line) <= longest {
		return line
	}
	b := YAML.Name(name) + ":"
	for _, x := range v.List {
		b += newline + strings.Repeat(" ", indent+2) + "- " + YAML.Write(x)
	}
	return b
}

// blockItem writes an item of a list of YAML, with each of its fields on a line.
func blockItem(v Value, indent int, newline string) string {
	var lines []string
	for _, f := range v.Fields {
		lines = append(lines, YAML.Field(f.Name, f.Value))
	}
	return strings.Join(lines, newline+strings.Repeat(" ", indent+2))
}
