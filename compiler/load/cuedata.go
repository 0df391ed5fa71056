package load

import (
	"fmt"
	"sync"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// walker copies an evaluated value into a tree, with the places where the user wrote it.
type walker struct {
	project *cueProject
	b       tree.Builder
	labels  map[string]policy.Pos // of fields that are written out, by path
	left    int
	faults  []diag.Finding

	elsewhere policy.Elsewhere
}

// data checks that the value of files is concrete, and copies it.
func (p *cueProject) data(v cue.Value, files []*ast.File) (tree.Tree, []diag.Finding, error) {
	if err := v.Validate(cue.Concrete(true)); err != nil {
		return nil, p.convertErrors("schema", err), nil
	}
	w := &walker{project: p, left: p.left, labels: map[string]policy.Pos{}, elsewhere: p.elsewhere}
	for _, f := range files {
		w.label(f.Decls, "")
	}
	var top *origin
	if p.trace {
		top = &origin{}
		w.readOrigin(top, nil, v)
	}
	w.value(v, "", policy.Pos{File: p.main[0].num}, top)
	if p.left = w.left; w.left < 0 {
		return nil, nil, fmt.Errorf("the CUE files produce more than %d values", p.limits.Nodes)
	}
	p.elsewhere = w.elsewhere
	return w.b.Nodes, w.faults, nil
}

// label records where the labels of written-out fields are. A value with several sources does not have
// that place.
func (w *walker) label(decls []ast.Decl, path string) {
	for _, d := range decls {
		f, ok := d.(*ast.Field)
		if !ok {
			continue
		}
		name, _, err := ast.LabelName(f.Label)
		if err != nil {
			continue
		}
		at := path + "\x00" + name
		if _, ok := w.labels[at]; !ok {
			w.labels[at] = w.project.nodePos(f.Label)
		}
		if s, ok := f.Value.(*ast.StructLit); ok {
			w.label(s.Elts, at)
		}
	}
}

func (w *walker) value(v cue.Value, path string, around policy.Pos, from *origin) {
	if w.left--; w.left < 0 {
		return
	}
	v, _ = v.Default()
	pos := w.pos(v)
	if !pos.IsValid() {
		pos = around // made by a function, or by a library outside the project
	}
	w.noteElsewhere(from, pos)
	switch v.Kind() {
	case cue.StructKind:
		w.structure(v, pos, path, from)
	case cue.ListKind:
		w.b.Open(tree.List, pos)
		for it, _ := v.List(); it.Next(); {
			w.value(it.Value(), path+"\x00"+it.Selector().String(), pos, w.origin(from, "", it.Value()))
		}
		w.b.Close(0)
	case cue.StringKind:
		s, _ := v.String()
		w.b.Scalar(tree.String, s, pos)
	case cue.BoolKind:
		b, _ := v.Bool()
		w.b.Scalar(tree.Bool, fmt.Sprint(b), pos)
	case cue.IntKind, cue.FloatKind, cue.NumberKind:
		text, _ := v.MarshalJSON()
		w.b.Scalar(tree.Number, string(text), pos)
	case cue.NullKind:
		w.b.Scalar(tree.Null, "null", pos)
	default:
		f := diag.Stopf("schema", pos, "a value of kind %v is not allowed in a declaration", v.Kind())
		if v.Kind() == cue.BytesKind {
			f.Help = "use double quotes"
		}
		w.faults = append(w.faults, f)
		w.b.Scalar(tree.Null, "", pos)
	}
}

func (w *walker) structure(v cue.Value, pos policy.Pos, path string, from *origin) {
	w.b.Open(tree.Struct, pos)
	it, err := v.Fields()
	if err != nil {
		w.faults = append(w.faults, w.project.convertErrors("schema", err)...)
	} else {
		for it.Next() && w.left >= 0 {
			name := it.Selector().Unquoted()
			at := path + "\x00" + name
			key := w.keyPos(it.Value(), at)
			if !key.IsValid() {
				key = pos
			}
			w.b.Key(name, key)
			before := len(w.b.Nodes)
			w.value(it.Value(), at, key, w.origin(from, name, it.Value()))
			if whats[name] {
				w.noteElsewhere(from, w.b.Nodes[before].Pos)
			}
		}
	}
	w.b.Close(0)
}

func (w *walker) keyPos(v cue.Value, path string) policy.Pos {
	if f, ok := v.Source().(*ast.Field); ok {
		if pos := w.project.nodePos(f.Label); pos.IsValid() {
			return pos
		}
	}
	if pos, ok := w.labels[path]; ok {
		return pos
	}
	return w.project.pos(v.Pos())
}

func (w *walker) pos(v cue.Value) policy.Pos {
	switch n := v.Source().(type) {
	case *ast.Field:
		if pos := w.project.nodePos(n.Value); pos.IsValid() {
			return pos
		}
	case ast.Expr:
		if pos := w.project.nodePos(n); pos.IsValid() {
			return pos
		}
	}
	return w.project.pos(v.Pos())
}

// fastData reads files of plain data without evaluating them. The result is the same, at a tenth of
// the time.
func (p *cueProject) fastData() (tree.Tree, bool) {
	var values []tree.Tree
	for _, f := range p.main {
		l := &dataReader{project: p}
		if !l.file(f.syntax) {
			return nil, false
		}
		values = append(values, l.b.Nodes)
	}
	if len(values) == 1 && len(findDuplicates(values[0])) == 0 {
		return values[0], true
	}
	return unifyData(values)
}

type dataReader struct {
	project *cueProject
	b       tree.Builder
}

func (l *dataReader) file(f *ast.File) bool {
	l.b.Open(tree.Struct, l.project.nodePos(f))
	for _, d := range f.Decls {
		if _, ok := d.(*ast.Package); ok || isConstraint(d) {
			continue
		}
		if !l.decl(d) {
			return false
		}
	}
	l.b.Close(0)
	return true
}

// isConstraint reports whether a declaration only repeats the schema, as users?: schema.#Users does
// for plain CUE. It has no data, and all data is checked against the schema anyway.
func isConstraint(d ast.Decl) bool {
	switch d := d.(type) {
	case *ast.ImportDecl:
		for _, spec := range d.Specs {
			if imp, err := astImport(spec); err != nil || imp.path != "permc.dev/schema" || spec.Name != nil {
				return false
			}
		}
		return true
	case *ast.Field:
		sel, ok := d.Value.(*ast.SelectorExpr)
		if !ok || d.Constraint != token.OPTION {
			return false
		}
		x, ok := sel.X.(*ast.Ident)
		name, _, err := ast.LabelName(sel.Sel)
		return ok && x.Name == "schema" && err == nil && definitions()[name]
	}
	return false
}

// definitions returns the names that the schema defines.
var definitions = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	for _, d := range schemaStub(nil).Decls {
		if f, ok := d.(*ast.Field); ok {
			name, _, _ := ast.LabelName(f.Label)
			names[name] = true
		}
	}
	return names
})

func (l *dataReader) decl(d ast.Decl) bool {
	f, ok := d.(*ast.Field)
	if !ok || f.Constraint != token.ILLEGAL || f.Alias != nil {
		return false
	}
	var name string
	switch label := f.Label.(type) {
	case *ast.Ident:
		name = label.Name
		if name == "" || name[0] == '_' || name[0] == '#' {
			return false
		}
	case *ast.BasicLit:
		s, err := literal.Unquote(label.Value)
		if label.Kind != token.STRING || err != nil {
			return false
		}
		name = s
	default:
		return false
	}
	l.b.Key(name, l.project.nodePos(f.Label))
	return l.expr(f.Value)
}

func (l *dataReader) expr(e ast.Expr) bool {
	pos := l.project.nodePos(e)
	switch e := e.(type) {
	case *ast.BasicLit:
		return l.scalar(e, pos)
	case *ast.StructLit:
		l.b.Open(tree.Struct, pos)
		for _, d := range e.Elts {
			if !l.decl(d) {
				return false
			}
		}
		l.b.Close(0)
		return true
	case *ast.ListLit:
		l.b.Open(tree.List, pos)
		for _, x := range e.Elts {
			if !l.expr(x) {
				return false
			}
		}
		l.b.Close(0)
		return true
	}
	return false
}

func (l *dataReader) scalar(e *ast.BasicLit, pos policy.Pos) bool {
	switch e.Kind {
	case token.STRING:
		s, err := literal.Unquote(e.Value)
		if err != nil || e.Value[0] == '\'' || e.Value[0] == '#' {
			return false
		}
		l.b.Scalar(tree.String, s, pos)
	case token.TRUE, token.FALSE:
		l.b.Scalar(tree.Bool, e.Value, pos)
	case token.INT:
		for _, r := range e.Value {
			if r < '0' || r > '9' {
				return false
			}
		}
		l.b.Scalar(tree.Number, e.Value, pos)
	default:
		return false
	}
	return true
}
