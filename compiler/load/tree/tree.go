// Package tree defines the form that all input formats are read into: a flat sequence of nodes in
// document order, each with its place in the user's file.
package tree

import (
	"iter"

	"permc.dev/permc/compiler/policy"
)

// Kind is the kind of a value.
type Kind uint8

// The kinds of value.
const (
	Null Kind = iota
	Bool
	Number
	String
	List
	Struct
)

func (k Kind) String() string {
	return [...]string{"null", "true or false", "a number", "a string", "a list", "a mapping"}[k]
}

// Node is a value or a mapping's key. A mapping's node is followed by its keys, each with its value; a
// list's node by its elements.
type Node struct {
	Text string     // of a scalar or key, unescaped
	Pos  policy.Pos // of a mapping or list: from its first to its last byte
	Len  int32      // number of nodes in the subtree, including this one
	Kind Kind
}

// Tree is a value with everything in it. The first node is the root.
type Tree []Node

// Sub returns the value at a node.
func (t Tree) Sub(i int) Tree { return t[i : i+int(t[i].Len)] }

// Fields iterates over the keys of a mapping and their values.
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

// Get returns the value of a mapping's field, or nil. A nil Tree has no fields.
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

// Text returns the text of a scalar, or "" for nil.
func (t Tree) Text() string {
	if len(t) == 0 {
		return ""
	}
	return t[0].Text
}

// Pos returns the place of the value, or no place for nil.
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

// Open begins a list or mapping.
func (b *Builder) Open(kind Kind, pos policy.Pos) {
	b.open = append(b.open, len(b.Nodes))
	b.Nodes = append(b.Nodes, Node{Pos: pos, Kind: kind})
}

// Close ends the list or mapping that was begun last. If end is zero, its place stays as it was
// opened.
func (b *Builder) Close(end uint32) {
	i := b.open[len(b.open)-1]
	b.open = b.open[:len(b.open)-1]
	b.Nodes[i].Len = int32(len(b.Nodes) - i)
	if end > 0 {
		b.Nodes[i].Pos.End = end
	}
}

// Append copies a whole value.
func (b *Builder) Append(t Tree) { b.Nodes = append(b.Nodes, t...) }
