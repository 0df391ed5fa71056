package fix

import (
	"io"
	"sort"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"permc.dev/permc/compiler/internal/pattern"
)

// yamlText is a YAML file with its documents.
type yamlText struct {
	text  string
	lines []int // offset of each
	docs  []*yaml.Node
}

func parseYAML(text string) (syntax, error) {
	t := &yamlText{text: text, lines: []int{0}}
	for i := range len(text) {
		if text[i] == '\n' {
			t.lines = append(t.lines, i+1)
		}
	}
	dec := yaml.NewDecoder(strings.NewReader(text))
	for {
		var n yaml.Node
		err := dec.Decode(&n)
		if err == io.EOF {
			return t, nil
		}
		if err != nil {
			return nil, err
		}
		t.docs = append(t.docs, &n)
	}
}

// offset returns where a node begins. Columns count characters.
func (t *yamlText) offset(n *yaml.Node) int {
	off := t.lines[min(max(n.Line, 1), len(t.lines))-1]
	for range n.Column - 1 {
		_, size := utf8.DecodeRuneInString(t.text[off:])
		off += size
	}
	return off
}

// path returns the nodes around an offset, outermost first. Nodes are in order,
// so the last one that begins at or before an offset is around it.
func (t *yamlText) path(off int) (nodes []*yaml.Node) {
	level := t.docs
	for {
		i := sort.Search(len(level), func(i int) bool { return t.offset(level[i]) > off })
		if i == 0 {
			return nodes
		}
		nodes = append(nodes, level[i-1])
		level = level[i-1].Content
	}
}

func (t *yamlText) remove(offsets []int) ([]edit, map[int]error) {
	r, failed := newRemoval(t.text), map[int]error{}
	blocks := map[*yaml.Node]*block{}
	for _, off := range offsets {
		if err := t.take(r, blocks, off); err != nil {
			failed[off] = err
		}
	}
	edits := r.edits()
	for _, b := range blocks {
		edits = append(edits, b.without(t.text)...)
	}
	sortEdits(edits)
	return edits, failed
}

// take marks the item of the innermost list around an offset for removal.
func (t *yamlText) take(r *removal, blocks map[*yaml.Node]*block, off int) error {
	nodes := t.path(off)
	for i := len(nodes) - 2; i > 0; i-- {
		n := nodes[i]
		if n.Kind != yaml.SequenceNode {
			continue
		}
		if n.Style&yaml.FlowStyle != 0 {
			l, err := readList(t.text, t.offset(n), true)
			if err != nil {
				return err
			}
			return r.take(l, off)
		}
		b := blocks[n]
		if b == nil {
			var err error
			if b, err = t.block(n, nodes[i-1]); err != nil {
				return err
			}
			blocks[n] = b
		}
		for j, item := range n.Content {
			if item == nodes[i+1] {
				b.gone[j] = true
			}
		}
		return nil
	}
	return errNoList
}

// scalar returns a name as it is written on one line, or "".
func (t *yamlText) scalar(n *yaml.Node) string {
	rest := t.text[t.offset(n):]
	switch {
	case n.Kind != yaml.ScalarNode:
		return ""
	case n.Style&yaml.DoubleQuotedStyle != 0:
		return rest[:quotedLen(rest)]
	case n.Style&yaml.SingleQuotedStyle != 0:
		return rest[:singleQuotedLen(rest)]
	case n.Style == 0 && strings.HasPrefix(rest, n.Value):
		return n.Value
	}
	return ""
}

func (t *yamlText) rename(off int, wrong, right string) (edit, error) {
	nodes := t.path(off)
	if len(nodes) == 0 {
		return edit{}, errOtherName
	}
	n := nodes[len(nodes)-1]
	raw := t.scalar(n)
	if t.offset(n) != off || n.Value != wrong {
		return edit{}, errOtherName
	}
	if raw == "" || strings.Contains(raw, "\n") {
		return edit{}, errLayout
	}
	return edit{off, off + len(raw), yamlName(raw, right)}, nil
}

// plainName matches names that need no quotes anywhere in YAML; YAML's words and
// numbers do.
var plainName = pattern.Lazy(`^[A-Za-z_][A-Za-z0-9_./@+-]*(:[A-Za-z0-9_./@+-]+)*$`)

var yamlWords = pattern.Lazy(`^(?i:null|true|false|y|yes|n|no|on|off)$`)

// yamlName writes a name with the quotes of another.
func yamlName(like, name string) string {
	plain := plainName().MatchString(name)
	switch {
	case like[0] == '\'' && plain:
		return "'" + name + "'"
	case like[0] == '"' || like[0] == '\'' || !plain || yamlWords().MatchString(name):
		return jsonQuote(name)
	}
	return name
}
