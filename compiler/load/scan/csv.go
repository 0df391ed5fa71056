package scan

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
	"unsafe"

	"permc.dev/permc/compiler/internal/mapped"
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// Columns are the columns of a CSV declaration, in the order of an entry's fields.
var Columns = []string{"user", "name", "affiliation", "status", "home", "role", "permission", "group", "scope",
	"actions", "starts", "expires", "reason", "ticket"}

// The places in Columns of those that are not just a field of the entry, and
// how many there are.
const (
	User = iota
	Name
	Affiliation
	Status
	Home
	Role
	Permission
	Group
	scopeColumn
	actionsColumn
	startsColumn
	Width = 14
)

// CSV splits a file whose cells have no quotes. A record is a run of lines of one user.
func CSV(file int32, text string) (*Split, bool) {
	if mapped.IndexByte(text, '"') >= 0 || !returnsEndLines(text) {
		return nil, false
	}
	s := &csvScanner{file: file, text: text}
	start, ok := s.header()
	if !ok {
		return nil, false
	}
	list, ok := inParts(text, start, s.users)
	if !ok {
		return nil, false
	}
	out := &Split{Rest: linesOfUsers(file, text)}
	seen := 0
	for _, r := range list { // a user's lines may be in two parts
		if int(r.From)-seen >= mapped.Step {
			mapped.Forget(text[seen:r.From])
			seen = int(r.From)
		}
		if n := len(out.Records); n > 0 && out.Records[n-1].ID == r.ID {
			out.Records[n-1].To = r.To
			continue
		}
		out.Records = append(list[:len(out.Records)], r)
	}
	return out, true
}

// users returns the records of some of the lines.
func (s *csvScanner) users(from, to, room int) ([]Record, bool) {
	var out Split
	seen := from
	for start := from; start < to; {
		id, next, ok := s.userOf(start)
		if !ok {
			return nil, false
		}
		if start-seen >= mapped.Step {
			mapped.Forget(s.text[seen:start])
			seen = start
		}
		switch n := len(out.Records); {
		case id.text == "": // an empty line
		case n > 0 && out.Records[n-1].ID == id.text:
			out.Records[n-1].To = uint32(next)
		default:
			out.add(Record{ID: id.text, Key: id.pos.Off, KeyEnd: id.pos.End, From: uint32(start), To: uint32(next)},
				next-from, room)
		}
		start = next
	}
	mapped.Forget(s.text[seen:to])
	return out.Records, true
}

// returnsEndLines reports whether every carriage return precedes a line feed.
func returnsEndLines(text string) bool {
	alone := false
	mapped.Each(text, func(part string, from int) bool {
		for at := 0; !alone; at++ {
			i := strings.IndexByte(part[at:], '\r')
			if i < 0 {
				return true
			}
			at += i
			alone = from+at+1 == len(text) || text[from+at+1] != '\n'
		}
		return false
	})
	return !alone
}

// linesOfUsers returns the declaration of a file of users, without the users.
func linesOfUsers(file int32, text string) tree.Tree {
	var b tree.Builder
	whole := policy.Pos{File: file, End: uint32(len(text))}
	b.Open(tree.Struct, whole)
	b.Key("users", policy.Pos{File: file})
	b.Open(tree.Struct, whole)
	b.Close(0)
	b.Close(0)
	return b.Nodes
}

// CSVLines appends the user that the lines of a record declare.
func CSVLines(b *tree.Builder, file int32, text string, r Record) bool {
	s := csvScanners.Get().(*csvScanner)
	defer csvScanners.Put(s)
	if !s.of(file, text) {
		*s = csvScanner{file: file, text: text, lines: s.lines}
		if _, ok := s.header(); !ok {
			s.text = ""
			return false
		}
	}
	if !s.fields(r) {
		return false
	}
	b.Open(tree.Struct, s.lines[0].whole)
	for _, field := range s.order {
		switch field {
		case Name, Affiliation, Status, Home:
			c := &s.facts[field]
			b.Key(Columns[field], c.pos)
			b.Scalar(tree.String, c.text, c.pos)
		case Role, Permission, Group:
			s.entries(b, field)
		default:
			s.mapping(b, field)
		}
	}
	b.Close(0)
	return true
}

// csvScanners are scanners that have read the header of a file, with memory for the lines of a user.
var csvScanners = sync.Pool{New: func() any { return &csvScanner{} }}

// csvScanner reads lines of cells without quotes.
type csvScanner struct {
	file    int32
	text    string
	columns [Width + mostMore]int8 // indexes in Columns of the cells of a line; from Width on, in more
	width   int
	more    []MoreColumn
	lines   []csvLine // of a user
	order   []int     // fields of a user, in order of first mention
	facts   [Home + 1]csvCell
}

// of reports whether the scanner has read the header of a file.
func (s *csvScanner) of(file int32, text string) bool {
	return s.file == file && unsafe.StringData(s.text) == unsafe.StringData(text) && len(s.text) == len(text)
}

// csvLine is a line that is not empty.
type csvLine struct {
	whole policy.Pos
	cells [Width]csvCell // by index in Columns
	more  []csvCell      // likewise, in the columns beyond
}

type csvCell struct {
	text string
	pos  policy.Pos
}

// header reads the first line and returns where the next one starts.
func (s *csvScanner) header() (next int, ok bool) {
	line, next := s.cut(0)
	var seen uint64
	for name := range strings.SplitSeq(line, ",") {
		i := slices.Index(Columns, name)
		if i < 0 {
			i = s.moreColumn(name)
		}
		if i < 0 || seen>>i&1 != 0 {
			return 0, false
		}
		seen |= 1 << i
		s.columns[s.width] = int8(i)
		s.width++
	}
	return next, seen>>User&1 != 0
}

// cut returns a line without its end, and where the next one starts.
func (s *csvScanner) cut(start int) (line string, next int) {
	line, next = s.text[start:], len(s.text)
	if n := strings.IndexByte(line, '\n'); n >= 0 {
		line, next = line[:n], start+n+1
	}
	return strings.TrimSuffix(line, "\r"), next
}

// userOf returns the user of a line, or an empty cell for an empty line. Reading the user checks the rest of it.
func (s *csvScanner) userOf(start int) (id csvCell, next int, ok bool) {
	line, next := s.cut(start)
	if line == "" {
		return id, next, true
	}
	at := 0
	for n := 0; s.columns[n] != User; n++ {
		comma := strings.IndexByte(line[at:], ',')
		if comma < 0 {
			return id, next, false
		}
		at += comma + 1
	}
	end := strings.IndexByte(line[at:], ',')
	if end < 0 {
		end = len(line) - at
	}
	id = s.cell(start+at, start+at+end)
	return id, next, id.text != "" && !isBlank(id.text)
}

// isBlank reports whether a text is of nothing but spaces of any kind, which may make its row an empty one.
func isBlank(s string) bool {
	return (s[0] < ' ' || s[0] >= utf8.RuneSelf) && strings.TrimSpace(s) == ""
}

// line reads a line into cells. It does not fill an empty one.
func (s *csvScanner) line(l *csvLine, start int) (filled bool, next int, ok bool) {
	line, next := s.cut(start)
	if line == "" {
		return false, next, true
	}
	l.cells = [Width]csvCell{}
	l.more = slices.Grow(l.more[:0], len(s.more))[:len(s.more)]
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
		if column := int(s.columns[n]); column < Width {
			l.cells[column] = c
		} else {
			l.more[column-Width] = c
		}
		if n == 0 {
			l.whole = c.pos
		}
		l.whole.End = max(c.pos.End, l.whole.Off)
		at += end + 1
	}
	return true, next, l.consistent()
}

// cell returns the text between two offsets, without spaces around it.
func (s *csvScanner) cell(from, to int) csvCell {
	for from < to && (s.text[from] == ' ' || s.text[from] == '\t') {
		from++
	}
	for from < to && (s.text[to-1] == ' ' || s.text[to-1] == '\t') {
		to--
	}
	return csvCell{s.text[from:to], policy.Pos{File: s.file, Off: uint32(from), End: uint32(to)}}
}

// consistent reports whether the line declares something about a user.
func (l *csvLine) consistent() bool {
	given := 0
	for i := Role; i <= Group; i++ {
		if l.cells[i].text != "" {
			given++
		}
	}
	if l.cells[User].text == "" || given > 1 {
		return false
	}
	if l.cells[Group].text != "" {
		return l.cells[scopeColumn].text == "" && l.cells[actionsColumn].text == ""
	}
	if given > 0 {
		return true
	}
	for i := scopeColumn; i < Width; i++ {
		if l.cells[i].text != "" {
			return false
		}
	}
	return true
}

// fields reads the lines of a record, and the fields they fill.
func (s *csvScanner) fields(r Record) (ok bool) {
	s.lines, s.order, s.facts = s.lines[:0], s.order[:0], [Home + 1]csvCell{}
	for start := int(r.From); start < int(r.To); {
		n := len(s.lines)
		s.lines = slices.Grow(s.lines, 1)[:n+1]
		l := &s.lines[n]
		filled, next, ok := s.line(l, start)
		if start = next; !ok {
			return false
		}
		if !filled {
			s.lines = s.lines[:n]
			continue
		}
		for fact := Name; fact <= Home; fact++ {
			c, known := l.cells[fact], &s.facts[fact]
			if c.text != "" && known.text != "" && known.text != c.text {
				return false // the caller reports it
			}
			if known.text == "" {
				*known = c
			}
		}
		for field := Name; field <= Group; field++ {
			if l.cells[field].text != "" && !slices.Contains(s.order, field) {
				s.order = append(s.order, field)
			}
		}
		s.mention(l.more)
	}
	return len(s.lines) > 0 && s.agree()
}

// entries appends the list of all roles, grants or groups. A group without a period or a reason is just a name.
func (s *csvScanner) entries(b *tree.Builder, which int) {
	opened := false
	for n := range s.lines {
		l := &s.lines[n]
		if l.cells[which].text == "" {
			continue
		}
		if !opened {
			opened = true
			b.Key(listName(which), l.whole)
			b.Open(tree.List, l.whole)
		}
		if which == Group && l.isName() {
			b.Scalar(tree.String, l.cells[Group].text, l.cells[Group].pos)
			continue
		}
		b.Open(tree.Struct, l.whole)
		for i := Role; i < Width; i++ {
			if c := &l.cells[i]; c.text != "" {
				b.Key(Columns[i], c.pos)
				s.value(b, i, *c)
			}
		}
		b.Close(0)
	}
	b.Close(0)
}

// isName reports whether a line says nothing of a membership but the group.
func (l *csvLine) isName() bool {
	for i := startsColumn; i < Width; i++ {
		if l.cells[i].text != "" {
			return false
		}
	}
	return true
}

func listName(which int) string {
	switch which {
	case Role:
		return "roles"
	case Group:
		return "groups"
	}
	return "grants"
}
