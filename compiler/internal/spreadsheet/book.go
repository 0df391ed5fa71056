package spreadsheet

import "strings"

// Book takes the rows of a workbook as they are read.
type Book struct {
	Sheets   []Sheet
	From1904 bool // days are counted from 1904
}

// Sheet is a sheet of a workbook.
type Sheet struct {
	Name string
	Rows []Row
}

// widest is how many columns of a sheet are kept.
const widest = 256

// Grid begins the next sheet.
func (b *Book) Grid(name string) { b.Sheets = append(b.Sheets, Sheet{Name: strings.Clone(name)}) }

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
