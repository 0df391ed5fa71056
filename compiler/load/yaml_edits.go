package load

import (
	"reflect"
	"regexp"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// withoutLine returns the edit that removes the line around an offset.
func (r *yamlReader) withoutLine(off int, done string) *diag.Edit {
	text := r.file.Data
	from := strings.LastIndexByte(text[:off], '\n') + 1
	to := min(off+lineEnd(text[off:])+1, len(text))
	return &diag.Edit{Kind: diag.ReplaceText, Pos: r.between(from, to), Done: done}
}

func (r *yamlReader) between(from, to int) policy.Pos {
	return policy.Pos{File: r.num, Off: uint32(from), End: uint32(to)}
}

// markBefore returns the offset of the line --- that begins the document at an offset, or of one that ends it.
func (r *yamlReader) markBefore(off int) int {
	found := -1
	for _, at := range r.lines {
		if strings.HasPrefix(r.file.Data[at:], "---") && (found < 0 || int(at) <= off) {
			found = int(at)
		}
	}
	return max(found, 0)
}

// indentedBy returns the edit that indents a line by a number of spaces.
func (r *yamlReader) indentedBy(line, is, want int) *diag.Edit {
	from := int(r.lines[line])
	return &diag.Edit{Kind: diag.ReplaceText, Pos: r.between(from, from+is), Text: strings.Repeat(" ", want),
		Done: "indented the line by " + countSpaces(want)}
}

// blockText matches a line whose value is on the lines below it, as they are.
var blockText = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)[|>][-+0-9]*[ \t\r]*(#.*)?$`)
})

// untabbed returns the edit that indents with spaces in place of tabs, or nil if the text may then mean several things.
func (r *yamlReader) untabbed() *diag.Edit {
	text := r.file.Data
	if blockText().MatchString(text) {
		return nil
	}
	var edit *diag.Edit
	var meant any
	for _, width := range []int{2, 4, 8} {
		from, to, spaced := replaceTabs(text, width)
		var v any
		var n yaml.Node
		data := []byte(text[:from] + spaced + text[to:])
		if yaml.Unmarshal(data, &n) != nil || repeatsKey(&n) || yaml.Unmarshal(data, &v) != nil {
			continue
		}
		if edit != nil && !reflect.DeepEqual(v, meant) {
			return nil
		}
		if edit == nil {
			edit = &diag.Edit{Kind: diag.ReplaceText, Pos: r.between(from, to), Text: spaced,
				Done: "indented with spaces, not tabs"}
			meant = v
		}
	}
	return edit
}

// repeatsKey reports whether a mapping has a scalar key twice: decoding it makes a message for each two that are alike.
func repeatsKey(n *yaml.Node) bool {
	keys := map[string]bool{}
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 && c.Kind == yaml.ScalarNode {
			if keys[c.Value] {
				return true
			}
			keys[c.Value] = true
		}
		if repeatsKey(c) {
			return true
		}
	}
	return false
}

// replaceTabs replaces the tabs that indent lines by so many spaces each, and returns the part of the text that has
// them.
func replaceTabs(text string, width int) (from, to int, spaced string) {
	var b strings.Builder
	from = -1
	at := 0
	for line := range strings.Lines(text) {
		content := strings.TrimLeft(line, " \t")
		indent := line[:len(line)-len(content)]
		if strings.Contains(indent, "\t") {
			if from < 0 {
				from, to = at, at
			}
			b.WriteString(text[to:at] + strings.ReplaceAll(indent, "\t", strings.Repeat(" ", width)))
			to = at + len(indent)
		}
		at += len(line)
	}
	return max(from, 0), to, b.String()
}

// untagged returns the edit that removes the tag of a value, and puts the value in quotes if the tag makes it a string.
func (r *yamlReader) untagged(n *yaml.Node, at int) *diag.Edit {
	text := r.file.Data
	end := at + strings.IndexAny(text[at:]+" ", " \t\r\n")
	to := end + len(text[end:]) - len(strings.TrimLeft(text[end:], " \t"))
	e := &diag.Edit{Kind: diag.ReplaceText, Pos: r.between(at, to), Done: "removed the tag " + text[at:end]}
	if n.Kind != yaml.ScalarNode || n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		return e
	}
	if text[at:end] != "!!str" || n.Value == "" || !strings.HasPrefix(text[to:], n.Value) ||
		strings.ContainsAny(n.Value, "\"\\\n") {
		return nil
	}
	e.Pos.End += uint32(len(n.Value))
	e.Text = `"` + n.Value + `"`
	return e
}
