package xlsx

import (
	"encoding/xml"
	"fmt"
	"strconv"

	"permc.dev/permc/compiler/ask/review"
)

// sharedTexts reads the texts that cells refer to by number.
func (b *book) sharedTexts(part string) error {
	before := b.budget.left
	if !b.full {
		if err := b.scanTexts(part); err != errOdd {
			return err
		}
	}
	b.budget.left = before
	return b.elements(part, func(d *decoder, e *xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		s, err := d.text("t")
		if d.struck {
			if b.struck == nil {
				b.struck = map[int]bool{}
			}
			b.struck[len(b.texts)] = true
		}
		b.texts = append(b.texts, review.Short(s))
		return err
	})
}

// sheet reads the rows of a sheet.
func (b *book) sheet(s sheetPart) error {
	b.to.Grid(s.name)
	if to, ok := b.to.(Hider); ok && s.hidden {
		to.Hide()
	}
	return b.readSheet(s)
}

// grid is a sheet being read.
type grid struct {
	*book
	last  int      // row
	cells []string // cells of the current row
	used  []int    // indexes of cells

	hidden   bool  // the current row is hidden
	crossing bool  // the current cell has something struck out
	crossed  []int // indexes of such cells

	passed int // rows passed on
	skip   int // rows that were passed on before
}

// element reads an element of a sheet, if it is a row, or cells that are merged.
func (g *grid) element(d *decoder, e *xml.StartElement) error {
	switch e.Name.Local {
	case "row":
		return g.row(d, e)
	case "mergeCell":
		if to, ok := g.to.(Merger); ok {
			to.Merge(attributeOf(e, "ref"))
		}
	}
	return nil
}

// clear empties the cells of the last row.
func (g *grid) clear() {
	for _, i := range g.used {
		g.cells[i] = ""
	}
	g.used, g.crossed, g.hidden = g.used[:0], g.crossed[:0], false
}

// row reads a row and passes it on.
func (g *grid) row(d *decoder, e *xml.StartElement) error {
	n := g.last + 1
	if text := attributeOf(e, "r"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil || n <= g.last {
			return fmt.Errorf("row %.20q comes after row %d", text, g.last)
		}
	}
	if n > mostRows {
		return fmt.Errorf("more than %d rows, the most a spreadsheet allows", mostRows)
	}
	g.last = n
	g.clear()
	g.hidden = isSet(attributeOf(e, "hidden"))
	width, err := g.readCells(d, g.to.Width())
	if err != nil {
		return err
	}
	if g.passed++; g.passed <= g.skip {
		return nil
	}
	if g.pass(n, width); g.to.Past() {
		return errDone
	}
	return nil
}

// readCells reads the cells of the current row up to a column, and returns their number.
func (g *grid) readCells(d *decoder, most int) (width int, err error) {
	next := 0
	for end := d.depth - 1; d.depth > end; {
		t, err := d.token()
		if err != nil {
			return 0, endError(err)
		}
		e, ok := t.(xml.StartElement)
		if !ok || e.Name.Local != "c" {
			continue
		}
		i := next
		if at := attributeOf(&e, "r"); at != "" {
			if i = columnAt(at); i < 0 {
				return 0, fmt.Errorf("%.20q is not a cell reference", at)
			}
		}
		next = i + 1
		if i >= most {
			continue
		}
		struck := false
		if g.cells[i], struck, err = g.cell(d, attributeOf(&e, "t")); err != nil {
			return 0, err
		}
		if struck || g.strikes(attributeOf(&e, "s")) {
			g.crossed = append(g.crossed, i)
		}
		g.used = append(g.used, i)
		width = max(width, i+1)
	}
	return width, nil
}

// isSet reports whether an attribute says yes.
func isSet(value string) bool { return value == "1" || value == "true" }

// cell reads the current cell, unformatted, and reports whether some of its text is struck out by itself.
func (g *grid) cell(d *decoder, kind string) (s string, struck bool, err error) {
	if kind == "inlineStr" {
		s, err = d.text("t")
		return s, d.struck, err
	}
	s, err = d.text("v")
	if err != nil || kind != "s" || s == "" {
		return s, false, err
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n >= len(g.texts) {
		return "", false, fmt.Errorf("a cell refers to shared text %.20q, but there are %d", s, len(g.texts))
	}
	return g.texts[n], g.struck[n], nil
}

// columnAt returns the column of a reference such as B7, counted from zero, or -1.
func columnAt(at string) int {
	n := 0
	for i := range len(at) {
		c := at[i] &^ 0x20
		if c < 'A' || c > 'Z' {
			break
		}
		if n = n*26 + int(c-'A') + 1; n > review.MostColumns {
			return -1
		}
	}
	return n - 1
}
