package starter

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/internal/spreadsheet"
)

// mark is a column that is named after a role or a permission, and has marks for those who have it.
type mark struct {
	column int
	item   item
}

// markColumn takes a column that is named after a role or a permission, and reports whether it is one. Cells that are
// no marks are noted: what they mean, nothing says.
func (p *People) markColumn(title string, below []spreadsheet.Row, i int) bool {
	list := p.items(title, "role", "permission")
	if len(list) != 1 || list[0].id == "" {
		return false
	}
	for _, r := range below {
		if _, ok := spreadsheet.ReadMark(strings.ToLower(cellOf(&r, i))); !ok {
			p.note("column %q ignored: it is named like a %s, but %q on line %d is not a mark; write x for those who "+
				"have it", title, list[0].kind, cellOf(&r, i), r.Number)
			return true
		}
	}
	p.marks = append(p.marks, mark{i, list[0]})
	return true
}

// marked returns the roles and permissions that a row has marks for.
func (p *People) marked(r *spreadsheet.Row) (list []item) {
	for _, m := range p.marks {
		if yes, _ := spreadsheet.ReadMark(strings.ToLower(cellOf(r, m.column))); yes {
			list = append(list, m.item)
		}
	}
	return list
}

// noteMarks says which columns are read as marks.
func (p *People) noteMarks(head []string) {
	var titles []string
	for _, m := range p.marks {
		titles = append(titles, head[m.column])
	}
	if len(titles) > 0 {
		p.note("read as marks of who has them: %s", quoteAll(titles))
	}
}

// actionsOf returns the actions in a cell as permc writes them, if the permission has all of them, and otherwise the
// cell.
func (p *People) actionsOf(permission, cell string) string {
	q, _ := p.catalog.PermissionNamed(permission)
	if q == nil || cell == "" {
		return cell
	}
	var list []string
	for _, part := range strings.FieldsFunc(cell, func(c rune) bool { return strings.ContainsRune(",;\r\n", c) }) {
		i := slices.IndexFunc(q.Actions, func(a string) bool { return a == toKebab(part) })
		if i < 0 {
			return cell
		}
		list = append(list, q.Actions[i])
	}
	return strings.Join(list, ";")
}
