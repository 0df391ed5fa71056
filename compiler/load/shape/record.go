package shape

import (
	"slices"

	"permc.dev/permc/compiler/load/tree"
)

// Record is a struct of named fields, for a reader that checks values while reading, without a tree.
// Check accepts everything that it accepts.
type Record struct {
	t        *Type
	required uint64
}

// Record returns the type as a record, or nil if it has constraints besides those of its fields.
func (t *Type) Record() *Record {
	if t == nil || t.kinds != kindMask(tree.Struct) || !t.closed || t.complex() || len(t.patterns) > 0 ||
		len(t.fields) > 64 {
		return nil
	}
	r := &Record{t: t}
	for i := range t.fields {
		if t.fields[i].Required {
			r.required |= 1 << i
		}
	}
	return r
}

func (t *Type) complex() bool { return t.opaque != nil || len(t.anyOf) > 0 || len(t.allOf) > 0 }

// Fields returns the fields in the schema's order.
func (r *Record) Fields() []Field { return r.t.fields }

// Lookup returns the index of a field, or -1. It tries the likely next one first.
func (r *Record) Lookup(name string, next int) int { return r.t.lookup(name, next) }

// Complete reports whether a set of fields, by index, has all required ones.
func (r *Record) Complete(seen uint64) bool { return seen&r.required == r.required }

// Keyed returns the types of the keys and values of a struct that allows only the keys of one pattern;
// ok is false for other types.
func (t *Type) Keyed() (key, value *Type, ok bool) {
	if t.kinds != kindMask(tree.Struct) || !t.closed || t.complex() || len(t.fields) > 0 || len(t.patterns) != 1 {
		return nil, nil, false
	}
	return t.patterns[0].key, t.patterns[0].value, true
}

// Text reports whether a string certainly fits the type.
func (t *Type) Text(s string) bool {
	return t.opaque == nil && len(t.anyOf) == 0 && t.allows(tree.String) && t.keyOK(s)
}

// Texts reports whether the type is a string type, or several that a value must all fit.
func (t *Type) Texts() bool {
	if t.opaque != nil || len(t.anyOf) > 0 {
		return false
	}
	return t.kinds == kindMask(tree.String) || t.kinds == 0 && len(t.allOf) > 0 &&
		!slices.ContainsFunc(t.allOf, func(a *Type) bool { return !a.Texts() })
}

// Elem returns the type of a list's elements, or nil if the type has constraints besides this one and
// the length.
func (t *Type) Elem() *Type {
	if t.opaque != nil || len(t.anyOf) > 0 || t.kinds != kindMask(tree.List) && (t.kinds != 0 || len(t.allOf) == 0) {
		return nil
	}
	elem := t.elem
	for _, a := range t.allOf {
		if a.kinds != kindMask(tree.List) || a.complex() || elem != nil && a.elem != nil {
			return nil
		}
		if a.elem != nil {
			elem = a.elem
		}
	}
	return elem
}

// Length reports whether a list of the type may have n elements.
func (t *Type) Length(n int) bool {
	for _, a := range t.allOf {
		if !a.Length(n) {
			return false
		}
	}
	return n >= t.minLen && (t.maxLen < 0 || n <= t.maxLen)
}

// TextOrRecord returns the two alternatives of a type that is a text or a record.
func (t *Type) TextOrRecord() (text, record *Type, ok bool) {
	if t.opaque != nil || len(t.allOf) > 0 || len(t.anyOf) != 2 || !t.anyOf[0].Texts() || t.anyOf[1].Record() == nil {
		return nil, nil, false
	}
	return t.anyOf[0], t.anyOf[1], true
}

// TextOrList returns the two alternatives of a type that is a text or a list.
func (t *Type) TextOrList() (text, list *Type, ok bool) {
	if t.opaque != nil || len(t.allOf) > 0 || len(t.anyOf) != 2 || !t.anyOf[0].Texts() || t.anyOf[1].Elem() == nil {
		return nil, nil, false
	}
	return t.anyOf[0], t.anyOf[1], true
}
