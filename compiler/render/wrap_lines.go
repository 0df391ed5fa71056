package render

import (
	"bytes"
	"unicode/utf8"

	"permc.dev/permc/compiler/internal/pattern"
)

// excerptLine matches a line of a file as findings show it, and the carets below: their columns must stay.
var excerptLine = pattern.Lazy(`^[ \x1b\[0-9;m]*[0-9]* \|`)

// WrapLines breaks lines of text that are wider than a terminal, at spaces. The parts are indented further than the
// line.
func WrapLines(text []byte, width int) []byte {
	const least = 20
	if width < least {
		return text
	}
	var out []byte
	for line := range bytes.Lines(text) {
		if len(line) <= width || paintedWidth(string(bytes.TrimRight(line, "\n"))) <= width || excerptLine().Match(line) {
			out = append(out, line...)
			continue
		}
		out = wrapLine(out, line, width)
	}
	return out
}

// hangingIndent returns the column of the parts of a line: that of its last column in a table, or a little to the
// right.
func hangingIndent(line []byte, width int) int {
	if i := bytes.LastIndex(bytes.TrimRight(line, " \n"), []byte("  ")); i > 0 {
		if at := paintedWidth(string(line[:i+2])); at <= width*2/3 && len(bytes.TrimSpace(line[:i])) > 0 {
			return at
		}
	}
	return min(len(line)-len(bytes.TrimLeft(line, " "))+4, width/2)
}

// wrapLine appends a line in parts.
func wrapLine(out, line []byte, width int) []byte {
	indent := hangingIndent(line, width)
	from, at := 0, 0        // the start of the part, and the columns of it
	space, spaceAt := -1, 0 // the last space in the part, and the columns up to it
	for i := 0; i < len(line); {
		if n := styleLength(line[i:]); n > 0 {
			i += n
			continue
		}
		_, n := utf8.DecodeRune(line[i:])
		w := 0
		if line[i] != '\n' {
			w = textWidth(string(line[i : i+n]))
		}
		if line[i] == ' ' && at > indent {
			space, spaceAt = i, at
		}
		if at+w > width && space >= 0 {
			out = append(append(out, line[from:space]...), '\n')
			out = append(out, bytes.Repeat([]byte(" "), indent)...)
			from = space + 1
			at = indent + at - spaceAt - 1
			space = -1
		}
		at += w
		i += n
	}
	return append(out, line[from:]...)
}
