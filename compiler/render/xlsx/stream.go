package xlsx

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/klauspost/compress/flate"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/policy"
)

// stream writes the sheets of a workbook one by one, row by row.
type stream struct {
	ctx      context.Context
	in       *job
	zip      *zip.Writer
	parts    []part
	part     int // the current part, counted from one
	row      int // its last row
	written  int // rows of the sheet, in all its parts
	w        io.Writer
	buf      []byte
	after    string // text after the rows
	cut      atomic.Int64
	packed   counter
	unpacked counter
}

// counter counts the bytes written through it.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

// writeSheets writes a workbook.
func writeSheets(ctx context.Context, w io.Writer, in *job, sheets []*sheet) error {
	s := &stream{ctx: ctx, in: in, packed: counter{w: w}}
	s.zip = zip.NewWriter(&s.packed)
	s.zip.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.BestSpeed)
	})
	for _, x := range sheets {
		s.parts = append(s.parts, x.parts(in.mostRows())...)
	}
	in.shared = newSharedTexts(in)
	if err := s.rest(); err != nil {
		return err
	}
	for _, x := range sheets {
		if err := s.sheet(x); err != nil {
			return err
		}
	}
	if err := s.zip.Close(); err != nil {
		return err
	}
	s.tell()
	return nil
}

// rest writes everything but the sheets.
func (s *stream) rest() error {
	for _, f := range listFiles(s.parts, s.in) {
		w, err := s.create(f.name)
		if err != nil {
			return err
		}
		if _, err := w.Write(f.text); err != nil {
			return err
		}
	}
	return nil
}

// begun is the time of all files in a workbook, the first that an archive can hold: the same input gives the same
// bytes.
var begun = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

func (s *stream) create(name string) (io.Writer, error) {
	w, err := s.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: begun})
	s.unpacked.w = w
	return &s.unpacked, err
}

func (s *stream) sheet(x *sheet) error {
	s.written = 0
	if err := s.next(); err != nil {
		return err
	}
	if err := x.fill(s); err != nil {
		return err
	}
	if s.written != x.rows {
		return fmt.Errorf("sheet %q has %d rows, and %d were planned", x.name, s.written, x.rows)
	}
	return s.end()
}

// next ends the current part, if any, and begins the next.
func (s *stream) next() (err error) {
	if s.after != "" {
		if err := s.end(); err != nil {
			return err
		}
	}
	s.part++
	s.row = 0
	p := &s.parts[s.part-1]
	if s.w, err = s.create(sheetFile(s.part)); err != nil {
		return err
	}
	s.after = p.textAfter(s.in)
	if _, err := io.WriteString(s.w, p.textBefore(s.part == 1)); err != nil || !p.head {
		return err
	}
	s.row = 1
	_, err = s.w.Write(s.titleRow(p.sheet))
	return err
}

func (s *stream) end() error {
	_, err := io.WriteString(s.w, s.after)
	s.after = ""
	return err
}

// titleRow returns the first row of a sheet.
func (s *stream) titleRow(x *sheet) []byte {
	c := cells{columns: x.columns, shared: s.in.shared}
	for _, column := range x.columns {
		c.text(column.style, column.title)
	}
	height := ""
	if n := x.turned(); n > 0 { // upright titles need room
		height = fmt.Sprintf(` ht="%d" customHeight="1"`, min(28+n*5, mostHeight))
	}
	return append(append([]byte(`<row r="1"`+height+`>`), c.b...), "</row>"...)
}

// turned returns the length of the longest vertical title.
func (s *sheet) turned() (n int) {
	for _, c := range s.columns {
		if c.style == headerTurned {
			n = max(n, utf8.RuneCountInString(c.title))
		}
	}
	return n
}

// piece is how many bytes of rows are packed at a time.
const piece = 1 << 16

// write adds rows with their numbers, and continues in the next part if one is full.
func (s *stream) write(rows []byte) error {
	b := s.buf[:0]
	for {
		i := bytes.IndexByte(rows, newRow)
		if i < 0 {
			break
		}
		b, rows = append(b, rows[:i]...), rows[i+1:]
		full := s.row == s.in.mostRows()
		if full || len(b) > piece {
			if _, err := s.w.Write(b); err != nil {
				return err
			}
			b = b[:0]
		}
		if full {
			if err := s.next(); err != nil {
				return err
			}
		}
		s.row++
		s.written++
		b = append(strconv.AppendInt(append(b, `<row r="`...), int64(s.row), 10), '"')
	}
	s.buf = append(b, rows...)
	_, err := s.w.Write(s.buf)
	return err
}

// table writes one or more rows of a sheet for each user.
func (s *stream) table(newUser func() func(*cells, *policy.Access)) error {
	columns := s.columns() // the part changes while workers run
	return compiler.EachAgain(s.ctx, s.in.Project, func() func([]byte, *policy.Access) []byte {
		user := newUser()
		c := cells{columns: columns, shared: s.in.shared, memory: newMemory(len(columns))}
		return func(b []byte, a *policy.Access) []byte {
			c.b, c.cut = b, 0
			user(&c, a)
			s.cut.Add(int64(c.cut))
			return c.b
		}
	}, s.write)
}

// rows writes a short list of rows.
func (s *stream) rows(fill func(*cells)) error {
	c := cells{columns: s.columns(), shared: s.in.shared}
	fill(&c)
	s.cut.Add(int64(c.cut))
	return s.write(c.b)
}

// columns returns the columns of the current sheet.
func (s *stream) columns() []column { return s.parts[s.part-1].columns }
