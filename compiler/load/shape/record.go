package shape

import "permc.dev/permc/compiler/load/tree"

// Record is a struct of named fields, for a reader that checks values while it
// reads them, without a tree. What it accepts, Check accepts.
type Record struct {
	t        *Type
	required uint64
}

// Record is the type as a record, or nil where it says more than its fields
// do.
func (t *Type) Record() *Record {
	if t == nil || t.kinds != mask(tree.Struct) || !t.closed || t.complex() || len(t.patterns) > 0 || len(t.fields) > 64 {
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

// Fields are the fields in the schema's order.
func (r *Record) Fields() []Field { return r.t.fields }

// Lookup is the place of a field, or -1; the one that is likely to come next is
// looked at first.
func (r *Record) Lookup(name string, next int) int { return r.t.lookup(name, next) }

// Complete reports whether a set of fields, by place, has all that must be there.
func (r *Record) Complete(seen uint64) bool { return seen&r.required == r.required }

// Keyed are the types of the keys and values of a struct that has only such as
// one pattern allows; ok is false of any other type.
func (t *Type) Keyed() (key, value *Type, ok bool) {
	if t.kinds != mask(tree.Struct) || !t.closed || t.complex() || len(t.fields) > 0 || len(t.patterns) != 1 {
		return nil, nil, false
	}
	return t.patterns[0].key, t.patterns[0].value, true
}

// Text reports whether a string is surely as the type wants it.
func (t *Type) Text(s string) bool {
	return t.opaque == nil && len(t.anyOf) == 0 && t.allows(tree.String) && t.keyOK(s)
}

// Texts reports whether the type is one of strings.
func (t *Type) Texts() bool {
	return t.opaque == nil && len(t.anyOf) == 0 && t.kinds == mask(tree.String)
}

// Elem is the type of a list's elements, or nil where the type says more of the
// list than that and its length.
func (t *Type) Elem() *Type {
	if t.opaque != nil || len(t.anyOf) > 0 || t.kinds != mask(tree.List) && (t.kinds != 0 || len(t.allOf) == 0) {
		return nil
	}
	elem := t.elem
	for _, a := range t.allOf {
		if a.kinds != mask(tree.List) || a.complex() || elem != nil && a.elem != nil {
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
