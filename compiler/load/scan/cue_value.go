package scan

import (
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// cueDeepest limits nesting; the library allows more.
const cueDeepest = 100

// value reads a value. The value of a field may be a chain: a label and another value, a struct without braces.
func (s *cueScanner) value(i, depth int, field bool) int {
	if i < 0 || i >= len(s.text) || depth > cueDeepest || len(s.b.Nodes) > MostNodes {
		return -1
	}
	switch c := s.text[i]; {
	case c == '"':
		to := s.str(i)
		if to < 0 {
			return -1
		}
		if after := s.blank(to); field && after < len(s.text) && s.text[after] == ':' {
			return s.chain(i, depth)
		}
		s.b.Scalar(tree.String, s.text[i+1:to-1], s.pos(i, to))
		return to
	case c == '{':
		return s.structure(i, depth)
	case c == '[':
		return s.list(i, depth)
	case '0' <= c && c <= '9':
		return s.number(i)
	}
	to := s.ident(i)
	if word := s.text[i:to]; word == "true" || word == "false" {
		s.b.Scalar(tree.Bool, word, s.pos(i, to))
		return to
	}
	if !field {
		return -1
	}
	return s.chain(i, depth)
}

func (s *cueScanner) pos(i, end int) policy.Pos {
	return policy.Pos{File: s.file, Off: uint32(i), End: uint32(end)}
}

// number reads a whole number without leading zeros. A character that may not follow it, such as a point, may not
// follow a value either.
func (s *cueScanner) number(i int) int {
	to := i
	for to < len(s.text) && '0' <= s.text[to] && s.text[to] <= '9' {
		to++
	}
	if s.text[i] == '0' && to > i+1 {
		return -1
	}
	s.b.Scalar(tree.Number, s.text[i:to], s.pos(i, to))
	return to
}

func (s *cueScanner) chain(i, depth int) int {
	s.b.Open(tree.Struct, s.pos(i, 0))
	key, to := s.label(i)
	if to < 0 {
		return -1
	}
	s.b.Key(key.Text, key.Pos)
	if to = s.value(to, depth+1, true); to >= 0 {
		s.b.Close(uint32(to))
	}
	return to
}

func (s *cueScanner) structure(i, depth int) int {
	at := len(s.b.Nodes)
	s.b.Open(tree.Struct, s.pos(i, 0))
	keys := keySet{at: at}
	i, more := s.first(i+1, '}')
	for more {
		key, to := s.label(i)
		if to < 0 || keys.twice(s.b.Nodes, key.Text) {
			return -1
		}
		s.b.Key(key.Text, key.Pos)
		if to = s.value(to, depth+1, true); to < 0 {
			return -1
		}
		i, more = s.next(to, '}')
	}
	if i >= 0 {
		s.b.Close(uint32(i))
	}
	return i
}

func (s *cueScanner) list(i, depth int) int {
	s.b.Open(tree.List, s.pos(i, 0))
	i, more := s.first(i+1, ']')
	for more {
		to := s.value(i, depth+1, false)
		if to < 0 {
			return -1
		}
		i, more = s.next(to, ']')
	}
	if i >= 0 {
		s.b.Close(uint32(i))
	}
	return i
}
