package fix

import (
	"errors"
	"sort"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"

	"permc.dev/permc/compiler/load/scan"
)

// cueText is a CUE file.
type cueText struct {
	text     string
	elements []element       // of lists, outer before inner
	names    map[int]cueName // strings and field labels, by offset
}

// element is an element of a list.
type element struct {
	span
	list   *ast.ListLit
	outer  int  // index of the element around it, or -1
	spread bool // a comprehension, which makes other elements
}

// cueName is a name in the file.
type cueName struct {
	name  string
	to    int
	label bool
	ident bool // without quotes
}

func parseCUE(text string) (syntax, error) {
	if scan.Deep(text) {
		return nil, errors.New("nested too deeply")
	}
	f, err := parser.ParseFile("", text, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	t := &cueText{text: text, names: map[int]cueName{}}
	t.index(f)
	return t, nil
}

// index collects the elements and names of the file in one walk.
func (t *cueText) index(f *ast.File) {
	at := map[ast.Node]element{} // elements not walked yet
	outer := []int{-1}
	ast.Walk(f, func(n ast.Node) bool {
		if e, ok := at[n]; ok {
			e.outer = outer[len(outer)-1]
			outer = append(outer, len(t.elements))
			t.elements = append(t.elements, e)
		}
		switch n := n.(type) {
		case *ast.ListLit:
			for _, e := range n.Elts {
				_, spread := e.(*ast.Comprehension)
				at[e] = element{span: nodeSpan(e), list: n, spread: spread}
			}
		case *ast.Field:
			if name, ident, err := ast.LabelName(n.Label); err == nil {
				p := nodeSpan(n.Label)
				t.names[p.from] = cueName{name, p.to, true, ident}
			}
		case *ast.BasicLit:
			p := nodeSpan(n)
			if s, err := literal.Unquote(n.Value); err == nil && n.Kind == token.STRING &&
				t.names[p.from] == (cueName{}) {
				t.names[p.from] = cueName{name: s, to: p.to}
			}
		}
		return true
	}, func(n ast.Node) {
		if _, ok := at[n]; ok {
			outer = outer[:len(outer)-1]
			delete(at, n)
		}
	})
}

func nodeSpan(n ast.Node) span {
	if from, to := n.Pos(), n.End(); from.IsValid() && to.IsValid() {
		return span{from.Offset(), to.Offset()}
	}
	return span{-1, -1}
}

func (t *cueText) remove(offsets []int) ([]edit, map[int]error) {
	r, failed := newRemoval(t.text), map[int]error{}
	for _, off := range offsets {
		l, err := t.listAt(r, off)
		if err == nil {
			err = r.take(l, off)
		}
		if err != nil {
			failed[off] = err
		}
	}
	return r.edits(), failed
}

// listAt returns the innermost list that has an element around an offset. It
// fails for elements that a comprehension makes, as they are not in the text.
func (t *cueText) listAt(r *removal, off int) (*list, error) {
	i := sort.Search(len(t.elements), func(i int) bool { return t.elements[i].from > off }) - 1
	for i >= 0 && t.elements[i].to <= off {
		i = t.elements[i].outer
	}
	switch {
	case i < 0:
		return nil, errNoList
	case t.elements[i].spread:
		return nil, errComputed
	}
	found := t.elements[i].list
	return r.list(found.Lbrack.Offset(), func() (*list, error) { return t.readList(found) })
}

func (t *cueText) readList(found *ast.ListLit) (*list, error) {
	l := &list{open: found.Lbrack.Offset(), shut: found.Rbrack.Offset(), comment: "//"}
	for _, e := range found.Elts {
		l.items = append(l.items, nodeSpan(e))
	}
	if !l.findCommas(t.text) {
		return nil, errLayout
	}
	return l, nil
}

func (t *cueText) rename(off int, wrong, right string) (edit, error) {
	n, ok := t.names[off]
	switch {
	case !ok || n.name != wrong:
		return edit{}, errOtherName
	case n.ident && ast.IsValidIdent(right) && !strings.HasPrefix(right, "_"): // those are hidden
		return edit{off, n.to, right}, nil
	case !n.ident && !isSimpleString(t.text[off:n.to]):
		return edit{}, errLayout
	}
	return edit{off, n.to, literal.String.Quote(right)}, nil
}

// isSimpleString reports whether a string is written between two quotes.
func isSimpleString(s string) bool { return strings.HasPrefix(s, `"`) && !strings.HasPrefix(s, `"""`) }
