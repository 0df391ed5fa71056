package load

import (
	"encoding/csv"
	"slices"
	"strings"

	"permc.dev/permc/compiler/internal/spreadsheet"
)

// Layout is how a spreadsheet lays out a table in a CSV file.
type Layout struct {
	Separator rune
	From      int // the offset behind a first line such as "sep=;"
	Titles    int // rows above the names of the columns that are not empty
}

// MostTitles limits the rows above the names of the columns.
const MostTitles = 20

// FindLayout finds the names of the columns in a CSV file. If there are none, it returns the layout of plain CSV.
func FindLayout(text string) Layout {
	first := text[:lineEnd(text)]
	separators := []rune{',', ';', '\t'}
	from := 0
	if sep, _, lines := spreadsheet.CutSeparator([]byte(first)); lines > 0 {
		separators, from = []rune{sep}, min(len(first)+1, len(text))
	}
	for _, sep := range separators {
		if titles, ok := findHeader(text[from:], sep); ok {
			return Layout{sep, from, titles}
		}
	}
	return Layout{separators[0], from, 0}
}

// Reader returns a reader of the rows from the first one on, titles included. Its lines count from From.
func (l Layout) Reader(text string) *csv.Reader {
	r := csv.NewReader(strings.NewReader(text[l.From:]))
	r.Comma, r.FieldsPerRecord = l.Separator, -1
	return r
}

// findHeader returns how many rows are above the names of the columns.
func findHeader(text string, sep rune) (titles int, ok bool) {
	if !validSeparator(sep) {
		return 0, false
	}
	r := Layout{Separator: sep}.Reader(text)
	for titles <= MostTitles {
		row, err := r.Read()
		if err != nil {
			return 0, false
		}
		if isHeader(row) {
			return titles, true
		}
		titles++
	}
	return 0, false
}

// validSeparator reports whether the CSV library takes a separator.
func validSeparator(sep rune) bool {
	return sep > 0 && sep < 0x80 && !strings.ContainsRune("\"\r\n", sep)
}

// isHeader reports whether a row has the names of columns.
func isHeader(row []string) bool {
	return slices.ContainsFunc(row, func(s string) bool { return strings.TrimSpace(s) == "user" }) || isScopes(row)
}

// isEmptyRow reports whether a row has nothing.
func isEmptyRow(row []string) bool {
	return !slices.ContainsFunc(row, func(s string) bool { return strings.TrimSpace(s) != "" })
}
