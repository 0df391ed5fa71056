package load

import (
	"slices"
	"strconv"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// unclosed words an error of a line that opens a bracket or a quote: that it is not closed, or where the text in it
// goes wrong.
func (r *yamlReader) unclosed(line int, message string) *diag.Finding {
	open, at := openBrackets(r.file.Data, int(r.lines[line]), int(r.lineEnd(line)))
	if open == "" {
		return nil
	}
	depth, _ := r.indented(line)
	from := r.lines[line]
	for n := line + 1; n < len(r.lines) && strings.IndexByte(`"'`, open[len(open)-1]) < 0; n++ {
		indent, text := r.indented(n)
		if text == "" {
			continue
		}
		if indent <= depth && strings.IndexByte("]}", text[0]) < 0 {
			break
		}
		end := int(r.lineEnd(n))
		closers, _ := openBrackets(r.file.Data, int(from), end)
		if !parsesYAML(r.file.Data[:end] + "\n" + closing(closers)) {
			d := r.errorAt(r.lines[n]+uint32(indent), "not YAML: %s", message).WithHelp("%s", advice(message, text))
			return &d
		}
		if closers == "" || n-line > fewLines {
			return nil
		}
	}
	what := "bracket"
	if c := open[len(open)-1]; c == '"' || c == '\'' {
		what = "quote"
	}
	d := diag.Stopf("syntax", policy.Pos{File: r.num, Off: uint32(at), End: uint32(at + 1)},
		"not YAML: this %s is not closed", what).
		WithHelp("add a %s", closing(open)[:1])
	d.Edit = r.closed(line, open)
	return &d
}

// contextLine returns the index of the line on which a quote or bracket begins that is not closed, from an error of the
// library, or -1.
func contextLine(message, line string) int {
	n, err := strconv.Atoi(line)
	switch {
	case err != nil:
		return -1
	case strings.Contains(message, "unexpected end of stream"),
		strings.Contains(message, "unexpected document indicator"):
		return n - 1
	case strings.Contains(message, "expected ','"):
		return n
	}
	return -1
}

// lineEnd returns the offset of a line's end.
func (r *yamlReader) lineEnd(line int) uint32 {
	return r.lines[line] + uint32(lineEnd(r.file.Data[r.lines[line]:]))
}

// openBrackets returns the brackets and the quote that are open at the end of a part of a text, and where the last of
// them is.
func openBrackets(text string, from, to int) (open string, at int) {
	var places []int
	for i := from; i < to; i++ {
		c := text[i]
		starts := i == from || strings.IndexByte(" \t\n[{,:", text[i-1]) >= 0
		switch {
		case c == '#' && starts:
			i += lineEnd(text[i:to])
		case (c == '"' || c == '\'') && starts:
			n := quotedTo(text[:to], i)
			if n < 0 {
				return open + string(c), i
			}
			i = n
		case c == '[' || c == '{':
			if len(open) > 0 || starts {
				open, places = open+string(c), append(places, i)
			}
		case (c == ']' || c == '}') && len(open) > 0 && closing(open)[0] != c:
			return open, places[len(places)-1]
		case (c == ']' || c == '}') && len(open) > 0:
			open, places = open[:len(open)-1], places[:len(places)-1]
		}
	}
	if len(places) > 0 {
		at = places[len(places)-1]
	}
	return open, at
}

// quotedTo returns where the quote that begins at an offset ends, or -1.
func quotedTo(text string, from int) int {
	for i := from + 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && text[from] == '"':
			i++
		case text[i] == '\'' && text[from] == '\'' && strings.HasPrefix(text[i+1:], "'"):
			i++
		case text[i] == text[from]:
			return i
		}
	}
	return -1
}

// closing returns what closes brackets and quotes, the innermost first.
func closing(open string) string {
	var closers []byte
	for _, c := range slices.Backward([]byte(open)) {
		switch c {
		case '[':
			c = ']'
		case '{':
			c = '}'
		}
		closers = append(closers, c)
	}
	return string(closers)
}
