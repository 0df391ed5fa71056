package source

import (
	"strings"
	"unicode/utf8"
)

// Columns finds places of a text by line and column, also in lines of a million characters.
type Columns struct {
	Starts []int // where each line begins
	text   string
	marks  map[int][]int // of lines with places far behind: the offset of every markEach-th character
}

// markEach is how many characters are between two marks of a line.
const markEach = 256

// NewColumns finds the lines of a text.
func NewColumns(text string) *Columns {
	c := &Columns{text: text, Starts: []int{0}, marks: map[int][]int{}}
	for i := range len(text) {
		if text[i] == '\n' {
			c.Starts = append(c.Starts, i+1)
		}
	}
	return c
}

// Offset returns the offset of a column in a line. Both count from one, columns in characters.
func (c *Columns) Offset(line, column int) int {
	line = min(max(line, 1), len(c.Starts)) - 1
	start, chars := c.Starts[line], column-1
	if chars < markEach {
		return start + charsLen(c.text[start:], chars)
	}
	marks := c.marks[line]
	if marks == nil {
		marks = c.mark(start)
		c.marks[line] = marks
	}
	last := min(chars/markEach, len(marks)-1)
	return marks[last] + charsLen(c.text[marks[last]:], chars-last*markEach)
}

// mark returns the marks of the line that begins at an offset.
func (c *Columns) mark(start int) []int {
	marks, line := []int{start}, c.text[start:]
	if n := strings.IndexByte(line, '\n'); n >= 0 {
		line = line[:n]
	}
	for off := 0; off < len(line); {
		off += charsLen(line[off:], markEach)
		marks = append(marks, start+off)
	}
	return marks
}

// charsLen returns the length of the first characters of a text.
func charsLen(text string, chars int) (n int) {
	for range chars {
		_, size := utf8.DecodeRuneInString(text[n:])
		n += size
	}
	return n
}
