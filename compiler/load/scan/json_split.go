package scan

import (
	"strings"

	"permc.dev/permc/compiler/internal/mapped"
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// JSON splits a file that is one JSON value. JSONValue checks the values when it reads them. It returns false if the
// file is not a struct, or if something outside of users leaves the subset.
func JSON(file int32, text string) (*Split, bool) {
	out := &Split{}
	s := &jsonScanner{b: &tree.Builder{}, file: file, text: text}
	i := s.space(0)
	if i == len(text) || text[i] != '{' {
		return nil, false
	}
	s.b.Open(tree.Struct, policy.Pos{File: file, Off: uint32(i), End: uint32(i + 1)})
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
	s.b.Close(uint32(i))
	out.Rest = s.b.Nodes
	return out, true
}

// JSONLines splits a file of one user a line. IDs are the values of the field user; a record's value is the whole
// line.
func JSONLines(file int32, text string) (*Split, bool) {
	list, ok := inParts(text, 0, func(from, to, room int) ([]Record, bool) {
		return jsonLines(file, text, from, to, room)
	})
	return &Split{Rest: linesOfUsers(file, text), Records: list}, ok
}

// jsonLines returns the records of some of the lines.
func jsonLines(file int32, text string, from, to, room int) ([]Record, bool) {
	var out Split
	s := &jsonScanner{b: &tree.Builder{}, file: file, text: text}
	seen := from
	for start := from; start < to; {
		if start-seen >= mapped.Step {
			mapped.Forget(text[seen:start])
			seen = start
		}
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
			out.add(r, end-from, room)
		}
		start = end + 1
	}
	mapped.Forget(text[seen:to])
	return out.Records, true
}

// line finds the user of a line, usually its first field.
func (s *jsonScanner) line(i, end int) (r Record, ok bool) {
	if s.text[i] != '{' {
		return r, false
	}
	key, after, more := s.field(i+1, 0)
	if more && key.Text == "user" && after < end && s.text[after] == '"' {
		id, to, ok := s.str(after)
		return Record{ID: id, Key: uint32(after), KeyEnd: uint32(to), From: uint32(i), To: uint32(end)}, ok && to <= end
	}
	s.b.Nodes = s.b.Nodes[:0]
	if to := s.value(i, 0); to < 0 || to > end {
		return r, false
	}
	id := s.b.Nodes.Get("user")
	if id == nil || id[0].Kind != tree.String {
		return r, false
	}
	return Record{ID: id[0].Text, Key: id[0].Pos.Off, KeyEnd: id[0].Pos.End, From: uint32(i), To: uint32(end)}, true
}

// records records the fields of the struct at i. It finds the end of a value by its braces alone; reading the value
// checks the rest.
func (s *jsonScanner) records(out *Split, i int) int {
	s.b.Open(tree.Struct, policy.Pos{File: s.file, Off: uint32(i)})
	i++
	for n := 0; ; n++ {
		key, after, more := s.field(i, n)
		if !more {
			if after >= 0 {
				s.b.Close(uint32(after))
			}
			return after
		}
		if i = s.lineOf(after); i < 0 {
			i = s.skip(after)
		}
		if i < 0 {
			return -1
		}
		out.add(Record{ID: key.Text, Key: key.Pos.Off, KeyEnd: key.Pos.End, From: uint32(after), To: uint32(i)}, i,
			len(s.text))
	}
}

// lineOf finds the end of a struct that ends with its line, as in exports. It looks only at the next text: a field
// with a struct as its value, or the end of this struct. If that is so by chance, reading the record fails, because a
// struct has only one end.
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
