package starter

import (
	"fmt"
	"strings"

	"permc.dev/permc/compiler/internal/spreadsheet"
)

// withoutFooter returns the rows without those at the end that say something in one cell, such as a total, where all
// users are addresses.
func (p *People) withoutFooter(rows []spreadsheet.Row) []spreadsheet.Row {
	for n := len(rows); n > 1; n-- {
		text, filled := "", 0
		for _, s := range rows[n-1].Cells {
			if s != "" {
				text, filled = s, filled+1
			}
		}
		if filled != 1 || address.MatchString(text) || !p.footerBelow(rows[:n-1]) {
			return rows[:n]
		}
		p.note("line %d: %q is not a user; skipped", rows[n-1].Number, text)
	}
	return rows
}

// footerBelow reports whether the rows are of users by their addresses, apart from more of the footer at their end.
func (p *People) footerBelow(rows []spreadsheet.Row) bool {
	for len(rows) > 0 && !address.MatchString(cellOf(&rows[len(rows)-1], p.at["user"])) {
		rows = rows[:len(rows)-1]
	}
	return hasAddresses(rows, p.at["user"])
}

// statusOf returns the status of a user by an export's word for whether the account is enabled.
func statusOf(s string) string {
	switch strings.ToLower(s) {
	case "true", "yes", "enabled", "active":
		return "active"
	case "false", "no", "disabled", "inactive", "blocked":
		return "disabled"
	}
	return s
}

// noteIgnored says which columns are ignored, and which of them has roles or permissions.
func (p *People) noteIgnored(head []string, below []spreadsheet.Row, ignored []int) {
	var titles []string
	example := ""
	for _, i := range ignored {
		titles = append(titles, head[i])
		if kind := p.kindOf(below, i); kind != "" && example == "" {
			example = fmt.Sprintf(", such as --map %q", head[i]+"="+kind)
		}
	}
	switch len(titles) {
	case 0:
	case 1:
		p.note("column %q ignored: not a column that permc knows; if it is one, name it with --map%s", titles[0],
			example)
	default:
		p.note("columns %s ignored: not columns that permc knows; if one is, name it with --map%s", quoteAll(titles),
			example)
	}
}

// kindOf returns role or permission if a column names some, and "" otherwise.
func (p *People) kindOf(rows []spreadsheet.Row, i int) string {
	for k := range rows {
		for _, x := range p.items(cellOf(&rows[k], i), "role", "permission") {
			if x.id != "" {
				return x.kind
			}
		}
	}
	return ""
}

// withoutDash returns the cell of a day, or "" for what people write where there is none.
func withoutDash(s string) string {
	switch toKebab(s) {
	case "", "n-a", "na", "none", "null", "keine", "kein":
		return ""
	}
	return s
}

// withoutEnd is withoutDash for a last day: access may never end.
func withoutEnd(s string) string {
	switch toKebab(s) {
	case "never", "never-expires", "no-end", "no-end-date", "no-expiry", "no-expiration", "does-not-expire",
		"permanent",
		"unlimited", "indefinite", "nie", "unbefristet", "unbegrenzt":
		return ""
	}
	return withoutDash(s)
}
