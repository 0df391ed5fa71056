package observe

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"permc.dev/permc/compiler/internal/spreadsheet"
)

// heads are the headings of the columns of a table, folded, by what they hold.
type heads map[string][]string

// columns are where the columns of a table are.
type columns map[string]int

// foldHeading makes headings equal that differ in case, blanks and spelling marks. Bulk templates write an id in
// brackets behind the heading, and whether it is required.
func foldHeading(s string) string {
	if i := strings.IndexByte(s, '['); i > 0 {
		s = s[:i]
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// find returns the columns of a row that is a heading: it names all that is needed.
func (h heads) find(cells []string, needed ...string) (columns, bool) {
	return h.finder().find(cells, needed)
}

// finder returns the fields by their headings.
func (h heads) finder() finder {
	f := finder{}
	for field, names := range h {
		for _, n := range names {
			f[n] = append(f[n], field)
		}
	}
	return f
}

// finder finds the columns of headings: it knows the fields that each may have.
type finder map[string][]string

func (f finder) find(cells []string, needed []string) (at columns, ok bool) {
	for i, cell := range cells {
		if len(cell) > 256 || strings.IndexByte(cell, '@') >= 0 {
			continue // no heading, and most rows have one such cell
		}
		for _, field := range f.fields(cell) {
			if at == nil {
				at = columns{}
			}
			if _, twice := at[field]; !twice {
				at[field] = i
			}
		}
	}
	for _, field := range needed {
		any := false
		for alternative := range strings.SplitSeq(field, "|") {
			_, has := at[alternative]
			any = any || has
		}
		if !any {
			return nil, false
		}
	}
	return at, true
}

// fields returns the fields that a heading names. Most cells that it is asked about are none, and it folds them without
// making a text of each.
func (f finder) fields(cell string) []string {
	var folded [256]byte
	n := 0
	for i := range len(cell) {
		switch c := cell[i]; {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			folded[n] = c
			n++
		case c >= 'A' && c <= 'Z':
			folded[n] = c + 'a' - 'A'
			n++
		case c >= utf8.RuneSelf || c == '[':
			return f[foldHeading(cell)]
		}
	}
	return f[string(folded[:n])]
}

// record is a row of a table, with the columns of the heading above it.
type record struct {
	cells []string
	at    columns
	first bool // below its heading
	Place
}

func (r *record) has(field string) bool {
	_, ok := r.at[field]
	return ok
}

func (r *record) get(field string) string {
	if i, ok := r.at[field]; ok && i < len(r.cells) {
		return r.cells[i]
	}
	return ""
}

// isText reports whether a file is no workbook.
func (in *Input) isText() bool { return in.Book == nil }

// looksJSON reports whether a text begins like JSON. Windows PowerShell writes UTF-16 by default.
func (in *Input) looksJSON() bool {
	head := in.Raw[:min(len(in.Raw), 512)] // blanks may be in front of the first bracket
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		head = bytes.ReplaceAll(head[2:], []byte{0}, nil) // the other halves of plain letters
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	return in.isText() && len(text) > 0 && (text[0] == '{' || text[0] == '[')
}

// tables returns the rows of a file: of its only table, or of each sheet.
func (b *builder) tables(in *Input, file int32) ([]spreadsheet.Sheet, error) {
	if in.Book != nil {
		return in.Book.Sheets, nil
	}
	rows, note, err := spreadsheet.ReadWholeCSV(in.Raw)
	if err != nil {
		return nil, b.refuse(Place{File: file}, "export it again, as CSV UTF-8", "%v", err)
	}
	if note != "" {
		b.note("%s: %s", in.Name, note)
	}
	return []spreadsheet.Sheet{{Rows: rows}}, nil
}

// each calls f with each row below a heading. Files that were joined have their headings again in the middle, and a
// note says so: together they may list more than one of them did. It reports whether there is a heading. The record is
// the same one each time.
func (h heads) each(b *builder, rows []spreadsheet.Row, file int32, f func(*record) error,
	needed ...string) (found bool, err error) {
	var at columns
	headings, r := h.finder(), &record{}
	for _, row := range rows {
		if here, ok := headings.find(row.Cells, needed); ok {
			if found {
				b.note("%s has headings again on line %d: its parts are read as one list",
					b.o.Files[file].Name, row.Number)
			}
			at, found = here, true
			r.at = nil
			continue
		}
		if at == nil || strings.HasPrefix(row.Cells[0], "Example:") {
			continue // titles above the heading, and examples of a template
		}
		*r = record{row.Cells, at, r.at == nil, Place{file, int32(row.Number)}}
		if err := f(r); err != nil {
			return found, err
		}
	}
	return found, nil
}

// parseState reads whether somebody is enabled.
func parseState(s string) State {
	switch s {
	case "Active", "True": // as most files have it
		return Enabled
	}
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "true", "yes", "active", "enabled", "1", "accepted":
		return Enabled
	case "false", "no", "inactive", "disabled", "blocked", "suspended", "0":
		return Disabled
	case "pending", "invited", "pendingacceptance", "pending acceptance":
		return Invited
	}
	return Unknown
}
