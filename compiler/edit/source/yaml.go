package source

import (
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"permc.dev/permc/compiler/internal/pattern"
)

// yamlParser turns the library's nodes, which know where they begin, into nodes that know where they end.
type yamlParser struct {
	text    string
	columns *Columns
}

func parseYAML(text string) (docs []*Node, err error) {
	p := &yamlParser{text: text, columns: NewColumns(text)}
	dec := yaml.NewDecoder(strings.NewReader(text))
	for {
		var n yaml.Node
		err := dec.Decode(&n)
		if err == io.EOF {
			return docs, nil
		}
		if err != nil {
			return nil, err
		}
		if n.Kind == yaml.DocumentNode && len(n.Content) == 1 {
			docs = append(docs, p.value(n.Content[0], -1))
		}
	}
}

// offset returns where a node begins.
func (p *yamlParser) offset(n *yaml.Node) int { return p.columns.Offset(n.Line, n.Column) }

// value reads a node. Its parent's keys or dashes are at an indent.
func (p *yamlParser) value(n *yaml.Node, indent int) *Node {
	x := &Node{From: p.offset(n)}
	x.To = x.From
	if n.Anchor != "" || n.Style&yaml.TaggedStyle != 0 {
		return x
	}
	column := x.From - p.columns.Offset(n.Line, 1)
	switch n.Kind {
	case yaml.ScalarNode:
		return p.scalar(n, x, indent)
	case yaml.MappingNode:
		x.Kind = Object
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := p.value(n.Content[i], column)
			f := Field{k.Text, k.From, k.To, p.value(n.Content[i+1], column)}
			x.Fields, x.To = append(x.Fields, f), f.Value.To
		}
	case yaml.SequenceNode:
		x.Kind = List
		for _, c := range n.Content {
			item := p.value(c, column)
			x.Items, x.To = append(x.Items, item), item.To
		}
	default:
		return x
	}
	if n.Style&yaml.FlowStyle == 0 {
		x.Block, x.Indent = true, column
		return x
	}
	return p.closed(x)
}

// closed finds the bracket that ends a value.
func (p *yamlParser) closed(x *Node) *Node {
	end := byte(']')
	if x.Kind == Object {
		end = '}'
	}
	for i := max(x.To, x.From+1); i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == end:
			x.To = i + 1
			return x
		case c == '#':
			i = lineEnd(p.text, i)
		case strings.IndexByte(" \t\r\n,", c) < 0:
			x.Kind = Opaque
			return x
		}
	}
	x.Kind = Opaque
	return x
}

// scalar reads a scalar. One that is not on a single line ends before the next line that is not indented more than
// its parent.
func (p *yamlParser) scalar(n *yaml.Node, x *Node, indent int) *Node {
	rest := p.text[x.From:]
	x.Text = n.Value
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		x.Kind, x.To = Scalar, x.From+quotedEnd(rest, '"')
		return x
	case n.Style&yaml.SingleQuotedStyle != 0:
		x.Kind, x.To = Scalar, x.From+quotedEnd(rest, '\'')
		return x
	case n.Style == 0 && strings.HasPrefix(rest, n.Value):
		x.Kind, x.To = Scalar, x.From+len(n.Value)
		return x
	}
	x.To = lineEnd(p.text, x.From)
	for next := x.To; next < len(p.text); {
		from := strings.IndexByte(p.text[next:], '\n') + next + 1
		if from <= next {
			break
		}
		next = lineEnd(p.text, from)
		line := p.text[from:next]
		if isBlank(line) {
			continue
		}
		if len(line)-len(strings.TrimLeft(line, " ")) <= indent {
			break
		}
		x.To = next
	}
	return x
}

// quotedEnd measures the quoted string at the start of a text.
func quotedEnd(text string, quote byte) int {
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote == '"':
			i++
		case text[i] == quote && quote == '\'' && strings.HasPrefix(text[i+1:], "'"):
			i++
		case text[i] == quote:
			return i + 1
		}
	}
	return len(text)
}

// plainName matches text that needs no quotes anywhere in YAML; YAML's words and numbers do.
var plainName = pattern.Lazy(`^[A-Za-z_][A-Za-z0-9_./@+-]*(:[A-Za-z0-9_./@+-]+)*$`)

var (
	yamlWords = pattern.Lazy(`^(?i:null|true|false|y|yes|n|no|on|off)$`)
	yamlDate  = pattern.Lazy(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
	yamlWord  = pattern.Lazy(`^[A-Za-z][A-Za-z0-9_./@+()' -]*[A-Za-z0-9.)]$`)
)

// PlainYAML reports whether a text needs no quotes in YAML.
func PlainYAML(s string) bool {
	plain := plainName().MatchString(s) || yamlDate().MatchString(s) || yamlWord().MatchString(s)
	return plain && !yamlWords().MatchString(s)
}

// quoteYAML writes a text with quotes where it needs them.
func quoteYAML(s string) string {
	if PlainYAML(s) {
		return s
	}
	return quoteJSON(s)
}
