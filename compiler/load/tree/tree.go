// Package tree is the form that every input format is read into: a flat
// sequence of nodes in document order, each with its place in the user's file.
package tree

import (
	"iter"

	"permc.dev/permc/compiler/policy"
)

// Kind is the kind of a value.
type Kind uint8

// The kinds of values.
const (
	Null Kind = iota
	Bool
	Number
	String
	List
	Struct
)

func (k Kind) String() string {
	return [...]string{"null", "a bool", "a number", "a string", "a list", "a struct"}[k]
}

// Node is a value or a struct's key. A struct's node is followed by its keys,
// each followed by its value; a list's by its elements.
type Node struct {
	Text string     // of a scalar or key: its value, unescaped
	Pos  policy.Pos // of a struct or list: from its first to its last byte
	Len  int32      // nodes of the subtree, this one included
	Kind Kind
}

// Tree is a value with everything in it. The first node is the root.
type Tree []Node

// Sub is the value at a node.
func (t Tree) Sub(i int) Tree { return t[i : i+int(t[i].Len)] }

// Fields iterates over the keys of a struct and their values.
func (t Tree) Fields() iter.Seq2[*Node, Tree] {
	return func(yield func(*Node, Tree) bool) {
		if t[0].Kind != Struct {
			return
		}
		for i := 1; i < len(t); {
			v := t.Sub(i + 1)
			if !yield(&t[i], v) {
				return
			}
			i += 1 + len(v)
		}
	}
}

// Elems iterates over the elements of a list.
func (t Tree) Elems() iter.Seq[Tree] {
	return func(yield func(Tree) bool) {
		if t[0].Kind != List {
			return
		}
		for i := 1; i < len(t); i += int(t[i].Len) {
			if !yield(t.Sub(i)) {
				return
			}
		}
	}
}

// Get returns the value of a struct's field, or nil; nil has no fields.
func (t Tree) Get(name string) Tree {
	if len(t) == 0 {
		return nil
	}
	for k, v := range t.Fields() {
		if k.Text == name {
			return v
		}
	}
	return nil
}

// Text is the text of a scalar, or "" of nil.
func (t Tree) Text() string {
	if len(t) == 0 {
		return ""
	}
	return t[0].Text
}

// Pos is the place of the value, or no place of nil.
func (t Tree) Pos() policy.Pos {
	if len(t) == 0 {
		return policy.Pos{}
	}
	return t[0].Pos
}

// Builder appends nodes.
type Builder struct {
	Nodes Tree
	open  []int
}

// Key appends a key; its value must follow.
func (b *Builder) Key(text string, pos policy.Pos) {
	b.Nodes = append(b.Nodes, Node{Text: text, Pos: pos, Len: 1, Kind: String})
}

// Scalar appends a null, bool, number or string.
func (b *Builder) Scalar(kind Kind, text string, pos policy.Pos) {
	b.Nodes = append(b.Nodes, Node{Text: text, Pos: pos, Len: 1, Kind: kind})
}

// Open begins a list or struct.
func (b *Builder) Open(kind Kind, pos policy.Pos) {
	b.open = append(b.open, len(b.Nodes))
	b.Nodes = append(b.Nodes, Node{Pos: pos, Kind: kind})
}

// Close ends the list or struct begun last. An end of zero leaves the place as
// it was opened with.
func (b *Builder) Close(end int32) {
	i := b.open[len(b.open)-1]
	b.open = b.open[:len(b.open)-1]
	b.Nodes[i].Len = int32(len(b.Nodes) - i)
	if end > 0 {
		b.Nodes[i].Pos.End = end
	}
}

// Append copies a whole value.
func (b *Builder) Append(t Tree) { b.Nodes = append(b.Nodes, t...) }
