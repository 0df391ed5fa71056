package scan

import (
	"strings"
	"unicode/utf8"

	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// CUE splits a CUE file that is plain data, and returns its package name, if any. Users written as users: {…} are
// records, which CUEValue checks when it reads them; other users stay in the rest.
//
// The subset: fields named by ASCII identifiers that are not keywords or by quoted strings, also in chains (a: b: 1);
// structs and lists with commas or line ends between their parts; strings of one line without backslashes; whole
// decimal numbers; true and false; comments. A repeated key in a struct leaves the subset, because its meaning is not
// for a scanner.
func CUE(file int32, text string) (out *Split, pkg string, ok bool) {
	// These may not occur anywhere, not even in comments.
	if !utf8.ValidString(text) || strings.IndexByte(text, 0) >= 0 || strings.Contains(text, "\ufeff") {
		return nil, "", false
	}
	out = &Split{}
	s := &cueScanner{b: &tree.Builder{}, file: file, text: text}
	if pkg, ok = s.document(out); !ok {
		return nil, "", false
	}
	out.Rest = s.b.Nodes
	return out, pkg, true
}

// CUEValue appends the value of a record of CUE.
func CUEValue(b *tree.Builder, file int32, text string, r Record) bool {
	s := cueScanner{b: b, file: file, text: text[:r.To]}
	return s.value(int(r.From), 0, true) == int(r.To)
}

// cueScanner reads values of CUE. Its functions return the offset after the text they read, or a negative one if the
// text leaves the subset.
type cueScanner struct {
	b    *tree.Builder
	file int32
	text string
}

// document reads the whole file. Its position is from its first declaration to its last.
func (s *cueScanner) document(out *Split) (pkg string, ok bool) {
	i := s.space(0)
	if i < 0 || i == len(s.text) {
		return "", false
	}
	s.b.Open(tree.Struct, policy.Pos{File: s.file, Off: uint32(i)})
	end, more := i, true
	if pkg, end = s.clause(i); end < 0 {
		return "", false
	}
	if end > i {
		i, more = s.next(end, 0)
	}
	var keys keySet
	for more {
		key, after := s.label(i)
		if after < 0 || keys.twice(s.b.Nodes, key.Text) {
			return "", false
		}
		s.b.Key(key.Text, key.Pos)
		if key.Text == "users" && after < len(s.text) && s.text[after] == '{' {
			end = s.records(out, after)
		} else {
			end = s.value(after, 1, true)
		}
		if end < 0 {
			return "", false
		}
		i, more = s.next(end, 0)
	}
	s.b.Close(uint32(end))
	return pkg, i >= 0
}

// clause reads the package clause at i, the first token, if there is one.
func (s *cueScanner) clause(i int) (pkg string, end int) {
	const keyword = "package"
	to := s.ident(i)
	if s.text[i:to] != keyword {
		return "", i
	}
	i = s.blank(to)
	to = s.ident(i)
	if to == i || cueKeyword(s.text[i:to]) {
		return "", -1
	}
	return s.text[i:to], to
}

// records records the fields of the struct at i. It finds the end of a value in braces by the braces alone: reading
// the value checks the rest.
func (s *cueScanner) records(out *Split, i int) int {
	s.b.Open(tree.Struct, policy.Pos{File: s.file, Off: uint32(i)})
	at := len(s.b.Nodes)
	i, more := s.first(i+1, '}')
	for more {
		key, from := s.label(i)
		if from < 0 || from == len(s.text) {
			return -1
		}
		end := -1
		if s.text[from] == '{' {
			end = s.skip(from)
		} else {
			end = s.value(from, 2, true)
			s.b.Nodes = s.b.Nodes[:at]
		}
		if end < 0 {
			return -1
		}
		out.add(Record{ID: key.Text, Key: key.Pos.Off, KeyEnd: key.Pos.End, From: uint32(from), To: uint32(end)}, end,
			len(s.text))
		i, more = s.next(end, '}')
	}
	if i >= 0 {
		s.b.Close(uint32(i))
	}
	return i
}

// skip finds the end of the braces at i. It may overlook errors.
func (s *cueScanner) skip(i int) int {
	for depth := 0; i < len(s.text); i++ {
		switch s.text[i] {
		case '"':
			if i = plainEnd(s.text, i+1); i == len(s.text) || s.text[i] != '"' {
				return -1
			}
		case '/':
			if i = s.comment(i); i < 0 {
				return -1
			}
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

// comment finds the end of the comment at i, which is the end of its line.
func (s *cueScanner) comment(i int) int {
	if !strings.HasPrefix(s.text[i:], "//") {
		return -1
	}
	if n := strings.IndexByte(s.text[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(s.text)
}

// blank skips blanks that never end a value. A carriage return has no meaning.
func (s *cueScanner) blank(i int) int {
	for i < len(s.text) && (s.text[i] == ' ' || s.text[i] == '\t' || s.text[i] == '\r') {
		i++
	}
	return i
}

// space skips blanks, line ends and comments.
func (s *cueScanner) space(i int) int {
	for i < len(s.text) {
		switch s.text[i] {
		case ' ', '\n', '\t', '\r':
			i++
		case '/':
			if i = s.comment(i); i < 0 {
				return -1
			}
		default:
			return i
		}
	}
	return i
}

// first goes from the opening bracket of a struct or list to its first part, or past its end.
func (s *cueScanner) first(i int, closing byte) (to int, more bool) {
	if i = s.space(i); i < 0 || i == len(s.text) {
		return -1, false
	}
	if s.text[i] == closing {
		return i + 1, false
	}
	return i, true
}

// next goes from the end of a value to the next part of the struct or list, or past its end; closing is zero for the
// file. A comma or a line end separates parts. CUE allows the comma on the next line unless a comment precedes it;
// here it is not allowed.
func (s *cueScanner) next(i int, closing byte) (to int, more bool) {
	i = s.blank(i)
	parted := false
	if i < len(s.text) {
		switch s.text[i] {
		case ',':
			i, parted = s.space(i+1), true
		case '\n', '/':
			i, parted = s.space(i), true
		}
	}
	switch {
	case i < 0:
		return -1, false
	case i == len(s.text):
		if closing == 0 {
			return i, false
		}
		return -1, false
	case s.text[i] == closing:
		return i + 1, false
	case !parted:
		return -1, false
	}
	return i, true
}

// label reads a label and its colon, and goes to the value.
func (s *cueScanner) label(i int) (key tree.Node, value int) {
	var name string
	to := 0
	if i < len(s.text) && s.text[i] == '"' {
		if to = s.str(i); to < 0 {
			return key, -1
		}
		// CUE normalizes labels; text below the first combining character, U+0300, is normal already.
		if name = s.text[i+1 : to-1]; !cueBelow(name, 0xCC) {
			return key, -1
		}
	} else {
		to = s.ident(i)
		if name = s.text[i:to]; to == i || cueKeyword(name) {
			return key, -1
		}
	}
	key = tree.Node{Text: name, Pos: policy.Pos{File: s.file, Off: uint32(i), End: uint32(to)}}
	if to = s.blank(to); to == len(s.text) || s.text[to] != ':' {
		return key, -1
	}
	return key, s.space(to + 1)
}

// cueBelow reports whether all bytes are below the limit.
func cueBelow(text string, limit byte) bool {
	for i := range len(text) {
		if text[i] >= limit {
			return false
		}
	}
	return true
}

// ident finds the end of the identifier at i, or returns i if there is none. Hidden identifiers, definitions and
// non-ASCII ones do not count.
func (s *cueScanner) ident(i int) int {
	for n := i; n < len(s.text); n++ {
		switch c := s.text[n]; {
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z':
		case n > i && ('0' <= c && c <= '9' || c == '_'):
		default:
			return n
		}
	}
	return len(s.text)
}

// cueKeyword reports whether CUE gives an identifier a meaning anywhere.
func cueKeyword(name string) bool {
	switch name {
	case "if", "else", "for", "in", "let", "try", "fallback", "otherwise", "func", "true", "false", "null", "package",
		"import":
		return true
	}
	return false
}

// str finds the end of the string at i, which is a quote. It takes two of the three quotes that begin a string of
// several lines; the third may not follow.
func (s *cueScanner) str(i int) int {
	to := plainEnd(s.text, i+1) + 1
	if to > len(s.text) || s.text[to-1] != '"' {
		return -1
	}
	return to
}
