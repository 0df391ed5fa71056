package scan

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/tree"
)

// Columns are the columns of a CSV declaration, in the order in which the
// fields of an entry stand.
var Columns = []string{"user", "affiliation", "role", "permission", "scope", "actions", "starts", "expires", "reason", "ticket"}

// The places in Columns of those that are not just a field of the entry.
const (
	csvUser = iota
	csvAffiliation
	csvRole
	csvPermission
	csvScope
	csvActions
	csvWidth = 10
)

// CSV splits a file whose cells have no quotes. A record is all lines of one
// user that stand together.
func CSV(file int32, text string) (*Split, bool) {
	if strings.IndexByte(text, '"') >= 0 || !returnsEndLines(text) {
		return nil, false
	}
	s := &csvScanner{file: file, text: text}
	start, ok := s.header()
	if !ok {
		return nil, false
	}
	out := &Split{Rest: linesOfUsers(file, text)}
	for start < len(text) {
		from := start
		filled, next, ok := s.line(start)
		if start = next; !ok {
			return nil, false
		}
		if !filled {
			continue
		}
		id := s.cells[csvUser]
		if n := len(out.Records); n > 0 && out.Records[n-1].ID == id.text {
			out.Records[n-1].To = int32(next)
			continue
		}
		out.Records = append(out.Records, Record{ID: id.text, Key: id.pos.Off, KeyEnd: id.pos.End, From: int32(from), To: int32(next)})
	}
	return out, true
}

// returnsEndLines reports whether every carriage return stands before a line
// feed.
func returnsEndLines(text string) bool {
	for i := strings.IndexByte(text, '\r'); i >= 0; {
		if i+1 == len(text) || text[i+1] != '\n' {
			return false
		}
		n := strings.IndexByte(text[i+1:], '\r')
		if n < 0 {
			return true
		}
		i += 1 + n
	}
	return true
}

// linesOfUsers is the declaration that lines of users make, without them.
func linesOfUsers(file int32, text string) tree.Tree {
	var b tree.Builder
	whole := policy.Pos{File: file, End: int32(len(text))}
	b.Open(tree.Struct, whole)
	b.Key("users", policy.Pos{File: file})
	b.Open(tree.Struct, whole)
	b.Close(0)
	b.Close(0)
	return b.Nodes
}

// CSVLines appends the user that a record's lines make together.
func CSVLines(b *tree.Builder, file int32, text string, r Record) bool {
	s := &csvScanner{file: file, text: text}
	if _, ok := s.header(); !ok {
		return false
	}
	order, ok := s.fields(r)
	if !ok {
		return false
	}
	b.Open(tree.Struct, s.first)
	for _, field := range order {
		switch field {
		case csvAffiliation:
			b.Key("affiliation", s.affiliation.pos)
			b.Scalar(tree.String, s.affiliation.text, s.affiliation.pos)
		case csvRole, csvPermission:
			s.entries(b, r, field)
		}
	}
	b.Close(0)
	return true
}

// csvScanner reads lines of cells without quotes.
type csvScanner struct {
	file        int32
	text        string
	columns     [csvWidth]int8 // places in Columns of the cells of a line
	width       int
	cells       [csvWidth]csvCell // of a line, by place in Columns
	whole       policy.Pos        // of the line
	first       policy.Pos        // of a record's first line
	affiliation csvCell
}

type csvCell struct {
	text string
	pos  policy.Pos
}

// header reads the first line and returns where the next one starts.
func (s *csvScanner) header() (next int, ok bool) {
	line, next := s.cut(0)
	seen := 0
	for name := range strings.SplitSeq(line, ",") {
		i := slices.Index(Columns, name)
		if i < 0 || seen>>i&1 != 0 {
			return 0, false
		}
		seen |= 1 << i
		s.columns[s.width] = int8(i)
		s.width++
	}
	return next, seen>>csvUser&1 != 0
}

// cut returns a line without its end, and where the next one starts.
func (s *csvScanner) cut(start int) (line string, next int) {
	line, next = s.text[start:], len(s.text)
	if n := strings.IndexByte(line, '\n'); n >= 0 {
		line, next = line[:n], start+n+1
	}
	return strings.TrimSuffix(line, "\r"), next
}

// line reads a line into cells. An empty one is not filled.
func (s *csvScanner) line(start int) (filled bool, next int, ok bool) {
	line, next := s.cut(start)
	if line == "" {
		return false, next, true
	}
	s.cells = [csvWidth]csvCell{}
	at := start
	for n := range s.width {
		end := strings.IndexByte(line[at-start:], ',')
		if last := n == s.width-1; last != (end < 0) {
			return false, next, false
		}
		if end < 0 {
			end = len(line) - (at - start)
		}
		c := s.cell(at, at+end)
		s.cells[s.columns[n]] = c
		if n == 0 {
			s.whole = c.pos
		}
		s.whole.End = max(c.pos.End, s.whole.Off)
		at += end + 1
	}
	return true, next, s.consistent()
}

// cell is what stands between two places, without spaces around it.
func (s *csvScanner) cell(from, to int) csvCell {
	raw := s.text[from:to]
	text := strings.TrimLeft(raw, " \t")
	off := int32(from + len(raw) - len(text))
	text = strings.TrimRight(text, " \t")
	return csvCell{text, policy.Pos{File: s.file, Off: off, End: off + int32(len(text))}}
}

// consistent reports whether the line says something about a user.
func (s *csvScanner) consistent() bool {
	role, grant := s.cells[csvRole].text != "", s.cells[csvPermission].text != ""
	if s.cells[csvUser].text == "" || role && grant {
		return false
	}
	if role || grant {
		return true
	}
	for i := csvScope; i < csvWidth; i++ {
		if s.cells[i].text != "" {
			return false
		}
	}
	return true
}

// fields are what the lines of a record fill, in order of first mention.
func (s *csvScanner) fields(r Record) (order []int, ok bool) {
	order = make([]int, 0, 3)
	note := func(field int) {
		if s.cells[field].text != "" && !slices.Contains(order, field) {
			order = append(order, field)
		}
	}
	lines := 0
	for start := int(r.From); start < int(r.To); {
		filled, next, ok := s.line(start)
		if start = next; !ok {
			return nil, false
		}
		if !filled {
			continue
		}
		if lines++; lines == 1 {
			s.first = s.whole
		}
		if c := s.cells[csvAffiliation]; c.text != "" {
			if s.affiliation.text != "" && s.affiliation.text != c.text {
				return nil, false // the caller has words for it
			}
			if s.affiliation.text == "" {
				s.affiliation = c
			}
		}
		note(csvAffiliation)
		note(csvRole)
		note(csvPermission)
	}
	return order, true
}

// entries appends the list of all roles or of all grants.
func (s *csvScanner) entries(b *tree.Builder, r Record, which int) {
	opened := false
	for start := int(r.From); start < int(r.To); {
		filled, next, _ := s.line(start)
		start = next
		if !filled || s.cells[which].text == "" {
			continue
		}
		if !opened {
			opened = true
			b.Key(listName(which), s.whole)
			b.Open(tree.List, s.whole)
		}
		b.Open(tree.Struct, s.whole)
		for i := csvRole; i < csvWidth; i++ {
			if c := s.cells[i]; c.text != "" {
				b.Key(Columns[i], c.pos)
				s.value(b, i, c)
			}
		}
		b.Close(0)
	}
	b.Close(0)
}

func listName(which int) string {
	if which == csvRole {
		return "roles"
	}
	return "grants"
}

func (s *csvScanner) value(b *tree.Builder, column int, c csvCell) {
	if column != csvActions {
		b.Scalar(tree.String, c.text, c.pos)
		return
	}
	b.Open(tree.List, c.pos)
	off := c.pos.Off
	for part := range strings.SplitSeq(c.text, ";") {
		text := strings.TrimSpace(part)
		at := off + int32(strings.Index(part, text))
		if text != "" {
			b.Scalar(tree.String, text, policy.Pos{File: s.file, Off: at, End: at + int32(len(text))})
		}
		off += int32(len(part)) + 1
	}
	b.Close(0)
}
