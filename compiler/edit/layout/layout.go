// Package layout formats a CUE file as cue fmt does, and a declaration in YAML in the same spirit. It keeps the meaning
// and the comments, and a second run changes nothing.
package layout

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/parser"

	"permc.dev/permc/compiler/load/scan"
)

// times limits how often a file is formatted until nothing changes any more.
const times = 5

var errMeaning = errors.New("formatting it would change its meaning: this is a bug of the CUE formatter, " +
	"so permc does not change the file")

var errDeep = errors.New("it is nested too deeply, or has too many operators or labels in a row")

// CUE formats a file. It keeps a byte order mark and CRLF line ends. An error with
// a place in the file is one of CUE's errors.
func CUE(name string, file []byte) ([]byte, error) {
	text, marked := bytes.CutPrefix(file, []byte("\ufeff"))
	if scan.Deep(string(text)) {
		return nil, errDeep
	}
	old, err := readContent(name, text)
	if err != nil {
		return nil, err
	}
	out := text
	for range times {
		before := out
		f, err := parser.ParseFile(name, out, parser.ParseComments)
		if err != nil {
			return nil, errMeaning
		}
		if out, err = format.Node(f); err != nil {
			return nil, fmt.Errorf("it cannot be formatted: %w", err)
		}
		if bytes.Equal(before, out) {
			break
		}
	}
	now, err := readContent(name, out)
	again, err2 := format.Source(out)
	if err != nil || err2 != nil || !bytes.Equal(again, out) || now.says != old.says ||
		!slices.Equal(now.comments, old.comments) {
		return nil, errMeaning
	}
	if first, _, _ := bytes.Cut(text, []byte("\n")); bytes.HasSuffix(first, []byte("\r")) {
		out = bytes.ReplaceAll(out, []byte("\n"), []byte("\r\n"))
	}
	if marked {
		out = append([]byte("\ufeff"), out...)
	}
	return out, nil
}

// content is the meaning of a file, without its layout.
type content struct {
	says     string
	comments []string // sorted
}

func readContent(name string, text []byte) (c content, err error) {
	f, err := parser.ParseFile(name, text, parser.ParseComments)
	if err != nil {
		return c, err
	}
	var b strings.Builder
	ast.Walk(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CommentGroup:
			for _, line := range n.List {
				c.comments = append(c.comments, strings.TrimSpace(line.Text))
			}
			return false
		case *ast.Ident:
			fmt.Fprintf(&b, " %q", n.Name)
		case *ast.BasicLit:
			fmt.Fprintf(&b, " %v %q", n.Kind, unquote(n.Value))
		case *ast.UnaryExpr:
			fmt.Fprintf(&b, " %v", n.Op)
		case *ast.BinaryExpr:
			fmt.Fprintf(&b, " %v", n.Op)
		case *ast.Attribute:
			fmt.Fprintf(&b, " %q", n.Text)
		case *ast.Field:
			fmt.Fprintf(&b, " %v", n.Constraint)
		}
		fmt.Fprintf(&b, " %T(", n)
		return true
	}, func(n ast.Node) {
		if _, ok := n.(*ast.CommentGroup); !ok {
			b.WriteByte(')')
		}
	})
	slices.Sort(c.comments)
	c.says = b.String()
	return c, nil
}

// unquote returns a literal without what the layout changes: the indentation of
// multi-line strings.
func unquote(s string) string {
	if v, err := literal.Unquote(s); err == nil {
		return v
	}
	lines := strings.Split(strings.ReplaceAll(s, "\r", ""), "\n")
	for i := range lines[1:] {
		lines[i+1] = strings.TrimLeft(lines[i+1], " \t")
	}
	return strings.Join(lines, "\n")
}
