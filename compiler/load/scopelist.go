package load

import (
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// nestScopes returns a declaration in which a list of scopes, each with its path, has become nested scopes as anybody
// else writes them, and true: scopes on the way are then in it several times, to be merged. It returns anything else as
// it is: the schema says what is wrong.
func nestScopes(t tree.Tree) (tree.Tree, bool) {
	list := t.Get("scopes")
	if len(list) == 0 || list[0].Kind != tree.List {
		return t, false
	}
	for e := range list.Elems() {
		if !isListedScope(e) {
			return t, false
		}
	}
	b := &tree.Builder{Nodes: make(tree.Tree, 0, 2*len(t))}
	b.Open(tree.Struct, t[0].Pos)
	for k, v := range t.Fields() {
		if k.Text != "scopes" {
			b.Key(k.Text, k.Pos)
			b.Append(v)
			continue
		}
		for e := range v.Elems() {
			nestScope(b, k.Pos, e)
		}
	}
	b.Close(0)
	return b.Nodes, true
}

// isListedScope reports whether an item of a list has a path of names.
func isListedScope(e tree.Tree) bool {
	path := e.Get("path")
	if e[0].Kind != tree.Struct || len(path) < 2 || path[0].Kind != tree.List {
		return false
	}
	for name := range path.Elems() {
		if name[0].Kind != tree.String {
			return false
		}
	}
	return true
}

// nestScope appends the field scopes with one scope in the scopes around it.
func nestScope(b *tree.Builder, pos policy.Pos, e tree.Tree) {
	depth := 0
	for name := range e.Get("path").Elems() {
		b.Key("scopes", pos)
		b.Open(tree.Struct, pos)
		b.Key(policy.ScopePart(name.Text()), name.Pos())
		b.Open(tree.Struct, name.Pos())
		depth += 2
	}
	for k, v := range e.Fields() {
		if k.Text != "path" {
			b.Key(k.Text, k.Pos)
			b.Append(v)
		}
	}
	for range depth {
		b.Close(0)
	}
}
