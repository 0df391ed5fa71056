package fix

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// block is a list whose items each begin with a dash on a line of their own.
type block struct {
	colon int    // the offset after the key's colon
	items []span // whole lines, without the last line end
	gone  map[int]bool
}

// block finds the lines of each item: from its dash to its last line, without
// trailing comments that are indented less than its fields.
func (t *yamlText) block(n, parent *yaml.Node) (*block, error) {
	b := &block{gone: map[int]bool{}}
	var err error
	if b.colon, err = t.colon(n, parent); err != nil {
		return nil, err
	}
	indent := n.Column - 1
	from := make([]int, len(n.Content)+1) // lines, from zero
	for i, item := range n.Content {
		if from[i], err = t.dash(item.Line-1, indent); err != nil || i > 0 && from[i] <= from[i-1] {
			return nil, errLayout
		}
	}
	end := from[len(n.Content)-1] + 1
	for end < len(t.columns.Starts) && (t.aside(end) || t.indent(end) > indent) {
		end++
	}
	from[len(n.Content)] = end
	for i := range n.Content {
		last := from[i+1] - 1
		for last > from[i] && t.aside(last) && t.indent(last) <= indent {
			last--
		}
		b.items = append(b.items, span{t.columns.Starts[from[i]], lineEnd(t.text, t.columns.Starts[last])})
	}
	return b, nil
}

// dash returns the line with the dash of the item that begins on a line.
func (t *yamlText) dash(line, indent int) (int, error) {
	for ; line >= 0; line-- {
		start := t.columns.Starts[line]
		at := start + indent
		if at < len(t.text) && t.text[at] == '-' && isBlank(t.text[start:at]) {
			return line, nil
		}
		if !t.aside(line) && t.indent(line) <= indent {
			break
		}
	}
	return 0, errLayout
}

// aside reports whether a line is blank or a comment.
func (t *yamlText) aside(line int) bool {
	rest := strings.TrimLeft(t.line(line), " \t\r")
	return rest == "" || rest[0] == '#'
}

// indent counts the spaces at the start of a line. A blank line has none.
func (t *yamlText) indent(line int) int {
	s := t.line(line)
	rest := strings.TrimLeft(s, " ")
	if isBlank(rest) {
		return 0
	}
	return len(s) - len(rest)
}

func (t *yamlText) line(i int) string {
	return t.text[t.columns.Starts[i]:lineEnd(t.text, t.columns.Starts[i])]
}

// colon returns the offset after the colon of a value's key.
func (t *yamlText) colon(n, parent *yaml.Node) (int, error) {
	for i := 0; i+1 < len(parent.Content) && parent.Kind == yaml.MappingNode; i += 2 {
		if parent.Content[i+1] != n {
			continue
		}
		at := t.offset(parent.Content[i]) + len(t.scalar(parent.Content[i]))
		rest := strings.TrimLeft(t.text[at:], " ")
		if strings.HasPrefix(rest, ":") {
			return len(t.text) - len(rest) + 1, nil
		}
	}
	return 0, errLayout
}

func (b *block) without(text string) (edits []edit) {
	var parts []span
	for i, p := range b.items {
		if b.gone[i] {
			parts = append(parts, p)
		}
	}
	if len(parts) == len(b.items) {
		edits = append(edits, edit{b.colon, b.colon, " []"})
	}
	return append(edits, cutParts(text, parts)...)
}
