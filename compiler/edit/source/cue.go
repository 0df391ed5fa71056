package source

import (
	"errors"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"

	"permc.dev/permc/compiler/load/scan"
)

func parseCUE(text string) ([]*Node, error) {
	if scan.Deep(text) {
		return nil, errors.New("nested too deeply")
	}
	f, err := parser.ParseFile("", text, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	top := &Node{Kind: Object, To: len(text), Block: true}
	top.Fields = cueFields(f.Decls)
	return []*Node{top}, nil
}

// cueFields returns the regular fields with a fixed name.
func cueFields(decls []ast.Decl) (list []Field) {
	for _, d := range decls {
		f, ok := d.(*ast.Field)
		if !ok || f.Constraint != token.ILLEGAL || f.Alias != nil {
			continue
		}
		name, _, err := ast.LabelName(f.Label)
		if err != nil || !f.Label.Pos().IsValid() || !f.Value.Pos().IsValid() {
			continue
		}
		list = append(list, Field{name, f.Label.Pos().Offset(), f.Label.End().Offset(), cueValue(f.Value)})
	}
	return list
}

func cueValue(x ast.Expr) *Node {
	n := &Node{From: x.Pos().Offset(), To: x.End().Offset()}
	switch x := x.(type) {
	case *ast.StructLit:
		n.Kind, n.Fields = Object, cueFields(x.Elts)
		n.bare = !x.Lbrace.IsValid()
		if n.bare && (len(n.Fields) != 1 || len(x.Elts) != 1) {
			n.Kind = Opaque
		}
	case *ast.ListLit:
		n.Kind = List
		for _, e := range x.Elts {
			if _, open := e.(*ast.Ellipsis); open {
				n.Kind = Opaque
			}
			n.Items = append(n.Items, cueValue(e))
		}
	case *ast.BasicLit:
		if s, err := literal.Unquote(x.Value); err == nil && x.Kind == token.STRING {
			n.Kind, n.Text = Scalar, s
		}
	}
	return n
}

// label writes a name as a label of CUE.
func label(name string) string {
	if ast.IsValidIdent(name) && name[0] != '_' && name[0] != '#' {
		return name
	}
	return literal.String.Quote(name)
}
