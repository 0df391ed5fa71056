package shape

import (
	"sync"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/token"

	"permc.dev/permc/compiler/load/tree"
)

// Ask returns what is wrong with a value of a type that only CUE can evaluate, or "".
type Ask func(v tree.Tree) string

var asking sync.Mutex

// opaque asks CUE about a value.
func (c *checker) opaque(t *Type, v tree.Tree) {
	if fault := t.opaque(v); fault != "" {
		c.report(v[0].Pos, "", "%s%s", fault, c.where())
	}
}

// askCUE returns the question whether data agrees with a CUE value.
func askCUE(constraint cue.Value) Ask {
	return func(v tree.Tree) string {
		asking.Lock() // CUE values are not safe for several goroutines
		defer asking.Unlock()
		data := cuecontext.New().BuildExpr(Syntax(v))
		err := constraint.Unify(data).Validate(cue.Concrete(true))
		for _, e := range errors.Errors(err) {
			format, args := e.Msg()
			return errors.Newf(token.NoPos, format, args...).Error()
		}
		return ""
	}
}

// Syntax returns the value as a CUE expression without places.
func Syntax(v tree.Tree) ast.Expr {
	switch v[0].Kind {
	case tree.Null:
		return ast.NewNull()
	case tree.Bool:
		return ast.NewBool(v[0].Text == "true")
	case tree.Number:
		kind := token.INT
		for _, r := range v[0].Text {
			if r == '.' || r == 'e' || r == 'E' {
				kind = token.FLOAT
			}
		}
		return ast.NewLit(kind, v[0].Text)
	case tree.String:
		return ast.NewString(v[0].Text)
	case tree.List:
		list := &ast.ListLit{}
		for e := range v.Elems() {
			list.Elts = append(list.Elts, Syntax(e))
		}
		return list
	}
	s := &ast.StructLit{}
	for k, f := range v.Fields() {
		s.Elts = append(s.Elts, &ast.Field{Label: ast.NewString(k.Text), Value: Syntax(f)})
	}
	return s
}
