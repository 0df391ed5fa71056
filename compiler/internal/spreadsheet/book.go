package spreadsheet

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Book takes the rows of a workbook as they are read.
type Book struct {
	Sheets   []Sheet
	From1904 bool // days are counted from 1904
}

// Sheet is a sheet of a workbook.
type Sheet struct {
	Name   string
	Hidden bool
	Rows   []Row

	filled int // cells looked at to fill merged ones
}

// widest is how many columns of a sheet are kept.
const widest = 256

// Grid begins the next sheet.
func (b *Book) Grid(name string) { b.Sheets = append(b.Sheets, Sheet{Name: strings.Clone(name)}) }

// Hide says that the sheet is hidden.
func (b *Book) Hide() { b.Sheets[len(b.Sheets)-1].Hidden = true }

// Row takes the next row.
func (b *Book) Row(number int, cells []string) {
	cells = TrimRow(cells)
	if len(cells) == 0 {
		return
	}
	own := make([]string, len(cells))
	for i, c := range cells {
		own[i] = strings.Clone(strings.TrimSpace(c))
	}
	s := &b.Sheets[len(b.Sheets)-1]
	s.Rows = append(s.Rows, Row{number, own})
}

// Width returns the number of columns of the next row to read.
func (b *Book) Width() int { return widest }

// Past reports whether the rest of the sheet is of no use.
func (b *Book) Past() bool { return false }

// CountFrom1904 says that days are counted from 1904.
func (b *Book) CountFrom1904() { b.From1904 = true }

// Merge repeats the text of merged cells, such as D4:D6, on each of their rows: what is said once of several rows, such
// as a user with several roles, or a title above two lines of titles. Texts beside it stay alone, as a title over a
// table.
func (b *Book) Merge(cells string) {
	from, to, _ := strings.Cut(cells, ":")
	first, column := splitReference(from)
	last, _ := splitReference(to)
	s := &b.Sheets[len(b.Sheets)-1]
	byNumber := func(r Row, n int) int { return cmp.Compare(r.Number, n) }
	i, found := slices.BinarySearchFunc(s.Rows, first, byNumber)
	if !found || column < 0 || column >= len(s.Rows[i].Cells) || s.filled > widest*len(s.Rows) {
		return
	}
	text := s.Rows[i].Cells[column]
	for i++; i < len(s.Rows) && s.Rows[i].Number <= last; i++ {
		s.filled++
		r := &s.Rows[i]
		for len(r.Cells) <= column {
			r.Cells = append(r.Cells, "")
		}
		if r.Cells[column] == "" {
			r.Cells[column] = text
		}
	}
}

// splitReference returns the row of a reference such as D4, and its column, counted from zero.
func splitReference(s string) (row, column int) {
	letters := strings.TrimRight(s, "0123456789")
	if len(letters) > 3 {
		return 0, -1
	}
	for _, c := range []byte(strings.ToUpper(letters)) {
		column = column*26 + int(c) - 'A' + 1
	}
	row, _ = strconv.Atoi(s[len(letters):])
	return row, column - 1
}
