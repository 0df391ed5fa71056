package render

import (
	"context"
	"fmt"
	"io"
	"strings"

	"permc.dev/permc/compiler/ask/paths"
	"permc.dev/permc/compiler/policy"
)

func roleID(r *policy.Role) string {
	if r == nil {
		return ""
	}
	return r.ID
}

func permissionID(p *policy.Permission) string {
	if p == nil {
		return ""
	}
	return p.ID
}

func groupID(g *policy.Group) string {
	if g == nil {
		return ""
	}
	return g.ID
}

func scopePath(s *policy.Scope) string {
	if s == nil {
		return ""
	}
	return s.Path
}

// writePathsMarkdown writes a table for a mail or an issue.
func writePathsMarkdown(ctx context.Context, w io.Writer, a *paths.Answer) error {
	made, n, err := foldPaths(ctx, a, func() func([]pathSection) *[]pathsRow { return newPathsRows })
	if err != nil {
		return err
	}
	head := fmt.Appendf(nil, "**%s**\n", cellText(pathsHead(a, n)))
	if n.users > 0 {
		head = append(head, "\n| Who | How | What | Steps |\n|---|---|---|---|\n"...)
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	return paths.EachMade(ctx, a, made, func() func([]byte, *paths.User, *[]pathsRow) []byte {
		c := newCellWriter()
		return func(b []byte, u *paths.User, rows *[]pathsRow) []byte {
			for i := range *rows {
				b = c.pathsRow(b, u, &(*rows)[i])
			}
			return b
		}
	}, func(b []byte) error {
		_, err := w.Write(b)
		return err
	})
}

// pathsRow is the row of some paths, but for the person.
type pathsRow struct {
	how         string
	what, steps gappedText
}

func newPathsRows(list []pathSection) *[]pathsRow {
	var rows []pathsRow
	for i := range list {
		for j := range list[i].lines {
			l, row := &list[i].lines[j], pathsRow{how: list[i].title}
			row.what.title(l)
			row.steps.stepsOrReason(l)
			rows = append(rows, row)
		}
	}
	return &rows
}

// pathsRow adds the row of some paths.
func (c *cellWriter) pathsRow(b []byte, u *paths.User, row *pathsRow) []byte {
	for _, cell := range []string{u.User.ID, row.how, row.what.about(u), row.steps.about(u)} {
		b = append(append(b, "| "...), c.text(cell)...)
		b = append(b, ' ')
	}
	return append(b, "|\n"...)
}

// writePathsDot writes a graph for Graphviz: an edge for each act, from the giver to what it leads to.
func writePathsDot(ctx context.Context, w io.Writer, a *paths.Answer) error {
	if _, err := io.WriteString(w, "digraph paths {\n  rankdir=LR;\n  node [shape=box];\n"); err != nil {
		return err
	}
	known := map[string]bool{}
	err := paths.Each(ctx, a, func() func([]string, *paths.User) []string {
		f := newFolder()
		return func(list []string, u *paths.User) []string {
			for _, s := range f.sections(u) {
				for j := range s.lines {
					list = appendEdges(list, u, s.id, &s.lines[j])
				}
			}
			return list
		}
	}, func(list []string) error {
		var b []byte
		for _, edge := range list {
			if !known[edge] {
				known[edge] = true
				b = append(append(append(b, "  "...), edge...), '\n')
			}
		}
		_, err := w.Write(Guard(b))
		return err
	})
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, "}\n")
	return err
}

// appendEdges adds an edge for each act of a path.
func appendEdges(list []string, u *paths.User, kind string, l *pathLine) []string {
	from := u.User.ID
	for n, step := range l.steps(u) {
		to := step
		if n == len(l.path.Acts)-1 {
			to = l.title(u)
			if kind != "others" {
				to += ", for " + u.User.ID
			}
		}
		style := ""
		if kind == "assisted" {
			style = ", style=dashed"
		}
		list = append(list, dotText(from)+" -> "+dotText(to)+" [label="+
			dotText(describeReason(u, l.path.Acts[n], nil))+style+"];")
		from = to
	}
	return list
}

var dotEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// dotText quotes a text for Graphviz.
func dotText(s string) string { return `"` + dotEscapes.Replace(Safe(s)) + `"` }
