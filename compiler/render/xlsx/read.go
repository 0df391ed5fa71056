package xlsx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/klauspost/compress/flate"

	"permc.dev/permc/compiler/diag"
)

// mostUnpacked limits the unpacked size of a workbook's parts. What permc and spreadsheets write unpacks to 10 to 15
// times the file's size, a zip bomb to a thousand times.
func mostUnpacked(packed int64) int64 {
	const always, times = 64 << 20, 32
	return max(always, times*packed)
}

// budget is the number of bytes that may still be unpacked, and the error beyond.
type budget struct {
	left int64
	err  error
}

var errUnpacked = errors.New("the most that permc reads of a file of its size")

func newBudget(packed int64) budget {
	most := mostUnpacked(packed)
	return budget{most, fmt.Errorf("more than %d MiB unpacked, %w", most>>20, errUnpacked)}
}

// Sink takes the rows of a workbook.
type Sink interface {
	Grid(name string)               // begins the next sheet
	Row(number int, cells []string) // takes the next row; the cells are reused
	Width() int                     // how many columns to read of the next row
	Past() bool                     // the rest of the sheet is of no use
	CountFrom1904()                 // days are counted from 1904
}

// Merger is a Sink that takes the ranges of merged cells of a sheet, such as D4:D6, after its rows: only the first cell
// of a range has its text.
type Merger interface{ Merge(cells string) }

// Hider is a Sink that takes which sheets are hidden, before their rows.
type Hider interface{ Hide() }

// Styled is a Sink that takes how the next row looks, before the row.
type Styled interface {
	StrikeCell(column int) // its text, or some of it, is struck out
	HideRow()              // by a filter or by hand
}

// Read reads the rows of every sheet of a workbook from any program: texts may be shared or in the cells, days may be
// numbers. It streams the parts that hold cells, and writes no files.
func Read(raw []byte, to Sink) error { return read(raw, to, false) }

// read reads as Read does, with encoding/xml alone if full.
func read(raw []byte, to Sink, full bool) error {
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return errors.New("not a readable workbook: save it as .xlsx, without a password")
	}
	z.RegisterDecompressor(zip.Deflate, flate.NewReader)
	b := &book{parts: make(map[string]*zip.File, len(z.File)), budget: newBudget(int64(len(raw))), to: to, full: full}
	if err := b.open(z); err != nil {
		return err
	}
	for _, s := range b.sheets {
		if err := b.sheet(s); err != nil {
			return fmt.Errorf("sheet %s cannot be read: %w", diag.Quote(s.name), err)
		}
	}
	return nil
}

// book is a workbook being read.
type book struct {
	parts  map[string]*zip.File // by name in lower case
	budget budget
	to     Sink
	sheets []sheetPart
	texts  []string     // shared texts
	struck map[int]bool // shared texts with something struck out, by number
	strike []bool       // cell styles that strike text out, by number
	full   bool         // read everything with encoding/xml
}

// sheetPart is a sheet with its part of the workbook.
type sheetPart struct {
	name, part string
	hidden     bool
}

// relation is a reference of one part to another.
type relation struct{ kind, target string }

// open lists the parts, finds the sheets, and reads the shared texts.
func (b *book) open(z *zip.Reader) error {
	size, most := uint64(0), uint64(b.budget.left)
	for _, f := range z.File {
		name := partName(f.Name)
		if b.parts[name] != nil {
			return fmt.Errorf("not a readable workbook: it has the part %s twice", diag.Quote(f.Name))
		}
		b.parts[name] = f
		if size += min(f.UncompressedSize64, most+1); size > most {
			return b.budget.err
		}
	}
	main, err := b.mainPart()
	if err != nil {
		return err
	}
	relations, err := b.relations(main)
	if err != nil {
		return err
	}
	if err := b.list(main, relations); err != nil {
		return err
	}
	for _, r := range relations {
		if r.kind == "styles" {
			if err := b.readStyles(r.target); err != nil {
				return err
			}
		}
	}
	for _, r := range relations {
		if r.kind == "sharedStrings" {
			return b.sharedTexts(r.target)
		}
	}
	return nil
}

// partName returns the name by which parts compare: lower case, from the top.
func partName(s string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(s, `\`, "/"), "/"))
}

// mainPart returns the part that lists the sheets.
func (b *book) mainPart() (string, error) {
	if b.parts["_rels/.rels"] == nil {
		return "xl/workbook.xml", nil
	}
	top, err := b.relations("")
	if err != nil {
		return "", err
	}
	for _, r := range top {
		if r.kind == "officeDocument" {
			return r.target, nil
		}
	}
	return "xl/workbook.xml", nil
}

// relations returns the parts that a part refers to, by id. It skips references to something outside of the workbook.
func (b *book) relations(of string) (map[string]relation, error) {
	dir := path.Dir("/" + of)
	name := path.Join(dir, "_rels", path.Base("/"+of)+".rels")
	if of == "" {
		name = "_rels/.rels"
	}
	list := map[string]relation{}
	err := b.elements(partName(name), func(d *decoder, e *xml.StartElement) error {
		if e.Name.Local != "Relationship" || strings.EqualFold(attributeOf(e, "TargetMode"), "External") {
			return nil
		}
		target := strings.ReplaceAll(attributeOf(e, "Target"), `\`, "/")
		if !strings.HasPrefix(target, "/") {
			target = path.Join(dir, target)
		}
		list[attributeOf(e, "Id")] = relation{path.Base(attributeOf(e, "Type")), partName(path.Clean(target))}
		return nil
	})
	return list, err
}

// list reads the list of sheets, and the epoch of day numbers.
func (b *book) list(main string, relations map[string]relation) error {
	return b.elements(main, func(d *decoder, e *xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			day := attributeOf(e, "date1904")
			if day == "1" || day == "true" {
				b.to.CountFrom1904()
			}
		case "sheet":
			if r := relations[attributeOf(e, "id")]; r.kind == "worksheet" {
				b.sheets = append(b.sheets, sheetPart{attributeOf(e, "name"), r.target,
					strings.HasSuffix(strings.ToLower(attributeOf(e, "state")), "hidden")})
			}
		}
		return nil
	})
}

// elements calls one for each element of a part.
func (b *book) elements(part string, one func(*decoder, *xml.StartElement) error) error {
	f := b.parts[part]
	if f == nil {
		return fmt.Errorf("not a readable workbook: the part %s is missing", diag.Quote(part))
	}
	r, err := f.Open()
	if err != nil {
		return fmt.Errorf("not a readable workbook: %w", err)
	}
	defer r.Close()
	return b.elementsOf(r, one)
}

// elementsOf calls one for each element of a text.
func (b *book) elementsOf(r io.Reader, one func(*decoder, *xml.StartElement) error) error {
	d := newDecoder(r, &b.budget)
	for {
		e, err := d.start()
		if err == io.EOF || err == errDone {
			return nil
		}
		if err == nil {
			err = one(d, e)
		}
		if err == errDone {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// attributeOf returns the value of an attribute in any name space.
func attributeOf(e *xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
