package starter

import (
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/internal/pattern"
	"permc.dev/permc/compiler/internal/spreadsheet"
)

// withoutTail returns the rows up to the last one with an address, if some have one.
func withoutTail(rows []spreadsheet.Row) []spreadsheet.Row {
	for n := len(rows); n > 0; n-- {
		if slices.ContainsFunc(rows[n-1].Cells, func(s string) bool {
			_, id := splitMailbox(s)
			return address().MatchString(id)
		}) {
			return rows[:n]
		}
	}
	return rows
}

// withoutFooter returns the rows without those at the end that say something in one cell, or a total in two, where all
// users are addresses.
func (p *People) withoutFooter(rows []spreadsheet.Row) []spreadsheet.Row {
	for n := len(rows); n > 1; n-- {
		text, filled := "", 0
		for _, s := range slices.Backward(rows[n-1].Cells) {
			if s != "" {
				text, filled = s, filled+1
			}
		}
		said := filled == 1 || filled == 2 && total().MatchString(text)
		if !said || address().MatchString(text) || !p.footerBelow(rows[:n-1]) {
			return rows[:n]
		}
		p.noteLine(rows[n-1].Number, "%q is not a user; skipped", text)
	}
	return rows
}

// total matches what is written before a number of rows.
var total = pattern.Lazy(`(?i)^(grand |sub-?)?(total|sum|count|summe|gesamt|anzahl)\b`)

// footerBelow reports whether the rows are of users by their addresses, apart from more of the footer at their end.
func (p *People) footerBelow(rows []spreadsheet.Row) bool {
	for len(rows) > 0 && !hasAddresses(rows[len(rows)-1:], p.at["user"]) {
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

// withoutEnd reads a last day as withoutDash does: access may never end.
func withoutEnd(s string) string {
	switch toKebab(s) {
	case "never", "never-expires", "no-end", "no-end-date", "no-expiry", "no-expiration", "does-not-expire",
		"permanent",
		"unlimited", "indefinite", "nie", "unbefristet", "unbegrenzt":
		return ""
	}
	return withoutDash(s)
}

// ofRoles are the columns of a role or a permission alone, and ofEntries those of a group, too.
var (
	ofRoles   = []string{"scope", "actions"}
	ofEntries = []string{"scope", "actions", "starts", "expires", "reason", "ticket"}
)

// dropIdle empties the columns of a line that need an entry beside them: a declaration with them cannot be read.
func (p *People) dropIdle(number int, scopes, fields, dependent []string) []string {
	var dropped []string
	for _, name := range dependent {
		i := slices.Index(columns, name)
		if fields[i] != "" || name == "scope" && scopes[0] != "" {
			dropped = append(dropped, name)
		}
		fields[i] = ""
	}
	if len(dropped) > 0 {
		p.noteLine(number, "%s dropped: no role or permission in that row", strings.Join(dropped, ", "))
	}
	return fields
}

// noteNoScope says how to name the scopes if no column has them.
func (p *People) noteNoScope() {
	_, named := p.at["scope"]
	_, roles := p.at["role"]
	_, permissions := p.at["permission"]
	if named || len(p.levels) > 0 || !roles && !permissions && len(p.marks) == 0 {
		return
	}
	p.note("no column has the scope; name one with --map \"TITLE=%s\", or declare a scope", p.outermost())
}

// outermost returns a level that a scope at the top may have.
func (p *People) outermost() string {
	for i, level := range p.catalog.Levels {
		if p.catalog.Outermost.Has(i) {
			return level
		}
	}
	return "scope"
}
