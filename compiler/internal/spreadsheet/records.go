package spreadsheet

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"permc.dev/permc/compiler/internal/hugepage"
)

// records reads the records of a CSV text. It splits lines itself as long as their cells have no quotes, or only those
// around them. From the first other line on, the library reads the text, and words its faults.
type records struct {
	text string // not read yet
	sep  byte
	line int         // lines read
	room []string    // with the cells of the record being read
	made int         // how large the last room was
	full *csv.Reader // reads the rest, or nil
}

// newRecords returns a reader of a text.
func newRecords(text string, sep rune) *records {
	r := &records{text: text}
	if sep == ',' || sep == ';' || sep == '\t' || sep == '|' {
		r.sep = byte(sep)
		return r
	}
	r.readFully(sep)
	return r
}

// readFully leaves the rest of the text to the library.
func (r *records) readFully(sep rune) {
	r.full = csv.NewReader(strings.NewReader(r.text))
	r.full.Comma, r.full.FieldsPerRecord = sep, -1
}

// next returns the next record, and its line.
func (r *records) next() (cells []string, line int, err error) {
	for r.full == nil {
		if r.text == "" {
			return nil, 0, io.EOF
		}
		one, rest, _ := strings.Cut(r.text, "\n")
		one = strings.TrimSuffix(one, "\r")
		if one != "" && !r.split(one) {
			r.readFully(rune(r.sep))
			break
		}
		r.text = rest
		r.line++
		if one != "" {
			return r.take(), r.line, nil
		}
	}
	if cells, err = r.full.Read(); err != nil {
		return nil, 0, r.place(err)
	}
	line, _ = r.full.FieldPos(0)
	return cells, r.line + line, nil
}

// place counts the lines of a fault from the beginning of the text.
func (r *records) place(err error) error {
	var fault *csv.ParseError
	if errors.As(err, &fault) {
		fault.StartLine += r.line
		fault.Line += r.line
	}
	return err
}

// split adds the cells of a line to the room. It reports false if the line needs the library.
func (r *records) split(line string) bool {
	for {
		cell, rest, more := line, "", false
		if line != "" && line[0] == '"' {
			end := strings.IndexByte(line[1:], '"') + 1
			if end == 0 || end+1 < len(line) && line[end+1] != r.sep {
				return false
			}
			cell, more = line[1:end], end+1 < len(line)
			rest = line[min(end+2, len(line)):]
		} else {
			if end := strings.IndexByte(line, r.sep); end >= 0 {
				cell, rest, more = line[:end], line[end+1:], true
			}
			if strings.IndexByte(cell, '"') >= 0 {
				return false
			}
		}
		if len(r.room) == cap(r.room) {
			r.made = max(min(2*r.made, 1<<16), 2*len(r.room), 1<<8)
			r.room = append(hugepage.Make[string](r.made)[:0], r.room...)
		}
		r.room = append(r.room, cell)
		if !more {
			return true
		}
		line = rest
	}
}

// take returns the cells in the room, and leaves it.
func (r *records) take() []string {
	cells := r.room[:len(r.room):len(r.room)]
	r.room = r.room[len(r.room):]
	return cells
}
