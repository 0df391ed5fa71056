package xlsx

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/ask/review"
	"permc.dev/permc/compiler/internal/pattern"
)

// scanTexts reads the shared texts of a part. It returns errOdd if it is not written as usual.
func (b *book) scanTexts(part string) error {
	f := b.parts[part]
	if f == nil {
		return errOdd
	}
	r, err := f.Open()
	if err != nil {
		return errOdd
	}
	defer r.Close()
	s := newScanner(r, &b.budget)
	head, err := s.head("<si>")
	if err != nil {
		return err
	}
	if !isRootOf(head, "sst") {
		return errOdd
	}
	var texts []string
	if err := s.each(func(text []byte) (n int, end bool, err error) {
		x := &reader{text: text}
		t, err := x.next()
		if err != nil || t.closes {
			return x.at, err == nil, err
		}
		one, err := x.sharedText(&t)
		if err == nil {
			texts = append(texts, review.Short(one))
		}
		return x.at, false, err
	}); err != nil {
		return err
	}
	if err := s.onlyEnd("</sst>"); err != nil {
		return err
	}
	b.texts = texts
	return nil
}

var xmlDeclaration = pattern.Lazy(`^<\?xml version="1\.0"( encoding="[Uu][Tt][Ff]-8")?( standalone="(yes|no)")?\?>`)

// isRootOf reports whether a head has the declaration and the root element alone.
func isRootOf(head []byte, name string) bool {
	head = bytes.TrimSpace(xmlDeclaration().ReplaceAll(head, nil))
	x := &reader{text: head}
	if len(head) == 0 {
		return false
	}
	t, err := x.tag()
	return err == nil && !t.closes && !t.empty && string(t.name) == name && x.at == len(head)
}

// onlyEnd gives up unless nothing but an end tag is left.
func (s *scanner) onlyEnd(end string) error {
	for !s.end {
		if err := s.fill(); err != nil {
			return err
		}
	}
	if string(bytes.TrimSpace(s.buf)) != end {
		return errOdd
	}
	return nil
}

// sharedText reads the rest of an element of a shared text without formats.
func (r *reader) sharedText(t *tag) (string, error) {
	if string(t.name) != "si" || t.empty || len(t.attributes) > 0 {
		return "", errOdd
	}
	inner, err := r.next()
	if err != nil {
		return "", err
	}
	if inner.closes || string(inner.name) != "t" {
		return "", errOdd
	}
	raw, err := r.element(&inner)
	if err != nil {
		return "", err
	}
	end, err := r.next()
	if err != nil {
		return "", err
	}
	if !end.closes || string(end.name) != "si" {
		return "", errOdd
	}
	return plainText(raw)
}

// scanRows reads the rows of a sheet, and passes on those after the first rows. It returns what is around them, for
// encoding/xml to check, or errOdd if something is not written as usual.
func (g *grid) scanRows(r io.Reader) (around io.Reader, err error) {
	s := newScanner(r, &g.budget)
	const open = "<sheetData>"
	head, err := s.head(open)
	if err != nil {
		return nil, err
	}
	s.buf = s.buf[len(open):]
	if err := s.each(func(text []byte) (n int, end bool, err error) {
		x := &reader{text: text}
		x.blanks()
		at := x.at
		t, err := x.next()
		if err != nil {
			return 0, false, err
		}
		if t.closes && string(t.name) == "sheetData" {
			return at, true, nil
		}
		if t.closes || string(t.name) != "row" {
			return 0, false, errOdd
		}
		return g.scanRow(x, &t)
	}); err != nil {
		return nil, err
	}
	tail := bytes.Clone(s.buf)
	g.budget.left += int64(len(head) + len(open) + len(tail)) // they are read once more
	return io.MultiReader(bytes.NewReader(head), strings.NewReader(open), bytes.NewReader(tail), r), nil
}

// scanRow reads the rest of a row, and passes it on if it is whole.
func (g *grid) scanRow(x *reader, t *tag) (n int, end bool, err error) {
	row := g.last + 1
	if text := t.get("r"); text != "" {
		if row, err = strconv.Atoi(text); err != nil || row <= g.last {
			return 0, false, errOdd
		}
	}
	if row > mostRows {
		return 0, false, errOdd
	}
	g.clear()
	g.hidden = isSet(t.get("hidden"))
	width := 0
	if !t.empty {
		if width, err = g.scanCells(x, g.to.Width()); err != nil {
			return 0, false, err
		}
	}
	g.last = row
	g.passed++
	if g.pass(row, width); g.to.Past() {
		return 0, false, errDone
	}
	return x.at, false, nil
}

// scanCells reads the cells of a row, up to its end tag.
func (g *grid) scanCells(x *reader, most int) (width int, err error) {
	next := 0
	for {
		t, err := x.next()
		if err != nil {
			return 0, err
		}
		if t.closes && string(t.name) == "row" {
			return width, nil
		}
		if t.closes || string(t.name) != "c" {
			return 0, errOdd
		}
		i := next
		if at := t.get("r"); at != "" {
			if i = columnAt(at); i < 0 {
				return 0, errOdd
			}
		}
		next = i + 1
		g.crossing = g.strike != nil && g.strikes(t.get("s"))
		text, err := g.scanCell(x, &t)
		if err != nil {
			return 0, err
		}
		if i >= most {
			continue
		}
		if g.cells[i] = text; g.crossing {
			g.crossed = append(g.crossed, i)
		}
		g.used = append(g.used, i)
		width = max(width, i+1)
	}
}

// scanCell reads the rest of a cell.
func (g *grid) scanCell(x *reader, t *tag) (string, error) {
	if t.empty {
		return "", nil
	}
	kind := t.get("t")
	wanted := "v"
	if kind == "inlineStr" {
		wanted = "t"
	}
	var raw []byte
	found, inside := false, false
	for {
		inner, err := x.next()
		if err != nil {
			return "", err
		}
		name := string(inner.name)
		switch {
		case inner.closes && inside && name == "is":
			inside = false
			continue
		case inner.closes && !inside && name == "c":
			return g.scanned(raw, kind)
		case inner.closes:
			return "", errOdd
		case name == "is" && !inside && !inner.empty:
			inside = true
			continue
		case name == "t" && !inside, name != "t" && name != "v" && name != "f", name != "t" && inside:
			return "", errOdd
		}
		text, err := x.element(&inner)
		if err != nil {
			return "", err
		}
		if _, err := plainText(text); err != nil {
			return "", err
		}
		if name != wanted {
			continue
		}
		if found {
			return "", errOdd
		}
		raw, found = text, true
	}
}

// scanned returns the text of a cell.
func (g *grid) scanned(raw []byte, kind string) (string, error) {
	s, err := plainText(raw)
	if err != nil || kind != "s" || s == "" {
		return s, err
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n >= len(g.texts) {
		return "", errOdd
	}
	g.crossing = g.crossing || g.struck[n]
	return g.texts[n], nil
}

// readSheet reads the rows of a sheet: quickly as far as they are written as usual, or else with encoding/xml.
func (b *book) readSheet(s sheetPart) error {
	f := b.parts[s.part]
	g := &grid{book: b, cells: make([]string, review.MostColumns)}
	if f == nil || b.full {
		return b.elements(s.part, g.element)
	}
	before := b.budget.left
	r, err := f.Open()
	if err != nil {
		return fmt.Errorf("not a readable workbook: %w", err)
	}
	defer r.Close()
	around, err := g.scanRows(r)
	if err == nil {
		err = b.elementsOf(around, g.element)
	}
	switch {
	case err == nil || err == errDone:
		return nil
	case errors.Is(err, errUnpacked):
		return err
	}
	g.clear()
	b.budget.left = before
	again := &grid{book: b, cells: g.cells, skip: g.passed} // an error says on which line it is
	return b.elements(s.part, again.element)
}
