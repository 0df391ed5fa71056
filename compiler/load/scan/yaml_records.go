package scan

import (
	"strings"

	"permc.dev/permc/compiler/load/tree"
)

// records records the entries of the mapping that begins on the current line. Afterwards the line after it is
// current.
func (s *yamlScanner) records() bool {
	col := s.col
	s.b.Open(tree.Struct, s.pos(s.at, s.at+1))
	s.b.Close(0)
	first := s.at
	for i := s.at - col; ; {
		at, next := s.recordLine(i, col)
		if at >= 0 && at-i < col || next == i {
			s.endRecord(i)
			s.at, s.col = i, 0
			if i == len(s.text) {
				s.col = -1
			}
			return at-i <= 0
		}
		if at >= 0 {
			s.endRecord(i)
			if !s.record(at, at-first) {
				return false
			}
		}
		i = next
	}
}

// recordLine examines the line that begins at i: at is where it begins a record of the column or ends them all, or
// negative; next is the line after it.
func (s *yamlScanner) recordLine(i, col int) (at, next int) {
	if i == len(s.text) {
		return -1, i
	}
	next = len(s.text)
	if n := strings.IndexByte(s.text[i:], '\n'); n >= 0 {
		next = i + n + 1
	}
	for at = i; at < next && at <= i+col && s.text[at] == ' '; at++ {
	}
	if at > i+col || at == next || s.text[at] == '#' || s.text[at] == '\n' || s.text[at] == '\r' {
		return -1, next
	}
	if at == i+col && s.dash(at) {
		return -1, next // part of the record's sequence
	}
	return at, next
}

// record adds the record whose key is at the offset.
func (s *yamlScanner) record(i, done int) bool {
	key, _, ok := s.scalar(i, yamlPlain)
	if !ok || !key.isKey() {
		return false
	}
	s.out.add(Record{ID: key.text, Key: uint32(key.off), KeyEnd: uint32(key.end), From: uint32(key.end + 1)}, done,
		done+len(s.text)-i)
	return true
}

// endRecord ends the last record.
func (s *yamlScanner) endRecord(i int) {
	if n := len(s.out.Records); n > 0 {
		s.out.Records[n-1].To = uint32(i)
	}
}
