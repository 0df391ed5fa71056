package shape

import (
	"permc.dev/permc/compiler/load/tree"
)

// OK is the fast check and Slow the full one, for comparison.
func (t *Type) OK(v tree.Tree) bool { return t.ok(v) }

// Slow reports whether the full check finds nothing.
func (t *Type) Slow(v tree.Tree) bool {
	c := checker{}
	c.check(t, v)
	return len(c.faults) == 0
}

// Regexps returns the expressions in a type.
func (t *Type) Regexps() (list []string) {
	seen := map[*Type]bool{}
	var walk func(t *Type)
	walk = func(t *Type) {
		if t == nil || seen[t] {
			return
		}
		seen[t] = true
		for _, x := range t.texts {
			if x.match != nil {
				list = append(list, x.match.expression)
			}
		}
		walk(t.elem)
		for _, f := range t.fields {
			walk(f.Type)
		}
		for _, p := range t.patterns {
			walk(p.key)
			walk(p.value)
		}
		for _, a := range append(t.anyOf, t.allOf...) {
			walk(a)
		}
	}
	walk(t)
	return list
}

// Match returns what the table says about a text.
func Match(expr, s string) (ok, known, made bool) {
	d := newDFA(expr)
	if d == nil {
		return false, false, false
	}
	ok, known = d.match(s)
	return ok, known, true
}

// DateOK is the fast check of a date.
func DateOK(layout, s string) bool { return dateOK(layout, s) }
