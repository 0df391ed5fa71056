package scan

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"unsafe"

	"github.com/go-json-experiment/json/jsontext"

	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// JSONValue appends the value of a record.
func JSONValue(b *tree.Builder, file int32, text string, r Record) bool {
	s := jsonScanner{b: b, file: file, text: text[:r.To]}
	i := s.value(s.space(int(r.From)), 0)
	return i >= 0 && s.space(i) == int(r.To)
}

// JSONLine appends the user of a line, without the field that names it.
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

// jsonScanner reads JSON values. Its functions return the offset after the text they read, or a negative one if the
// text leaves the subset.
type jsonScanner struct {
	b    *tree.Builder
	file int32
	text string
}

// MostNodes limits the nodes of a user, or of the rest of a file: the libraries' readers refuse more.
const MostNodes = 10_000_000

// deepest limits nesting; the libraries allow more.
const deepest = 100

func (s *jsonScanner) space(i int) int {
	for i < len(s.text) && (s.text[i] == ' ' || s.text[i] == '\n' || s.text[i] == '\t' || s.text[i] == '\r') {
		i++
	}
	return i
}

// field reads the text before the n-th value of a struct: a comma, a key and a colon. At the struct's end more is
// false.
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
	key = tree.Node{Text: name, Pos: policy.Pos{File: s.file, Off: uint32(i), End: uint32(to)}}
	if i = s.space(to); i == len(s.text) || s.text[i] != ':' {
		return key, -1, false
	}
	if i = s.space(i + 1); i == len(s.text) {
		return key, -1, false
	}
	return key, i, true
}

func (s *jsonScanner) value(i, depth int) int {
	if i >= len(s.text) || depth > deepest || len(s.b.Nodes) > MostNodes {
		return -1
	}
	switch c := s.text[i]; c {
	case '"':
		text, to, ok := s.str(i)
		if !ok {
			return -1
		}
		s.b.Scalar(tree.String, text, policy.Pos{File: s.file, Off: uint32(i), End: uint32(to)})
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
	s.b.Scalar(kind, s.text[i:i+len(word)], policy.Pos{File: s.file, Off: uint32(i), End: uint32(i + len(word))})
	return i + len(word)
}

// number reads a whole number, and leaves others to the library.
func (s *jsonScanner) number(i int) int {
	j := i
	for j < len(s.text) && s.text[j] >= '0' && s.text[j] <= '9' {
		j++
	}
	if j == i || s.text[i] == '0' && j > i+1 || j < len(s.text) && strings.IndexByte(".eE", s.text[j]) >= 0 {
		return -1
	}
	s.b.Scalar(tree.Number, s.text[i:j], policy.Pos{File: s.file, Off: uint32(i), End: uint32(j)})
	return j
}

func (s *jsonScanner) structure(i, depth int) int {
	at := len(s.b.Nodes)
	s.b.Open(tree.Struct, policy.Pos{File: s.file, Off: uint32(i)})
	keys := keySet{at: at}
	i++
	for n := 0; ; n++ {
		key, after, more := s.field(i, n)
		if !more {
			if after >= 0 {
				s.b.Close(uint32(after))
			}
			return after
		}
		if keys.twice(s.b.Nodes, key.Text) {
			return -1 // the caller reports it
		}
		s.b.Key(key.Text, key.Pos)
		if i = s.value(after, depth+1); i < 0 {
			return -1
		}
	}
}

func (s *jsonScanner) list(i, depth int) int {
	s.b.Open(tree.List, policy.Pos{File: s.file, Off: uint32(i)})
	i = s.space(i + 1)
	for n := 0; i < len(s.text); n++ {
		if s.text[i] == ']' {
			s.b.Close(uint32(i + 1))
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

// str reads the string at i, which is a quote.
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

// plainEnd returns the position of the first quote, backslash or control character from i on, or the end. It checks
// eight bytes at a time.
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
