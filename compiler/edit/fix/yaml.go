package fix

import (
	"io"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"

	"permc.dev/permc/compiler/edit/source"
	"permc.dev/permc/compiler/internal/pattern"
)

// yamlText is a YAML file with its documents.
type yamlText struct {
	text    string
	columns *source.Columns
	docs    []*yaml.Node
}

func parseYAML(text string) (syntax, error) {
	t := &yamlText{text: text, columns: source.NewColumns(text)}
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

// offset returns where a node begins.
func (t *yamlText) offset(n *yaml.Node) int { return t.columns.Offset(n.Line, n.Column) }

// path returns the nodes around an offset, outermost first.
func (t *yamlText) path(off int) (nodes []*yaml.Node) {
	level := t.docs
	for {
		i := t.around(level, off)
		if i < 0 {
			return nodes
		}
		nodes = append(nodes, level[i])
		level = level[i].Content
	}
}

// around returns which of some nodes is around an offset, or -1. Nodes are in order, so it is the last one that begins
// at or before the offset.
func (t *yamlText) around(nodes []*yaml.Node, off int) int {
	return sort.Search(len(nodes), func(i int) bool { return t.offset(nodes[i]) > off }) - 1
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
			open := t.offset(n)
			l, err := r.list(open, func() (*list, error) { return readList(t.text, open, true) })
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
		b.gone[t.around(n.Content, off)] = true
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
