package layout

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"permc.dev/permc/compiler/edit/source"
)

var errYAML = errors.New("permc cannot format the way this is written, so permc does not change the file")

// YAML formats a declaration: it indents by two spaces, drops quotes that mean nothing, orders the fields of users,
// groups, entries, scopes and waivers, and keeps comments, blank lines and whether lists are in brackets. A second run
// changes nothing.
func YAML(file []byte) ([]byte, error) {
	text, marked := bytes.CutPrefix(file, []byte("\ufeff"))
	first, _, _ := bytes.Cut(text, []byte("\n"))
	ends := bytes.HasSuffix(first, []byte("\r"))
	plain := strings.ReplaceAll(string(text), "\r\n", "\n")
	old, err := readYAML(plain)
	if err != nil {
		return nil, err
	}
	out, err := printYAML(plain)
	if err != nil {
		return nil, err
	}
	now, err := readYAML(out)
	again, err2 := printYAML(out)
	if err != nil || err2 != nil || again != out || now.says != old.says || !slices.Equal(now.comments, old.comments) {
		return nil, errYAML
	}
	if ends {
		out = strings.ReplaceAll(out, "\n", "\r\n")
	}
	if marked {
		out = "\ufeff" + out
	}
	return []byte(out), nil
}

// readYAML returns the meaning of a text, whatever the order of fields.
func readYAML(text string) (c content, err error) {
	dec := yaml.NewDecoder(strings.NewReader(text))
	var docs []string
	for {
		var n yaml.Node
		err := dec.Decode(&n)
		if err == io.EOF {
			break
		}
		if err != nil {
			return c, err
		}
		docs = append(docs, c.value(&n))
	}
	c.says = strings.Join(docs, "\n")
	slices.Sort(c.comments)
	return c, nil
}

// value writes a node with sorted fields, and collects its comments.
func (c *content) value(n *yaml.Node) string {
	for _, text := range []string{n.HeadComment, n.LineComment, n.FootComment} {
		for line := range strings.SplitSeq(text, "\n") {
			if line = strings.TrimSpace(line); line != "" {
				c.comments = append(c.comments, line)
			}
		}
	}
	var parts []string
	switch n.Kind {
	case yaml.ScalarNode:
		quoted := n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
		return fmt.Sprintf("%v%q", quoted || source.PlainYAML(n.Value), n.Value)
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			parts = append(parts, c.value(n.Content[i])+":"+c.value(n.Content[i+1]))
		}
		slices.Sort(parts)
	default:
		for _, x := range n.Content {
			parts = append(parts, c.value(x))
		}
	}
	return fmt.Sprintf("%d%q%q(%s)", n.Kind, n.Anchor, n.Tag, strings.Join(parts, ","))
}
