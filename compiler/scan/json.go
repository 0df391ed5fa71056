package scan

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"unsafe"

	"github.com/go-json-experiment/json/jsontext"

	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/tree"
)

// JSON splits a file that is one JSON value. Values are not checked to be JSON
// before they are read with JSONValue. It reports false where the file is not
// a struct, or something outside of users leaves the subset.
func JSON(file int32, text string) (*Split, bool) {
	out := &Split{}
	s := &jsonScanner{b: &tree.Builder{}, file: file, text: text}
	i := s.space(0)
	if i == len(text) || text[i] != '{' {
		return nil, false
	}
	s.b.Open(tree.Struct, policy.Pos{File: file, Off: int32(i), End: int32(i + 1)})
	i++
	for n := 0; ; n++ {
		key, after, more := s.field(i, n)
		if !more {
			i = after
			break
		}
		if key.Text == "users" && after < len(text) && text[after] == '{' {
			if len(out.Records) > 0 {
				return nil, false
			}
			s.b.Key(key.Text, key.Pos)
			i = s.records(out, after)
		} else {
			s.b.Key(key.Text, key.Pos)
			i = s.value(after, 1)
		}
		if i < 0 {
			return nil, false
		}
	}
	if i < 0 || s.space(i) != len(text) {
		return nil, false
	}
	s.b.Close(int32(i))
	out.Rest = s.b.Nodes
	return out, true
}

// JSONLines splits a file of one user a line. IDs are those of the field user;
// a record's value is the whole line.
func JSONLines(file int32, text string) (*Split, bool) {
	list, ok := inParts(text, 0, func(from, to int) ([]Record, bool) { return jsonLines(file, text, from, to) })
	return &Split{Rest: linesOfUsers(file, text), Records: list}, ok
}

// jsonLines are the records of some of the lines.
func jsonLines(file int32, text string, from, to int) ([]Record, bool) {
	var out Split
	s := &jsonScanner{b: &tree.Builder{}, file: file, text: text}
	for start := from; start < to; {
		end := to
		if n := strings.IndexByte(text[start:to], '\n'); n >= 0 {
			end = start + n
		}
		i := s.space(start)
		if i < end {
			r, ok := s.line(i, end)
			if !ok {
				return nil, false
			}
			out.add(r, end-from, to-from)
		}
		start = end + 1
	}
	return out.Records, true
}

// line finds the user of a line: most often it stands first.
func (s *jsonScanner) line(i, end int) (r Record, ok bool) {
	if s.text[i] != '{' {
		return r, false
	}
	key, after, more := s.field(i+1, 0)
	if more && key.Text == "user" && after < end && s.text[after] == '"' {
		id, to, ok := s.str(after)
		return Record{ID: id, Key: int32(after), KeyEnd: int32(to), From: int32(i), To: int32(end)}, ok && to <= end
	}
	s.b.Nodes = s.b.Nodes[:0]
	if to := s.value(i, 0); to < 0 || to > end {
		return r, false
	}
	id := s.b.Nodes.Get("user")
	if id == nil || id[0].Kind != tree.String {
		return r, false
	}
	return Record{ID: id[0].Text, Key: id[0].Pos.Off, KeyEnd: id[0].Pos.End, From: int32(i), To: int32(end)}, true
}

// JSONValue appends the one value that a record is.
func JSONValue(b *tree.Builder, file int32, text string, r Record) bool {
	s := jsonScanner{b: b, file: file, text: text[:r.To]}
	i := s.value(s.space(int(r.From)), 0)
	return i >= 0 && s.space(i) == int(r.To)
}

// JSONLine appends the user that a line is, without the field that names it.
func JSONLine(b *tree.Builder, file int32, text string, r Record) bool {
	at := len(b.Nodes)
	if !JSONValue(b, file, text, r) {
		return false
	}
	line := b.Nodes[at:]
	for i := 1; i < len(line); i += 1 + int(line[i+1].Len) {
		if line[i].Text == "user" {
			b.Nodes = append(b.Nodes[:at+i], line[i+2:]...)
			b.Nodes[at].Len -= 2
			return true
		}
	}
	return false
}

// jsonScanner reads JSON values. Its functions return the offset behind what
// they read, or a negative one where the text leaves the subset.
type jsonScanner struct {
	b    *tree.Builder
	file int32
	text string
}

// deepest is how deep values may stand in each other; the libraries allow more.
const deepest = 100

func (s *jsonScanner) space(i int) int {
	for i < len(s.text) && (s.text[i] == ' ' || s.text[i] == '\n' || s.text[i] == '\t' || s.text[i] == '\r') {
		i++
	}
	return i
}

// field reads what stands before the n-th value of a struct: a comma, a key
// and a colon. At the struct's end more is false.
func (s *jsonScanner) field(i, n int) (key tree.Node, after int, more bool) {
	i = s.space(i)
	if i == len(s.text) {
		return key, -1, false
	}
	if s.text[i] == '}' {
		return key, i + 1, false
	}
	if n > 0 {
		if s.text[i] != ',' {
			return key, -1, false
		}
		if i = s.space(i + 1); i == len(s.text) {
			return key, -1, false
		}
	}
	if s.text[i] != '"' {
		return key, -1, false
	}
	name, to, ok := s.str(i)
	if !ok {
		return key, -1, false
	}
	key = tree.Node{Text: name, Pos: policy.Pos{File: s.file, Off: int32(i), End: int32(to)}}
	if i = s.space(to); i == len(s.text) || s.text[i] != ':' {
		return key, -1, false
	}
	if i = s.space(i + 1); i == len(s.text) {
		return key, -1, false
	}
	return key, i, true
}

func (s *jsonScanner) value(i, depth int) int {
	if i >= len(s.text) || depth > deepest {
		return -1
	}
	switch c := s.text[i]; c {
	case '"':
		text, to, ok := s.str(i)
		if !ok {
			return -1
		}
		s.b.Scalar(tree.String, text, policy.Pos{File: s.file, Off: int32(i), End: int32(to)})
		return to
	case '{':
		return s.structure(i, depth)
	case '[':
		return s.list(i, depth)
	case 't':
		return s.word(i, "true", tree.Bool)
	case 'f':
		return s.word(i, "false", tree.Bool)
	case 'n':
		return s.word(i, "null", tree.Null)
	}
	return s.number(i)
}

func (s *jsonScanner) word(i int, word string, kind tree.Kind) int {
	if !strings.HasPrefix(s.text[i:], word) {
		return -1
	}
	s.b.Scalar(kind, s.text[i:i+len(word)], policy.Pos{File: s.file, Off: int32(i), End: int32(i + len(word))})
	return i + len(word)
}

// number reads a whole number; others are left to the library.
func (s *jsonScanner) number(i int) int {
	j := i
	for j < len(s.text) && s.text[j] >= '0' && s.text[j] <= '9' {
		j++
	}
	if j == i || s.text[i] == '0' && j > i+1 || j < len(s.text) && strings.IndexByte(".eE", s.text[j]) >= 0 {
		return -1
	}
	s.b.Scalar(tree.Number, s.text[i:j], policy.Pos{File: s.file, Off: int32(i), End: int32(j)})
	return j
}

func (s *jsonScanner) structure(i, depth int) int {
	at := len(s.b.Nodes)
	s.b.Open(tree.Struct, policy.Pos{File: s.file, Off: int32(i)})
	var keys keySet
	i++
	for n := 0; ; n++ {
		key, after, more := s.field(i, n)
		if !more {
			if after >= 0 {
				s.b.Close(int32(after))
			}
			return after
		}
		if keys.has(s.b.Nodes[at:], key.Text, n) {
			return -1 // the caller words the fault
		}
		s.b.Key(key.Text, key.Pos)
		if i = s.value(after, depth+1); i < 0 {
			return -1
		}
	}
}

// keySet finds keys that stand twice in one struct.
type keySet struct {
	bits uint64
	all  map[string]bool // once there are many
}

// has reports whether the key stands already in a struct that is open and has
// n keys, and notes it.
func (k *keySet) has(open tree.Tree, key string, n int) bool {
	const many = 64
	if n >= many {
		if k.all == nil {
			k.all = map[string]bool{}
			for i := 1; i < len(open); i += 1 + int(open[i+1].Len) {
				k.all[open[i].Text] = true
			}
		}
		twice := k.all[key]
		k.all[key] = true
		return twice
	}
	bit := keyBit(key)
	twice := k.bits&bit != 0 && hasKey(open, key)
	k.bits |= bit
	return twice
}

// keyBit is one of 64 for a key: keys whose bits differ differ.
func keyBit(key string) uint64 {
	if key == "" {
		return 1
	}
	return 1 << ((len(key)*7 + int(key[0])*3 + int(key[len(key)-1])) & 63)
}

// hasKey looks for a key in a struct that is not closed yet.
func hasKey(open tree.Tree, key string) bool {
	for i := 1; i < len(open); i += 1 + int(open[i+1].Len) {
		if open[i].Text == key {
			return true
		}
	}
	return false
}

func (s *jsonScanner) list(i, depth int) int {
	s.b.Open(tree.List, policy.Pos{File: s.file, Off: int32(i)})
	i = s.space(i + 1)
	for n := 0; i < len(s.text); n++ {
		if s.text[i] == ']' {
			s.b.Close(int32(i + 1))
			return i + 1
		}
		if n > 0 {
			if s.text[i] != ',' {
				return -1
			}
			i = s.space(i + 1)
		}
		if i = s.value(i, depth+1); i < 0 {
			return -1
		}
		i = s.space(i)
	}
	return -1
}

// str reads the string that begins at i, which is a quote.
func (s *jsonScanner) str(i int) (text string, to int, ok bool) {
	j := plainEnd(s.text, i+1)
	if j < len(s.text) && s.text[j] == '"' {
		return s.text[i+1 : j], j + 1, true
	}
	for j < len(s.text) && s.text[j] != '"' {
		if s.text[j] < ' ' {
			return "", 0, false
		}
		if s.text[j] == '\\' {
			j++
		}
		j++
	}
	if j >= len(s.text) {
		return "", 0, false
	}
	b, err := jsontext.AppendUnquote(nil, s.text[i:j+1])
	return string(b), j + 1, err == nil
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// plainEnd is the first place from i of a quote, a backslash or a control
// character, or the text's end. It looks at eight bytes at a time.
func plainEnd(text string, i int) int {
	raw := unsafe.Slice(unsafe.StringData(text), len(text))
	for ; i+8 <= len(raw); i += 8 {
		w := binary.LittleEndian.Uint64(raw[i:])
		quote, slash := w^(ones*'"'), w^(ones*'\\')
		// A byte of w below ' ' has its high bit set here, and so has a zero
		// byte of the others; a later byte may have too, the first is right.
		hit := ((quote - ones) &^ quote) | ((slash - ones) &^ slash) | ((w - ones*' ') &^ w)
		if hit &= highs; hit != 0 {
			return i + bits.TrailingZeros64(hit)/8
		}
	}
	for i < len(raw) && raw[i] != '"' && raw[i] != '\\' && raw[i] >= ' ' {
		i++
	}
	return i
}

// records notes the fields of the struct at i. Where a value ends is found by
// its brackets alone: whether it is JSON is checked when it is read.
func (s *jsonScanner) records(out *Split, i int) int {
	s.b.Open(tree.Struct, policy.Pos{File: s.file, Off: int32(i)})
	i++
	for n := 0; ; n++ {
		key, after, more := s.field(i, n)
		if !more {
			if after >= 0 {
				s.b.Close(int32(after))
			}
			return after
		}
		if i = s.lineOf(after); i < 0 {
			i = s.skip(after)
		}
		if i < 0 {
			return -1
		}
		out.add(Record{ID: key.Text, Key: key.Pos.Off, KeyEnd: key.Pos.End, From: int32(after), To: int32(i)}, i, len(s.text))
	}
}

// lineOf finds the end of a struct that ends where its line does, as those of
// exports do. It looks at what comes next alone: a field whose value is a
// struct, or the end of this one. Where that is so by chance, reading the record
// fails, since a struct has one end only.
func (s *jsonScanner) lineOf(i int) (end int) {
	const far = 1 << 12
	n := strings.IndexByte(s.text[i:min(i+far, len(s.text))], '\n')
	if n < 0 || s.text[i] != '{' {
		return -1
	}
	end = i + n
	for end > i && (s.text[end-1] == ' ' || s.text[end-1] == ',' || s.text[end-1] == '\r') {
		end--
	}
	if s.text[end-1] != '}' {
		return -1
	}
	_, after, more := s.field(end, 1)
	if after < 0 || more && s.text[after] != '{' {
		return -1
	}
	return end
}

// skip finds the end of a struct.
func (s *jsonScanner) skip(i int) int {
	if s.text[i] != '{' {
		return -1
	}
	for depth := 0; i < len(s.text); i++ {
		switch s.text[i] {
		case '"':
			for i = plainEnd(s.text, i+1); i < len(s.text) && s.text[i] != '"'; i = plainEnd(s.text, i) {
				if s.text[i] != '\\' {
					return -1
				}
				i += 2
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
