package load

import (
	"slices"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"

	"permc.dev/permc/compiler/policy"
)

// In CUE, an entry can be written in several files at once: users: kim: roles: users.sec.roles gives kim what is
// written at sec, in another file perhaps. The place of the entry is that of its own text. The walker also keeps the
// places of the references on the way, since rules may ask in which files an entry is written.

// origin says how a value on the way to an entry came about.
type origin struct {
	depth  int          // 1: users, 2: a user, 3: roles, 4: an entry, 5: its fields
	owner  string       // see policy.Place
	text   []policy.Pos // of the literals that write it out
	refs   []policy.Pos // references in it, by which parts of it come from elsewhere
	around []policy.Pos // references by which it came itself
}

// entryDepth is the depth of entries and memberships.
const entryDepth = 4

// owners are the fields of a declaration that hold entries and memberships, with what comes before an id.
var owners = map[string]string{"users": "", "invitations": "", "groups": "group:"}

// origin returns the origin of a field or an element of a value, or nil if it has nothing to do with entries.
func (w *walker) origin(in *origin, name string, v cue.Value) *origin {
	if in == nil || in.depth >= entryDepth {
		return nil
	}
	o := &origin{depth: in.depth + 1, owner: in.owner, around: in.around}
	switch prefix, ok := owners[name]; {
	case o.depth == 1 && !ok:
		return nil
	case o.depth == 1:
		o.owner = prefix
	case o.depth == 2:
		o.owner += name
	case o.depth == 3 && name != "roles" && name != "grants" && name != "groups" && name != "members":
		return nil
	}
	local := w.readOrigin(o, in, v)
	if !local {
		o.around = slices.Concat(in.around, in.refs)
	}
	return o
}

// readOrigin notes how a value is written, and reports whether all of it is in the text of the value around it.
func (w *walker) readOrigin(o, in *origin, v cue.Value) (local bool) {
	nodes := writtenAs(v)
	local = len(nodes) > 0
	for _, n := range nodes {
		if f, ok := n.(*ast.Field); ok {
			n = f.Value
		}
		pos := w.project.nodePos(n)
		if in == nil || !slices.ContainsFunc(in.text, func(p policy.Pos) bool { return contains(p, pos) }) {
			local = false
		}
		var decls []ast.Decl
		switch n := n.(type) {
		case *ast.BasicLit:
			continue
		case *ast.ListLit:
			o.text = append(o.text, pos)
			continue
		case *ast.StructLit:
			decls = n.Elts
		case *ast.File:
			decls = n.Decls
		default:
			o.refs = append(o.refs, pos)
			continue
		}
		o.text = append(o.text, pos)
		for _, d := range decls {
			switch d.(type) {
			case *ast.EmbedDecl, *ast.Comprehension:
				o.refs = append(o.refs, w.project.nodePos(d))
			}
		}
	}
	return local
}

// writtenAs returns the syntax of everything that is unified to a value.
func writtenAs(v cue.Value) (nodes []ast.Node) {
	parts := []cue.Value{v}
	if op, both := v.Expr(); op == cue.AndOp {
		parts = both
	}
	for _, x := range parts {
		if n := x.Source(); n != nil {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

func contains(outer, inner policy.Pos) bool {
	return outer.File == inner.File && outer.Off <= inner.Off && inner.End <= outer.End
}

// whats are the fields that say what an entry or a membership is about: its place is theirs.
var whats = map[string]bool{"role": true, "permission": true, "user": true, "group": true}

// noteElsewhere records the other files in which an entry or a membership with a place is written.
func (w *walker) noteElsewhere(o *origin, pos policy.Pos) {
	if o == nil || o.depth != entryDepth {
		return
	}
	place := policy.Place{Of: o.owner, Pos: pos}
	list := w.elsewhere[place]
	for _, p := range slices.Concat(o.around, o.text, o.refs) {
		if p.IsValid() && p.File != pos.File && !slices.ContainsFunc(list,
			func(x policy.Pos) bool { return x.File == p.File }) {
			list = append(list, p)
		}
	}
	if len(list) == 0 {
		return
	}
	if w.elsewhere == nil {
		w.elsewhere = policy.Elsewhere{}
	}
	w.elsewhere[place] = list
}
