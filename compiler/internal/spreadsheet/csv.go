// Package spreadsheet reads the tables that spreadsheets and directories export, in the shapes in which they write
// them. It knows nothing about access.
package spreadsheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"permc.dev/permc/compiler/internal/formula"
	"permc.dev/permc/compiler/internal/hugepage"
	"permc.dev/permc/compiler/internal/pattern"
)

// Row is a row of a table. Cells are trimmed, and empty ones at the end are left out.
type Row struct {
	Number int // as a spreadsheet or an editor counts it, from 1
	Cells  []string
}

// ReadCSV reads a table with commas, semicolons or tabs, in UTF-8, UTF-16 or Windows-1252; a first line such as "sep=;"
// names the separator. It returns the rows that are not empty, and a note if it had to guess the encoding.
func ReadCSV(raw []byte) (rows []Row, note string, err error) {
	rows, note, _, err = readRows(raw)
	return rows, note, err
}

// ReadWholeCSV reads a table as ReadCSV does, and refuses one that ends in the middle of a row: the last row does not
// end its line, and has fewer cells than the one before.
func ReadWholeCSV(raw []byte) (rows []Row, note string, err error) {
	rows, note, cut, err := readRows(raw)
	if err == nil && cut {
		err = fmt.Errorf("it ends in the middle of row %d: if that row is whole, end it with a line break",
			rows[len(rows)-1].Number)
	}
	return rows, note, err
}

func readRows(raw []byte) (rows []Row, note string, cut bool, err error) {
	text, how, err := Decode(raw)
	if err != nil {
		return nil, "", false, err
	}
	if how == Windows1252 {
		note = "not UTF-8: read as Windows-1252; check names with accents, or save it as CSV UTF-8"
	}
	if isMarkup(text) {
		return nil, "", false, errors.New("HTML or XML, not CSV: open it in a spreadsheet, and save it as CSV UTF-8 or .xlsx")
	}
	sep, text, skipped := CutSeparator(BreakLines(text))
	if sep == 0 {
		sep = FindSeparator(text)
	}
	r := newRecords(string(text), sep)
	ends, before := bytes.HasSuffix(text, []byte("\n")), 0
	for {
		cells, line, err := r.next()
		if err == io.EOF {
			return rows, note, cut && !ends && len(rows) > 1, nil
		}
		if err != nil {
			return nil, "", false, sayFault(text, err)
		}
		cut, before = len(cells) < before, len(cells)
		for i := range cells {
			cells[i] = formula.Unescape(strings.TrimSpace(cells[i]))
		}
		if cells = TrimRow(cells); len(cells) > 0 {
			rows = append(hugepage.Grow(rows), Row{line + skipped, cells})
		}
	}
}

// sayFault says what is wrong with a text that is not CSV.
func sayFault(text []byte, err error) error {
	if start := bytes.TrimSpace(text); bytes.HasPrefix(start, []byte("{")) || bytes.HasPrefix(start, []byte("[")) {
		return errors.New("JSON, not CSV: save it as CSV UTF-8 or .xlsx")
	}
	return fmt.Errorf("not a CSV file: %w: close the double quote, or write one in a cell twice, and the cell in "+
		"double quotes", err)
}

// isMarkup reports whether a text is HTML or XML, as some programs write it into files that they call .csv or .xls.
func isMarkup(text []byte) bool { return markup().Match(text) }

var markup = pattern.Lazy(`(?i)^\s*<(\?xml|!doctype|html|head|body|table|meta|style)\b`)

// ReadMark reads a cell in lower case that is marked or not, in any of the usual ways.
func ReadMark(cell string) (yes, ok bool) {
	switch cell {
	case "":
		return false, true
	case "x", "xx", "✓", "✔", "☑", "☒", "yes", "y", "true", "1":
		return true, true
	case "no", "n", "false", "0", "-", "–", "☐":
		return false, true
	}
	return false, false
}

// BreakLines returns a text whose rows end with carriage returns alone, as old programs write them, with line feeds
// instead. Other texts stay the same.
func BreakLines(text []byte) []byte {
	if bytes.IndexByte(text, '\r') < 0 {
		return text
	}
	var at []int
	quoted := false
	for i, c := range text {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '\n' && !quoted:
			return text
		case c == '\r' && !quoted:
			at = append(at, i)
		}
	}
	text = bytes.Clone(text)
	for _, i := range at {
		text[i] = '\n'
	}
	return text
}

// TrimRow returns a row without the empty cells at its end.
func TrimRow(cells []string) []string {
	for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	return cells
}

// CutSeparator cuts off a first line such as "sep=;", and returns the separator, or 0, and how many lines were cut.
func CutSeparator(text []byte) (sep rune, rest []byte, lines int) {
	first, rest, _ := bytes.Cut(text, []byte("\n"))
	name, ok := strings.CutPrefix(strings.ToLower(strings.Trim(string(first), "\r\" ")), "sep=")
	switch {
	case !ok:
		return 0, text, 0
	case name == "":
		return '\t', rest, 1
	}
	return rune(name[0]), rest, 1
}

// FindSeparator returns the separator that most of the first lines have: the first may be a title.
func FindSeparator(text []byte) rune {
	most, best := 0, byte(',')
	for _, sep := range []byte(",;\t") {
		if n := countSeparated(text, sep); n > most {
			most, best = n, sep
		}
	}
	if most == 0 && countSeparated(text, '|') > 0 {
		return '|'
	}
	return rune(best)
}

// countSeparated counts a separator outside of quotes in the first lines.
func countSeparated(text []byte, sep byte) (n int) {
	const firstLines = 20
	lines, quoted := 0, false
	for _, c := range text {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '\n':
			if lines++; lines == firstLines {
				return n
			}
		case c == sep && !quoted:
			n++
		}
	}
	return n
}
