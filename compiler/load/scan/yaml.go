package scan

import (
	"strings"
	"unicode/utf8"

	"permc.dev/permc/compiler/load/tree"

	"permc.dev/permc/compiler/policy"
)

// YAML splits a file that is one YAML document, a block mapping that begins in the first column. It separates records
// only by the indentation of their lines; YAMLValue checks the lines when it reads them. Nothing in the subset spans
// lines, so a line means the same wherever the split puts it. It returns false if something outside of users leaves
// the subset.
//
// A repeated key in a struct leaves the subset; the caller checks for records with one ID.
func YAML(file int32, text string) (*Split, bool) {
	out := &Split{}
	s := &yamlScanner{b: &tree.Builder{}, file: file, text: text, out: out}
	if !s.lines(0) {
		return nil, false
	}
	if s.col == 0 && strings.HasPrefix(text[s.at:], "---") && !s.endLine(s.at+3) {
		return nil, false
	}
	if s.col != 0 || !s.block(0, false) || s.col >= 0 {
		return nil, false
	}
	out.Rest = s.b.Nodes
	return out, out.Rest[0].Kind == tree.Struct
}

// YAMLValue appends the value of a record.
func YAMLValue(b *tree.Builder, file int32, text string, r Record) bool {
	col := 0
	for i := r.Key; i > 0 && text[i-1] == ' '; i-- {
		col++
	}
	s := yamlScanner{b: b, file: file, text: text[:r.To]}
	return s.value(int(r.From), col, 2) && s.col < 0
}

// yamlScanner reads the lines of a block collection. Its functions return false if the text leaves the subset.
type yamlScanner struct {
	b    *tree.Builder
	file int32
	text string
	out  *Split // takes the records while the whole document is read

	// The first character of the line to read next: its offset and column.
	// The column is negative at the end of the text.
	at, col int
}

const (
	yamlDeepest    = 100  // limit of nesting
	yamlLongestKey = 1000 // the library allows 1024 characters in a key
)

// yamlScalar is a scalar; its text is that of its position except for quotes.
type yamlScalar struct {
	text     string
	off, end int
	quoted   bool
	key      bool // a colon after it makes it a key
}

// Classes of bytes, for yamlClass.
const (
	yamlFirst = 1 << iota // may begin a plain scalar
	yamlPlain             // does not simply continue a plain scalar
	yamlFlow              // nor one in a list or struct in brackets
	yamlQuote             // does not simply continue a quoted scalar
	yamlTalk              // does not simply continue a comment
)

var yamlClass = func() (class [256]uint8) {
	for c := range class {
		switch {
		case c < ' ' || c >= 0x7F:
			class[c] = yamlPlain | yamlFlow | yamlQuote | yamlTalk
		case c == ' ' || c == ':':
			class[c] = yamlPlain | yamlFlow
		case strings.IndexByte(",[]{}?", byte(c)) >= 0:
			class[c] = yamlFlow
		case c == '"' || c == '\'' || c == '\\':
			class[c] = yamlQuote
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z',
			strings.IndexByte("_/+($~", byte(c)) >= 0:
			class[c] = yamlFirst
		}
	}
	return class
}()

func (s *yamlScanner) pos(off, end int) policy.Pos {
	return policy.Pos{File: s.file, Off: uint32(off), End: uint32(end)}
}

// blank reports whether an indicator ends before the offset: there is a space or the end of a line.
func (s *yamlScanner) blank(i int) bool {
	return i == len(s.text) || s.text[i] == ' ' || s.text[i] == '\n' || s.text[i] == '\r'
}

// dash reports whether an entry of a sequence begins at the offset.
func (s *yamlScanner) dash(i int) bool { return s.text[i] == '-' && s.blank(i+1) }

// content returns the offset of the content in the rest of a line, or a negative one if there is none or only a
// comment.
func (s *yamlScanner) content(i int) int {
	for i < len(s.text) && s.text[i] == ' ' {
		i++
	}
	if i == len(s.text) || s.text[i] == '\n' || s.text[i] == '\r' || s.text[i] == '#' {
		return -1
	}
	return i
}

// endLine goes from the end of a value to the next line with content.
func (s *yamlScanner) endLine(i int) bool {
	from := i
	for i < len(s.text) && s.text[i] == ' ' {
		i++
	}
	if i < len(s.text) && s.text[i] == '#' && i == from && s.text[i-1] != ' ' {
		return false
	}
	next, ok := s.rest(i)
	return ok && s.lines(next)
}

// rest returns where the next line begins. Only a comment may come before it.
func (s *yamlScanner) rest(i int) (next int, ok bool) {
	if i < len(s.text) && s.text[i] == '#' {
		if i = s.comment(i); i < 0 {
			return 0, false
		}
	}
	switch {
	case i == len(s.text):
		return i, true
	case s.text[i] == '\n':
		return i + 1, true
	}
	return i + 2, strings.HasPrefix(s.text[i:], "\r\n")
}

// comment finds the end of a comment, which the library reads too.
func (s *yamlScanner) comment(i int) int {
	for ; i < len(s.text); i++ {
		c := s.text[i]
		switch {
		case yamlClass[c]&yamlTalk == 0:
		case c == '\n' || c == '\r':
			return i
		default:
			n := yamlRune(s.text[i:])
			if n == 0 {
				return -1
			}
			i += n - 1
		}
	}
	return i
}

// lines goes to the first line with content, from the line that begins at i.
func (s *yamlScanner) lines(i int) bool {
	for {
		start := i
		for i < len(s.text) && s.text[i] == ' ' {
			i++
		}
		if i == len(s.text) {
			s.at, s.col = i, -1
			return true
		}
		if c := s.text[i]; c != '\n' && c != '\r' && c != '#' {
			s.at, s.col = i, i-start
			return true
		}
		next, ok := s.rest(i)
		if !ok {
			return false
		}
		i = next
	}
}

// yamlRune returns the size of the non-ASCII character at the start of a text, or zero if YAML does not allow it or
// readers disagree about it.
func yamlRune(text string) int {
	r, n := utf8.DecodeRuneInString(text)
	switch {
	case r < 0xA0, r == utf8.RuneError && n == 1:
	case r == 0x2028, r == 0x2029, r == 0xFEFF, r == 0xFFFE, r == 0xFFFF:
	default:
		return n
	}
	return 0
}

// block reads the collection that begins on the current line. One without indent is a sequence below a key in the
// same column.
func (s *yamlScanner) block(depth int, indentless bool) bool {
	if depth > yamlDeepest || len(s.b.Nodes) > MostNodes {
		return false
	}
	if s.dash(s.at) {
		return s.sequence(depth, indentless)
	}
	key, _, ok := s.scalar(s.at, yamlPlain)
	return ok && s.mapping(key, s.col, depth)
}

func (s *yamlScanner) mapping(key yamlScalar, col, depth int) bool {
	keys := keySet{at: len(s.b.Nodes)}
	s.b.Open(tree.Struct, s.pos(key.off, key.off+1))
	for {
		if !key.isKey() || keys.twice(s.b.Nodes, key.text) {
			return false
		}
		s.b.Key(key.text, s.pos(key.off, key.end))
		if !s.field(key, col, depth) {
			return false
		}
		if s.col != col {
			break
		}
		var ok bool
		if key, _, ok = s.scalar(s.at, yamlPlain); !ok {
			return false
		}
	}
	s.b.Close(0)
	return s.col < col
}

// field reads the value of a key. It splits the value of a top-level users key.
func (s *yamlScanner) field(key yamlScalar, col, depth int) bool {
	if depth == 0 && key.text == "users" && s.content(key.end+1) < 0 {
		if !s.endLine(key.end + 1) {
			return false
		}
		if s.col > 0 && !s.dash(s.at) {
			return s.records()
		}
	}
	return s.value(key.end+1, col, depth+1)
}

// value reads the text after the colon of a key in a column.
func (s *yamlScanner) value(i, col, depth int) bool {
	if len(s.b.Nodes) > MostNodes {
		return false
	}
	if j := s.content(i); j >= 0 {
		return s.inline(j, depth)
	}
	if !s.endLine(i) {
		return false
	}
	if s.col > col || s.col == col && s.dash(s.at) {
		return s.block(depth, s.col == col)
	}
	s.b.Scalar(tree.Null, "", s.pos(i, i))
	return true
}

// inline reads a value that is the rest of its line.
func (s *yamlScanner) inline(i, depth int) bool {
	if s.text[i] == '[' || s.text[i] == '{' {
		i = s.flow(i, depth)
		return i >= 0 && s.endLine(i)
	}
	v, i, ok := s.scalar(i, yamlPlain)
	if !ok || v.key {
		return false
	}
	s.add(v)
	return s.endLine(i)
}

func (s *yamlScanner) add(v yamlScalar) {
	kind, text := tree.String, v.text
	if !v.quoted {
		kind, text = yamlResolve(text)
	}
	s.b.Scalar(kind, text, s.pos(v.off, v.end))
}

func (s *yamlScanner) sequence(depth int, indentless bool) bool {
	col := s.col
	s.b.Open(tree.List, s.pos(s.at, s.at+1))
	for {
		if !s.entry(col, depth+1) {
			return false
		}
		if s.col != col || !s.dash(s.at) {
			break
		}
	}
	s.b.Close(0)
	return s.col < col || s.col == col && indentless
}

// entry reads the entry of a sequence on the current line.
func (s *yamlScanner) entry(col, depth int) bool {
	i := s.at + 1
	j := s.content(i)
	switch {
	case len(s.b.Nodes) > MostNodes:
		return false
	case j < 0:
		if !s.endLine(i) {
			return false
		}
		if s.col > col {
			return s.block(depth, false)
		}
		s.b.Scalar(tree.Null, "", s.pos(i, i))
		return true
	case s.dash(j):
		s.at, s.col = j, col+j-i+1
		return s.block(depth, false)
	case s.text[j] == '[' || s.text[j] == '{':
		return s.inline(j, depth)
	}
	v, after, ok := s.scalar(j, yamlPlain)
	if !ok {
		return false
	}
	if v.key {
		return depth <= yamlDeepest && s.mapping(v, col+j-i+1, depth)
	}
	s.add(v)
	return s.endLine(after)
}
