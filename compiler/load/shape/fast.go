package shape

import (
	"time"
	"unicode/utf8"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// Most values are right. The functions here find that out without tracking places and without
// allocating. Whatever they reject goes to the full checker, which words the finding. A test makes
// sure that the two agree.

// Checker checks one field of a struct at a time. Each goroutine needs its own.
type Checker struct{ checker checker }

// NewChecker returns a checker.
func NewChecker() *Checker { return &Checker{} }

// Field returns the findings about a field, as Check would for a struct of type t at the path.
func (c *Checker) Field(path []string, t *Type, key *tree.Node, v tree.Tree) []diag.Finding {
	if ok, _ := t.fieldOK(key.Text, v, 0); ok {
		return nil
	}
	one := append(tree.Tree{{Kind: tree.Struct, Len: int32(len(v) + 2)}, *key}, v...)
	c.checker = checker{path: append(c.checker.path[:0], path...)}
	c.checker.fields(t, one)
	return c.checker.faults
}

// Field returns the field with a name, or nil.
func (t *Type) Field(name string) *Field {
	if i, ok := t.index[name]; ok {
		return &t.fields[i]
	}
	return nil
}

// ok reports whether a value certainly fits the type.
func (t *Type) ok(v tree.Tree) bool {
	if t.opaque != nil {
		return false // CUE must decide
	}
	if len(t.anyOf) > 0 {
		return t.anyOK(v)
	}
	kind := v[0].Kind
	if !t.allows(kind) {
		return false
	}
	good := true
	switch kind {
	case tree.String, tree.Bool:
		good = t.textOK(v[0].Text)
	case tree.Number:
		c := checker{}
		c.number(t, v)
		good = len(c.faults) == 0
	case tree.List:
		good = t.listOK(v)
	case tree.Struct:
		good = t.structOK(v)
	}
	for _, a := range t.allOf {
		good = good && a.ok(v)
	}
	return good
}

func (t *Type) anyOK(v tree.Tree) bool {
	for _, a := range t.anyOf {
		if a.ok(v) {
			return true
		}
	}
	return false
}

func (t *Type) textOK(s string) bool {
	for i := range t.texts {
		switch x := &t.texts[i]; {
		case x.enum != nil:
			if !containsText(x.enum, s) {
				return false
			}
		case x.match != nil:
			if x.match.MatchString(s) == x.negate {
				return false
			}
		case x.date != "":
			if !dateOK(x.date, s) {
				return false
			}
		case len(s) < x.min || x.min > 1 && utf8.RuneCountInString(s) < x.min:
			return false
		}
	}
	return true
}

func (t *Type) listOK(v tree.Tree) bool {
	n := 0
	for i := 1; i < len(v); i += int(v[i].Len) {
		if t.elem != nil && !t.elem.ok(v.Sub(i)) {
			return false
		}
		n++
	}
	return n >= t.minLen && (t.maxLen < 0 || n <= t.maxLen)
}

func (t *Type) structOK(v tree.Tree) bool {
	if t.index == nil && len(t.patterns) == 0 {
		return true
	}
	if len(t.fields) > 64 {
		return false
	}
	var seen uint64
	next := 0
	for i := 1; i < len(v); i += 1 + int(v[i+1].Len) {
		ok, at := t.fieldOK(v[i].Text, v.Sub(i+1), next)
		if !ok {
			return false
		}
		if at >= 0 {
			seen |= 1 << at
			next = at + 1
		}
	}
	for i := range t.fields {
		if t.fields[i].Required && seen>>i&1 == 0 {
			return false
		}
	}
	return true
}

// fieldOK checks one field; at is its index, or -1. Fields mostly come in one order, so it tries the
// next one first.
func (t *Type) fieldOK(name string, v tree.Tree, next int) (ok bool, at int) {
	at = t.lookup(name, next)
	if at >= 0 && !t.fields[at].Type.ok(v) {
		return false, at
	}
	matched := at >= 0
	for i := range t.patterns {
		if p := &t.patterns[i]; p.key.keyOK(name) {
			matched = true
			if !p.value.ok(v) {
				return false, at
			}
		}
	}
	return matched || !t.closed, at
}

func (t *Type) lookup(name string, next int) int {
	const few = 16
	if len(t.fields) > few {
		if i, ok := t.index[name]; ok {
			return i
		}
		return -1
	}
	for i := range t.fields {
		at := next + i
		if at >= len(t.fields) {
			at -= len(t.fields)
		}
		if t.fields[at].Name == name {
			return at
		}
	}
	return -1
}

// keyOK reports whether a key matches a pattern.
func (t *Type) keyOK(key string) bool {
	if !t.textOK(key) {
		return false
	}
	for _, a := range t.allOf {
		if !a.keyOK(key) {
			return false
		}
	}
	return true
}

// dateOK reports whether time.Parse accepts a date.
func dateOK(layout, s string) bool {
	if layout == time.DateOnly {
		_, err := policy.ParseDate(s)
		return err == nil
	}
	_, err := time.Parse(layout, s)
	return err == nil
}
