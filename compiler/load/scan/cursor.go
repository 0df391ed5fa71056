package scan

import (
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Cursor reads one record of JSON in order, for a reader that knows the fields. Its functions return false if the
// text is something else or leaves the subset.
type Cursor struct {
	s  jsonScanner
	at int
}

// NewCursor returns a cursor before a record.
func NewCursor(file int32, text string, r Record) Cursor {
	return Cursor{jsonScanner{file: file, text: text[:r.To]}, int(r.From)}
}

// Pos returns the position from an offset up to the cursor.
func (c *Cursor) Pos(from int) policy.Pos {
	return policy.Pos{File: c.s.file, Off: uint32(from), End: uint32(c.at)}
}

// Open passes the bracket that begins a struct or list, and returns its offset.
func (c *Cursor) Open(bracket byte) (from int, ok bool) {
	i := c.s.space(c.at)
	if i == len(c.s.text) || c.s.text[i] != bracket {
		return 0, false
	}
	c.at = i + 1
	return i, true
}

// More passes the text before the n-th element of a struct or list, or the bracket that ends it: then more is false.
func (c *Cursor) More(n int, bracket byte) (more, ok bool) {
	i := c.s.space(c.at)
	if i == len(c.s.text) {
		return false, false
	}
	if c.s.text[i] == bracket {
		c.at = i + 1
		return false, true
	}
	if n > 0 {
		if c.s.text[i] != ',' {
			return false, false
		}
		i++
	}
	c.at = i
	return true, true
}

// Key reads a key and its colon. It compares an expected key without looking for its end.
func (c *Cursor) Key(expected string) (name string, ok bool) {
	if i := c.s.space(c.at); c.s.quotes(i, expected) {
		name, c.at = expected, i+len(expected)+2
		return name, c.colon()
	}
	name, _, ok = c.AnyKey()
	return name, ok
}

// AnyKey reads a key that is not known before, and its colon.
func (c *Cursor) AnyKey() (name string, at policy.Pos, ok bool) {
	if name, at, ok = c.Text(); !ok {
		return "", at, false
	}
	return name, at, c.colon()
}

func (c *Cursor) colon() bool {
	i := c.s.space(c.at)
	if i == len(c.s.text) || c.s.text[i] != ':' {
		return false
	}
	c.at = i + 1
	return true
}

// quotes reports whether a quoted string without escapes is at i.
func (s *jsonScanner) quotes(i int, name string) bool {
	end := i + 1 + len(name)
	return end < len(s.text) && s.text[i] == '"' && s.text[end] == '"' && s.text[i+1:end] == name
}

// Text reads a string without escapes.
func (c *Cursor) Text() (text string, at policy.Pos, ok bool) {
	i := c.s.space(c.at)
	if i == len(c.s.text) || c.s.text[i] != '"' {
		return "", at, false
	}
	j := plainEnd(c.s.text, i+1)
	if j == len(c.s.text) || c.s.text[j] != '"' {
		return "", at, false
	}
	c.at = j + 1
	return c.s.text[i+1 : j], c.Pos(i), true
}

// Ends reports whether the record is read to its end.
func (c *Cursor) Ends() bool { return c.s.space(c.at) == len(c.s.text) }

// CSVReader reads the lines of records, cell by cell.
type CSVReader struct {
	s csvScanner
}

// Header reads the first line of a file. If the reader has read it already, it does nothing.
func (c *CSVReader) Header(file int32, text string) (ok bool) {
	if c.s.of(file, text) {
		return true
	}
	c.s = csvScanner{file: file, text: text}
	if _, ok = c.s.header(); !ok {
		c.s.text = ""
	}
	return ok
}

// Columns returns the indexes in Columns of a line's cells. Those from Width on are indexes in More.
func (c *CSVReader) Columns() []int8 { return c.s.columns[:c.s.width] }

// More returns the columns of attributes and ids.
func (c *CSVReader) More() []MoreColumn { return c.s.more }

// Line returns the line at an offset, without its end, and where the next one begins.
func (c *CSVReader) Line(start int) (line string, next int) { return c.s.cut(start) }

// Cell reads a line's first cell. at is where the line begins; next is the length of the cell and its comma. Without
// a comma, more is false.
func (c *CSVReader) Cell(line string, at int) (text string, pos policy.Pos, next int, more bool) {
	n := strings.IndexByte(line, ',')
	if n < 0 {
		n = len(line)
	} else {
		more = true
	}
	cell := c.s.cell(at, at+n)
	return cell.text, cell.pos, n + 1, more
}
