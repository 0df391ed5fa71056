package fix

import (
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"
)

// cueText is a file of CUE.
type cueText struct {
	text string
	file *ast.File
}

func parseCUE(text string) (syntax, error) {
	f, err := parser.ParseFile("", text, parser.ParseComments)
	return cueText{text, f}, err
}

func (t cueText) remove(offsets []int) ([]edit, map[int]error) {
	r, failed := newRemoval(t.text), map[int]error{}
	for _, off := range offsets {
		l, err := t.listAt(off)
		if err == nil {
			err = r.take(l, off)
		}
		if err != nil {
			failed[off] = err
		}
	}
	return r.edits(), failed
}

// listAt is the innermost list that has an element around an offset. Elements
// that a comprehension makes are not written out.
func (t cueText) listAt(off int) (*list, error) {
	var found *ast.ListLit
	computed := false
	ast.Walk(t.file, func(n ast.Node) bool {
		if n != ast.Node(t.file) && !contains(n, off) {
			return false
		}
		if l, ok := n.(*ast.ListLit); ok {
			for _, e := range l.Elts {
				if contains(e, off) {
					_, computed = e.(*ast.Comprehension)
					found = l
				}
			}
		}
		return true
	}, nil)
	switch {
	case found == nil:
		return nil, errNoList
	case computed:
		return nil, errComputed
	}
	l := &list{open: found.Lbrack.Offset(), shut: found.Rbrack.Offset(), comment: "//"}
	for _, e := range found.Elts {
		l.items = append(l.items, span{e.Pos().Offset(), e.End().Offset()})
	}
	if !l.findCommas(t.text) {
		return nil, errLayout
	}
	return l, nil
}

// contains reports whether a node that stands in the file is around an offset.
func contains(n ast.Node, off int) bool {
	from, to := n.Pos(), n.End()
	return from.IsValid() && to.IsValid() && from.Offset() <= off && off < to.Offset()
}

func (t cueText) rename(off int, wrong, right string) (out edit, err error) {
	err = errOtherName
	ast.Walk(t.file, func(n ast.Node) bool {
		if n != ast.Node(t.file) && !contains(n, off) {
			return false
		}
		if f, ok := n.(*ast.Field); ok && f.Label.Pos().Offset() == off {
			if name, ident, e := ast.LabelName(f.Label); e == nil && name == wrong {
				out, err = t.label(f.Label, off, right, ident)
			}
			return false
		}
		if b, ok := n.(*ast.BasicLit); ok && b.Kind == token.STRING && b.Pos().Offset() == off {
			if s, e := literal.Unquote(b.Value); e == nil && s == wrong && simple(b.Value) {
				out, err = edit{off, off + len(b.Value), literal.String.Quote(right)}, nil
			}
		}
		return true
	}, nil)
	return out, err
}

// label is a field's name written as another.
func (t cueText) label(l ast.Label, off int, right string, ident bool) (edit, error) {
	end := l.End().Offset()
	if ident && ast.IsValidIdent(right) {
		return edit{off, end, right}, nil
	}
	if !ident && !simple(t.text[off:end]) {
		return edit{}, errLayout
	}
	return edit{off, end, literal.String.Quote(right)}, nil
}

// simple reports whether a string is written between two quotes.
func simple(s string) bool { return strings.HasPrefix(s, `"`) && !strings.HasPrefix(s, `"""`) }
