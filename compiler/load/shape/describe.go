package shape

import (
	"math/bits"

	"permc.dev/permc/compiler/load/tree"
)

// Description describes a type to other packages: what a value looks like, without every constraint.
type Description struct {
	Kind         tree.Kind
	Alternatives []*Type
	Elem         *Type // of a list
	Fields       []Field
	Values       []*Type // of keys that patterns allow
	Enum         []string
}

// Describe returns what a value of the type looks like.
func (t *Type) Describe() Description {
	d := Description{Alternatives: t.anyOf, Elem: t.elem, Fields: t.fields, Kind: tree.String}
	if t.kinds != 0 {
		d.Kind = tree.Kind(bits.TrailingZeros8(t.kinds))
	}
	for _, p := range t.patterns {
		d.Values = append(d.Values, p.value)
	}
	for _, x := range t.texts {
		d.Enum = append(d.Enum, x.enum...)
	}
	for _, a := range t.allOf {
		inner := a.Describe()
		if d.Elem == nil {
			d.Elem = inner.Elem
		}
		d.Kind = inner.Kind
	}
	return d
}
