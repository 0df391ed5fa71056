package layout

import (
	"slices"
	"strings"

	"permc.dev/permc/compiler/edit/source"
)

// yamlPrinter writes a text anew, line by line. It fails at anything that it does not know.
type yamlPrinter struct {
	text  string
	lines []string
	start []int // the offset of each line
	at    int   // the first line that is not written yet
	err   error
}

// printYAML formats all documents of a text.
func printYAML(text string) (string, error) {
	f, err := source.Parse("x.yaml", text)
	if err != nil {
		return "", err
	}
	p := &yamlPrinter{text: text}
	for line := range strings.SplitSeq(strings.TrimRight(text, " \t\n"), "\n") {
		p.lines = append(p.lines, strings.TrimRight(line, " \t"))
	}
	for i, off := 0, 0; i < len(p.lines); i++ {
		p.start = append(p.start, off)
		if n := strings.IndexByte(text[off:], '\n'); n >= 0 {
			off += n + 1
		}
	}
	var out []string
	for _, doc := range f.Docs {
		if !doc.Block {
			out = append(out, p.asides(p.line(doc.From), 0)...)
			out = append(out, p.inline("", doc, declaration, 0)...)
			continue
		}
		out = append(out, p.block(doc, declaration, 0, -1)...)
	}
	out = append(out, p.asides(len(p.lines), 0)...)
	for len(out) > 0 && out[0] == "" {
		out = out[1:]
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n") + "\n", p.err
}

func (p *yamlPrinter) fail() []string {
	if p.err == nil {
		p.err = errYAML
	}
	return nil
}

// line returns the number of the line that an offset is on.
func (p *yamlPrinter) line(off int) int {
	i, found := slices.BinarySearch(p.start, off)
	if !found {
		i--
	}
	return i
}

// asides writes the comments, blank lines and ends of documents before a line. Of several blank lines it keeps one.
func (p *yamlPrinter) asides(to, indent int) (out []string) {
	for ; p.at < to; p.at++ {
		body := strings.TrimLeft(p.lines[p.at], " \t")
		mark := p.lines[p.at]
		switch {
		case body == "":
			if len(out) == 0 || out[len(out)-1] != "" {
				out = append(out, "")
			}
		case body[0] == '#':
			out = append(out, strings.Repeat(" ", indent)+body)
		case (strings.HasPrefix(mark, "---") || strings.HasPrefix(mark, "...")) && isAside(mark[3:]):
			out = append(out, mark)
		default:
			return p.fail()
		}
	}
	return out
}

func isAside(rest string) bool {
	rest = strings.TrimLeft(rest, " \t")
	return rest == "" || rest[0] == '#'
}

// chunk is a field or an item with what is written above it.
type chunk struct {
	lead, body []string
	rank       int
}

// block writes a mapping or a list without brackets. Its parent's column was outer.
func (p *yamlPrinter) block(n *source.Node, k *kind, indent, outer int) (out []string) {
	var chunks []chunk
	if n.Kind == source.Object {
		for i := range n.Fields {
			chunks = append(chunks, p.field(&n.Fields[i], n, k, indent))
		}
		slices.SortStableFunc(chunks, func(a, b chunk) int { return a.rank - b.rank })
	} else {
		for _, x := range n.Items {
			chunks = append(chunks, p.item(x, n, k.item(), indent))
		}
	}
	for i, c := range chunks {
		if i == 0 && outer >= 0 {
			for len(c.lead) > 0 && c.lead[0] == "" {
				c.lead = c.lead[1:]
			}
		}
		out = append(append(out, c.lead...), c.body...)
	}
	return append(out, p.foot(n, indent, outer)...)
}

// foot writes the comments at the end of a block that are indented like it.
func (p *yamlPrinter) foot(n *source.Node, indent, outer int) []string {
	end := p.at
	for i := p.at; i < len(p.lines); i++ {
		body := strings.TrimLeft(p.lines[i], " ")
		column := len(p.lines[i]) - len(body)
		if body == "" {
			continue
		}
		if body[0] != '#' || column < n.Indent || column <= outer {
			break
		}
		end = i + 1
	}
	return p.asides(end, indent)
}

// field writes a field of a block.
func (p *yamlPrinter) field(f *source.Field, of *source.Node, k *kind, indent int) (c chunk) {
	line := p.line(f.From)
	c.lead, c.rank = p.asides(line, indent), k.rank(f.Name)
	rest := strings.TrimLeft(p.text[f.To:], " ")
	if p.at != line || !strings.HasPrefix(rest, ":") || strings.Contains(p.text[f.From:f.To], "\n") {
		p.fail()
		return c
	}
	head := strings.Repeat(" ", indent) + p.scalar(p.text[f.From:f.To], f.Name) + ":"
	v := f.Value
	if !v.Block {
		c.body = p.inline(head+" ", v, k.field(f.Name), indent-of.Indent)
		return c
	}
	colon := len(p.text) - len(rest) + 1
	comment := p.text[colon:p.end(line)]
	if v.From < p.end(line) || !isAside(comment) {
		p.fail()
		return c
	}
	head += comment
	p.at++
	c.body = append([]string{head}, p.block(v, k.field(f.Name), indent+2, of.Indent)...)
	return c
}

// end returns the offset of the end of a line.
func (p *yamlPrinter) end(line int) int { return p.start[line] + len(p.lines[line]) }

// item writes an item of a block.
func (p *yamlPrinter) item(x, of *source.Node, k *kind, indent int) (c chunk) {
	line := p.line(x.From)
	for line > p.at && !p.dash(line, of.Indent) {
		line--
	}
	c.lead = p.asides(line, indent)
	if p.at != line || !p.dash(line, of.Indent) ||
		strings.TrimSpace(p.text[p.start[line]+of.Indent+1:max(x.From, p.start[line]+of.Indent+1)]) != "" {
		p.fail()
		return c
	}
	p.at = p.line(x.From)
	spaces := strings.Repeat(" ", indent)
	if !x.Block {
		c.body = p.inline(spaces+"- ", x, k, indent-of.Indent)
		return c
	}
	body := p.block(x, k, indent+2, of.Indent)
	i := slices.IndexFunc(body, func(s string) bool { return !isAside(s) })
	if i < 0 {
		p.fail()
		return c
	}
	for _, s := range body[:i] { // comments of a field that is now the first
		c.lead = append(c.lead, strings.TrimPrefix(s, "  "))
	}
	body[i] = spaces + "- " + body[i][indent+2:]
	c.body = body[i:]
	return c
}

// dash reports whether a line has a dash in a column.
func (p *yamlPrinter) dash(line, column int) bool {
	s := p.lines[line]
	if column >= len(s) || s[column] != '-' {
		return false
	}
	// Before the dash there may be those of lists around it.
	return strings.Trim(s[:column], " -") == ""
}

// inline writes a value that begins on the line of its key or dash, and the comment behind it. The text around it moves
// by some columns.
func (p *yamlPrinter) inline(head string, v *source.Node, k *kind, move int) []string {
	from, to := p.line(v.From), p.line(max(v.To-1, v.From))
	if from != p.at {
		return p.fail()
	}
	comment := p.text[min(v.To, p.end(to)):p.end(to)] // with the spaces before it: comments may be aligned
	if !isAside(comment) {
		return p.fail()
	}
	p.at = to + 1
	if from == to {
		return []string{strings.TrimRight(head+p.value(v, k), " ") + comment}
	}
	first := p.text[v.From:p.end(from)]
	if strings.ContainsRune("|>", rune(first[0])) && !strings.ContainsAny(first, "123456789") {
		move = len(head) - len(strings.TrimLeft(head, " ")) + 2 - p.indent(from+1, to)
	}
	out := []string{head + first}
	for i := from + 1; i <= to; i++ {
		line := p.text[p.start[i]:] // with spaces at its end, which a text may have
		line, _, _ = strings.Cut(line, "\n")
		out = append(out, shift(line, move))
	}
	return out
}

// indent returns the indentation of the first line that has any text.
func (p *yamlPrinter) indent(from, to int) int {
	for _, line := range p.lines[from : to+1] {
		if line != "" {
			return len(line) - len(strings.TrimLeft(line, " "))
		}
	}
	return 0
}

// shift moves a line by some columns.
func shift(line string, by int) string {
	switch {
	case line == "":
		return ""
	case by >= 0:
		return strings.Repeat(" ", by) + line
	}
	indent := len(line) - len(strings.TrimLeft(line, " "))
	return line[min(-by, indent):]
}

// value writes a value on one line.
func (p *yamlPrinter) value(v *source.Node, k *kind) string {
	raw := p.text[v.From:v.To]
	var parts []string
	switch v.Kind {
	case source.Object:
		fields := slices.Clone(v.Fields)
		slices.SortStableFunc(fields, func(a, b source.Field) int { return k.rank(a.Name) - k.rank(b.Name) })
		for i := range fields {
			f := &fields[i]
			text := p.value(f.Value, k.field(f.Name))
			parts = append(parts, strings.TrimRight(p.scalar(p.text[f.From:f.To], f.Name)+": "+text, " "))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case source.List:
		for _, x := range v.Items {
			parts = append(parts, p.value(x, k.item()))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case source.Scalar:
		return p.scalar(raw, v.Text)
	}
	p.fail()
	return raw
}

// scalar writes a scalar without quotes that mean nothing, and other quotes as double ones if nothing has to be
// escaped.
func (p *yamlPrinter) scalar(raw, text string) string {
	switch {
	case raw == "" || raw[0] != '"' && raw[0] != '\'':
		return raw
	case source.PlainYAML(text):
		return text
	case raw[0] == '\'' && !strings.ContainsAny(text, "\"\\"):
		return `"` + text + `"`
	}
	return raw
}
