package load

import (
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/internal/pattern"
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// yamlReader turns YAML nodes into trees. It resolves scalars itself, by the core schema of YAML 1.2.
type yamlReader struct {
	file   *policy.File
	num    int32
	b      *tree.Builder
	lines  []uint32 // offset of each line
	line   int      // of the last place
	column int
	off    uint32
	faults []diag.Finding
}

// readYAML reads all documents of a file.
func readYAML(file *policy.File, num int32) ([]tree.Tree, []diag.Finding) {
	r := &yamlReader{file: file, num: num, lines: []uint32{0}}
	if d := r.lineBreaks(); d != nil {
		return nil, []diag.Finding{*d}
	}
	for _, off := range r.lines {
		if strings.HasPrefix(file.Data[off:], "%YAML") || strings.HasPrefix(file.Data[off:], "%TAG") {
			d := r.errorAt(off, "directives are not supported").WithHelp("remove the line; scalars follow YAML 1.2")
			d.Edit = r.withoutLine(int(off), "removed the directive")
			return nil, []diag.Finding{d}
		}
	}
	dec := yaml.NewDecoder(strings.NewReader(file.Data))
	var docs []tree.Tree
	for {
		var n yaml.Node
		err := dec.Decode(&n)
		if err == io.EOF {
			break
		}
		if err != nil {
			r.faults = append(r.faults, r.syntax(err))
			break
		}
		if doc := r.document(&n); doc != nil {
			docs = append(docs, doc)
		}
	}
	if len(docs) == 0 && len(r.faults) == 0 {
		r.faults = append(r.faults, r.errorAt(0, "the file has no document"))
	}
	return docs, r.faults
}

// lineBreaks fills the line index and reports characters that only YAML 1.1 takes for line breaks, or
// that editors treat differently.
func (r *yamlReader) lineBreaks() *diag.Finding {
	text := r.file.Data
	for i := range len(text) {
		switch c := text[i]; {
		case c == '\n':
			r.lines = append(r.lines, uint32(i+1))
		case c == '\r' && (i+1 == len(text) || text[i+1] != '\n'):
			d := r.errorAt(uint32(i), "a carriage return without a line feed").
				WithHelp("save the file with LF or CRLF line endings")
			return &d
		case c == 0xC2 && strings.HasPrefix(text[i:], "\u0085"),
			c == 0xE2 && (strings.HasPrefix(text[i:], "\u2028") || strings.HasPrefix(text[i:], "\u2029")):
			d := r.errorAt(uint32(i), "an unusual line break, U+%04X", []rune(text[i : i+3])[0]).
				WithHelp(`in a double-quoted string, write it as \u`)
			return &d
		}
	}
	return nil
}

func (r *yamlReader) errorAt(off uint32, format string, args ...any) diag.Finding {
	return diag.Stopf("syntax", policy.Pos{File: r.num, Off: off, End: off + 1}, format, args...)
}

var yamlLine = pattern.Lazy(`^yaml: (?:line (\d+): )?(.*)$`)

// syntax places and words an error of the library.
func (r *yamlReader) syntax(err error) diag.Finding {
	message := err.Error()
	context := -1
	if m := yamlLine().FindStringSubmatch(message); m != nil {
		message = m[2]
		context = contextLine(message, m[1])
	}
	var te *yaml.TypeError
	if errors.As(err, &te) && len(te.Errors) > 0 {
		message = te.Errors[0]
	}
	line := r.findSlip(context)
	if tab, ok := r.tabNear(line); ok {
		d := r.errorAt(tab, "not YAML: a tab indents this line").WithHelp("indent with spaces, not tabs")
		d.Edit = r.untabbed()
		return d
	}
	if d := r.slip(line, message); d != nil {
		return *d
	}
	indent, text := r.indented(line)
	return r.errorAt(min(r.lines[line]+uint32(indent), uint32(len(r.file.Data))), "not YAML: %s", message).
		WithHelp("%s", advice(message, text))
}

// slip words an error of a kind that people often make, or returns nil.
func (r *yamlReader) slip(line int, message string) *diag.Finding {
	for _, find := range []func(int) *diag.Finding{r.lacksColon, r.lacksSpace, r.misindented, r.needsQuotes} {
		if d := find(line); d != nil {
			return d
		}
	}
	return r.unclosed(line, message)
}

// tabNear finds a tab that indents a line or the next one, and returns its offset.
func (r *yamlReader) tabNear(line int) (off uint32, ok bool) {
	for n := line; n < min(line+2, len(r.lines)); n++ {
		text := r.file.Data[r.lines[n]:]
		text = text[:lineEnd(text)]
		content := strings.TrimLeft(text, " \t")
		if tab := strings.IndexByte(text[:len(text)-len(content)], '\t'); tab >= 0 && strings.TrimSpace(content) != "" {
			return r.lines[n] + uint32(tab), true
		}
	}
	return 0, false
}

func (r *yamlReader) document(n *yaml.Node) tree.Tree {
	if n.Kind == yaml.DocumentNode && len(n.Content) == 1 {
		n = n.Content[0]
	}
	if n.Kind == yaml.ScalarNode && n.Value == "" && n.Style == 0 {
		r.faults = append(r.faults, r.errorAt(r.place(n), "an empty document").WithHelp("remove the --- around it"))
		r.faults[len(r.faults)-1].Edit = r.withoutLine(r.markBefore(int(r.place(n))), "removed a line ---")
		return nil
	}
	before := len(r.faults)
	r.b = &tree.Builder{}
	r.value(n)
	if len(r.faults) > before {
		return nil
	}
	return r.b.Nodes
}

// place returns the offset of a node. Columns count characters. Places come in order, so that a long
// line is read only once.
func (r *yamlReader) place(n *yaml.Node) uint32 {
	line := min(max(n.Line, 1), len(r.lines))
	if line != r.line || n.Column < r.column {
		r.line, r.column, r.off = line, 1, r.lines[line-1]
	}
	for r.column < n.Column && int(r.off) < len(r.file.Data) {
		_, size := utf8.DecodeRuneInString(r.file.Data[r.off:])
		r.off += uint32(size)
		r.column++
	}
	return r.off
}

func (r *yamlReader) pos(n *yaml.Node) policy.Pos {
	off := r.place(n)
	rest := r.file.Data[off:]
	end := off + 1
	switch {
	case n.Kind != yaml.ScalarNode:
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		end = off + uint32(quotedLength(rest))
	case strings.HasPrefix(rest, n.Value):
		end = off + uint32(len(n.Value))
	}
	return policy.Pos{File: r.num, Off: off, End: min(end, uint32(len(r.file.Data)))}
}

// quotedLength returns the length of the quoted scalar at the start of the text.
func quotedLength(text string) int {
	if text == "" {
		return 0
	}
	q := text[0]
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && q == '"':
			i++
		case text[i] == q && q == '\'' && strings.HasPrefix(text[i+1:], "'"):
			i++
		case text[i] == q:
			return i + 1
		case text[i] == '\n':
			return i
		}
	}
	return len(text)
}

func (r *yamlReader) value(n *yaml.Node) {
	pos := r.pos(n)
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		r.refuse(pos, "anchors and aliases are not supported",
			"write the value out, or use CUE, where a value can be named and reused")
	case int(pos.Off) < len(r.file.Data) && r.file.Data[pos.Off] == '!' || n.Style&yaml.TaggedStyle != 0 ||
		n.Tag != "" && !strings.HasPrefix(n.Tag, "!!"):
		r.refuse(pos, "explicit tags are not supported", "remove the tag "+n.Tag+"; quotes make a string")
		if int(pos.Off) < len(r.file.Data) && r.file.Data[pos.Off] == '!' {
			r.faults[len(r.faults)-1].Edit = r.untagged(n, int(pos.Off))
		}
	case n.Kind == yaml.MappingNode:
		r.mapping(n, pos)
	case n.Kind == yaml.SequenceNode:
		r.b.Open(tree.List, pos)
		for _, e := range n.Content {
			r.value(e)
		}
		r.b.Close(0)
	default:
		kind, text := resolveScalar(n)
		r.b.Scalar(kind, text, pos)
	}
}

func (r *yamlReader) refuse(pos policy.Pos, message, help string) {
	r.faults = append(r.faults, diag.Stopf("syntax", pos, "%s", message).WithHelp("%s", help))
	r.b.Scalar(tree.Null, "", pos)
}

func (r *yamlReader) mapping(n *yaml.Node, pos policy.Pos) {
	r.b.Open(tree.Struct, pos)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		kpos := r.pos(k)
		switch {
		case k.Kind != yaml.ScalarNode:
			r.faults = append(r.faults, diag.Stopf("syntax", kpos, "a key must be a string"))
		case k.Anchor != "" || k.Style&yaml.TaggedStyle != 0:
			r.faults = append(r.faults, diag.Stopf("syntax", kpos, "anchors and tags are not supported on keys"))
		case k.Value == "<<" && k.Style == 0:
			r.faults = append(r.faults, diag.Stopf("syntax", kpos,
				"merge keys are not supported").WithHelp("write the fields out, or use CUE"))
		case k.Value == "" && k.Style == 0:
			r.faults = append(r.faults, diag.Stopf("syntax", kpos, "a key is missing"))
		case isWord(k):
			r.faults = append(r.faults, diag.Stopf("syntax", kpos, "key %s is not a string",
				k.Value).WithHelp("put it in quotes").WithEdit(diag.AddQuotes, "put "+k.Value+" in quotes"))
		}
		r.b.Key(k.Value, kpos)
		r.value(v)
	}
	r.b.Close(0)
}

// isWord reports whether a plain scalar is null or a bool.
func isWord(n *yaml.Node) bool {
	kind, _ := resolveScalar(n)
	return kind == tree.Null || kind == tree.Bool
}

var (
	yamlInt   = pattern.Lazy(`^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$`)
	yamlFloat = pattern.Lazy(`^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|` +
		`[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$`)
)

// resolveScalar resolves a scalar by the core schema of YAML 1.2.
func resolveScalar(n *yaml.Node) (tree.Kind, string) {
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return tree.String, n.Value
	}
	switch n.Value {
	case "", "~", "null", "Null", "NULL":
		return tree.Null, n.Value
	case "true", "True", "TRUE":
		return tree.Bool, "true"
	case "false", "False", "FALSE":
		return tree.Bool, "false"
	}
	if yamlInt().MatchString(n.Value) || yamlFloat().MatchString(n.Value) {
		return tree.Number, n.Value
	}
	return tree.String, n.Value
}
