package tree

import (
	"strconv"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// The text of a tree has a line for each node: a letter for its kind, its place
// unless that is the place of the line before, and the quoted text of a scalar
// or key. A list or mapping ends with a line of its own. Most texts are read
// without copying them. A place is FILE:OFFSET:LENGTH, without FILE where that is
// the one of the place before; OFFSET counts from the place before in the same file,
// so that an edit of the file changes few lines.
const (
	kindLetters = "0bns[{" // by kind
	closing     = '}'
)

// Format writes a tree as text.
func Format(t Tree) string {
	var b strings.Builder
	formatNodes(&b, t, &places{})
	return b.String()
}

func formatNodes(b *strings.Builder, t Tree, at *places) {
	for i := 0; i < len(t); {
		n := &t[i]
		b.WriteByte(kindLetters[n.Kind])
		b.WriteString(at.format(n.Pos))
		if n.Kind < List {
			b.WriteString(strconv.Quote(n.Text) + "\n")
			i++
			continue
		}
		b.WriteByte('\n')
		formatNodes(b, t[i+1:i+int(n.Len)], at)
		b.WriteByte(closing)
		b.WriteByte('\n')
		i += int(n.Len)
	}
}

// Parse reads what Format wrote of one value. The files of its places get numbers
// that are higher by shift. It returns false for any other text.
func Parse(text string, shift int32) (Tree, bool) {
	b := Builder{Nodes: make(Tree, 0, strings.Count(text, "\n"))}
	var at places
	for len(text) > 0 {
		line, rest, ok := strings.Cut(text, "\n")
		if text = rest; !ok || !b.parseLine(line, &at, shift) {
			return nil, false
		}
	}
	one := len(b.open) == 0 && len(b.Nodes) > 0 && int(b.Nodes[0].Len) == len(b.Nodes)
	return b.Nodes, one
}

func (b *Builder) parseLine(line string, at *places, shift int32) bool {
	if line == string(closing) && len(b.open) > 0 {
		b.Close(0)
		return true
	}
	if line == "" {
		return false
	}
	kind := strings.IndexByte(kindLetters, line[0])
	place, quoted := splitQuoted(line[1:])
	pos, ok := at.parse(place)
	if !ok || kind < 0 || (kind >= int(List)) != (quoted == "") {
		return false
	}
	if pos.File > 0 {
		pos.File += shift
	}
	if kind >= int(List) {
		b.Open(Kind(kind), pos)
		return true
	}
	s, ok := unquote(quoted)
	b.Scalar(Kind(kind), s, pos)
	return ok
}

func splitQuoted(line string) (place, quoted string) {
	if i := strings.IndexByte(line, '"'); i >= 0 {
		return line[:i], line[i:]
	}
	return line, ""
}

// unquote reads a quoted text. One without escapes is a part of the line.
func unquote(quoted string) (string, bool) {
	if strings.IndexByte(quoted, '\\') < 0 && len(quoted) > 1 && strings.IndexByte(quoted[1:], '"') == len(quoted)-2 {
		return quoted[1 : len(quoted)-1], true
	}
	s, err := strconv.Unquote(quoted)
	return s, err == nil
}

// places is the place before, and the last offset in each file.
type places struct {
	last    policy.Pos
	offsets []uint32
}

// mostFiles bounds the number of a file, which is an index.
const mostFiles = 1 << 10

func (p *places) offset(file int32) *uint32 {
	for int(file) >= len(p.offsets) {
		p.offsets = append(p.offsets, 0)
	}
	return &p.offsets[file]
}

func (p *places) format(pos policy.Pos) string {
	if pos == p.last {
		return ""
	}
	file := ""
	if pos.File != p.last.File {
		file = strconv.Itoa(int(pos.File))
	}
	last := p.offset(pos.File)
	text := file + ":" + strconv.Itoa(int(pos.Off)-int(*last)) + ":" +
		strconv.Itoa(int(pos.End)-int(pos.Off))
	*last, p.last = pos.Off, pos
	return text
}

func (p *places) parse(text string) (policy.Pos, bool) {
	if text == "" {
		return p.last, true
	}
	file, rest, _ := strings.Cut(text, ":")
	offset, length, _ := strings.Cut(rest, ":")
	pos := p.last
	if file != "" {
		n, err := strconv.Atoi(file)
		if err != nil || n < 0 || n > mostFiles {
			return pos, false
		}
		pos.File = int32(n)
	}
	by, err := strconv.Atoi(offset)
	if err != nil {
		return pos, false
	}
	long, err := strconv.Atoi(length)
	if err != nil {
		return pos, false
	}
	last := p.offset(pos.File)
	*last = uint32(int(*last) + by)
	pos.Off, pos.End = *last, uint32(int(*last)+long)
	p.last = pos
	return pos, true
}
