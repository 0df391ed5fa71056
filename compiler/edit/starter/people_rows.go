package starter

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/internal/spreadsheet"
)

// withoutTitles returns the rows without those that repeat the titles of the columns, as on each page of a report.
func withoutTitles(head []string, rows []spreadsheet.Row) []spreadsheet.Row {
	isTitle := func(r spreadsheet.Row) bool { return slices.EqualFunc(r.Cells, head, strings.EqualFold) }
	if !slices.ContainsFunc(rows, isTitle) {
		return rows
	}
	return slices.DeleteFunc(slices.Clone(rows), isTitle)
}

// withoutPages returns the rows without those that only say something in the column of the user, such as "Page 2",
// where all other users are addresses.
func (p *People) withoutPages(rows []spreadsheet.Row) []spreadsheet.Row {
	user := p.at["user"]
	said := func(r spreadsheet.Row) bool {
		return cellOf(&r, user) != "" && !hasAddresses([]spreadsheet.Row{r}, user) &&
			!slices.ContainsFunc(slices.Delete(slices.Clone(r.Cells), user, user+1), func(s string) bool { return s != "" })
	}
	if !slices.ContainsFunc(rows, said) {
		return rows
	}
	kept := slices.DeleteFunc(slices.Clone(rows), said)
	if !hasAddresses(kept, user) {
		return rows
	}
	for _, r := range rows {
		if said(r) {
			p.noteLine(r.Number, "%q is not a user; skipped", cellOf(&r, user))
		}
	}
	return kept
}

// eachUser returns the rows with one for each of several addresses in the cell of the user.
func (p *People) eachUser(rows []spreadsheet.Row) (out []spreadsheet.Row) {
	user := p.at["user"]
	name, named := p.at["name"]
	for _, r := range rows {
		several := splitUsers(cellOf(&r, user))
		if len(several) < 2 {
			out = append(out, r)
			continue
		}
		p.noteLine(r.Number, "several users in one cell: a line written for each")
		for _, id := range several {
			one := spreadsheet.Row{Number: r.Number, Cells: slices.Clone(r.Cells)}
			one.Cells[user] = id
			if named && name < len(one.Cells) {
				one.Cells[name] = "" // the cell does not say whose it is
			}
			out = append(out, one)
		}
	}
	return out
}

// splitUsers returns the addresses in a cell that has several and nothing else, or nil.
func splitUsers(cell string) (list []string) {
	if !strings.ContainsAny(cell, ",;\r\n") {
		return nil
	}
	for _, part := range strings.FieldsFunc(cell, func(c rune) bool { return strings.ContainsRune(",;\r\n", c) }) {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		if _, id := splitMailbox(part); !address().MatchString(id) {
			return nil
		}
		list = append(list, part)
	}
	return list
}

// noteUntitled notes cells without a title above them: nothing says what they are, or a separator in a cell without
// quotes has moved those after it.
func (p *People) noteUntitled(head []string, rows []spreadsheet.Row) {
	first, text, more := 0, "", 0
	for _, r := range rows {
		i := slices.IndexFunc(r.Cells, func(s string) bool { return s != "" })
		for ; i >= 0 && i < len(r.Cells) && (r.Cells[i] == "" || i < len(head) && head[i] != ""); i++ {
		}
		switch {
		case i < 0 || i >= len(r.Cells):
		case first == 0:
			first, text = r.Number, r.Cells[i]
		default:
			more++
		}
	}
	if first == 0 {
		return
	}
	lines := fmt.Sprintf("line %d", first)
	if more > 0 {
		lines += fmt.Sprintf(" and %d more", more)
	}
	p.note("%s: %q is in a column without a title; ignored: give the column a title, or quote the cell that has a "+
		"separator in it", lines, text)
}
