// Package shape turns an evaluated CUE schema into a tree of types. A type checks data in one walk,
// reports all findings with their places, and suggests the nearest right name. CUE remains the source
// of truth: this package adds no constraint, and leaves to CUE what it cannot express.
package shape

import (
	"cuelang.org/go/cue"

	"permc.dev/permc/compiler/load/tree"
)

// Type says what a value must be. All its constraints apply.
type Type struct {
	Name   string // of the definition, such as #User
	kinds  uint8  // set of tree.Kind bits; zero means any
	whole  bool   // a number must be an integer
	says   string // the meaning of a text constraint, in words
	texts  []text
	bounds []bound

	elem   *Type
	minLen int
	maxLen int // -1: no limit

	fields   []Field
	index    map[string]int
	patterns []pattern
	closed   bool

	anyOf  []*Type
	allOf  []*Type
	opaque Ask // nil unless left to CUE
}

// Field is a named field of a struct.
type Field struct {
	Name     string
	Required bool
	Help     string
	Doc      string // its comment; only in derived types
	Type     *Type
}

// pattern constrains the values of keys that match it.
type pattern struct {
	key, value *Type
}

// text is one constraint on a string.
type text struct {
	match  *matcher
	negate bool
	enum   []string
	date   string
	min    int // runes
}

type bound struct {
	op  cue.Op
	num float64
}

func kindMask(kinds ...tree.Kind) (m uint8) {
	for _, k := range kinds {
		m |= 1 << k
	}
	return m
}

func (t *Type) allows(k tree.Kind) bool { return t.kinds == 0 || t.kinds&(1<<k) != 0 }

// FieldNames returns the fields that a struct of this type may have.
func (t *Type) FieldNames() (list []string) {
	for _, f := range t.fields {
		list = append(list, f.Name)
	}
	return list
}

// Opaque lists the types that are left to CUE, by path.
func (t *Type) Opaque() []string {
	var list []string
	seen := map[*Type]bool{}
	var walk func(t *Type, path string)
	walk = func(t *Type, path string) {
		if t == nil || seen[t] {
			return
		}
		seen[t] = true
		if t.opaque != nil {
			list = append(list, path)
		}
		walk(t.elem, path+"[]")
		for _, f := range t.fields {
			walk(f.Type, path+"."+f.Name)
		}
		for _, p := range t.patterns {
			walk(p.key, path+"[key]")
			walk(p.value, path+"[value]")
		}
		for _, a := range append(t.anyOf, t.allOf...) {
			walk(a, path+"|"+a.Name)
		}
	}
	walk(t, t.Name)
	return list
}
