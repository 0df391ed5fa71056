package shape

// TEMPORARY shim by the lead: delete when the real one stands.

import (
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/tree"
)

// Checker checks one field at a time.
type Checker struct{}

// NewChecker returns a checker.
func NewChecker() *Checker { return &Checker{} }

// Field checks a field of a struct of type t.
func (c *Checker) Field(path []string, t *Type, key *tree.Node, v tree.Tree) []diag.Diagnostic {
	var k checker
	k.path = append(k.path, path...)
	wrapped := append(tree.Tree{{Kind: tree.Struct, Len: int32(len(v) + 2)}, *key}, v...)
	k.check(t, wrapped)
	return k.faults
}

// Field is the named field, or nil.
func (t *Type) Field(name string) *Field {
	if i, ok := t.index[name]; ok {
		return &t.fields[i]
	}
	return nil
}
