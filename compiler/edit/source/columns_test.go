package source

import (
	"strings"
	"testing"
)

// TestColumns compares each place of some lines with the characters counted from the start of its line.
func TestColumns(t *testing.T) {
	text := "é: a\n" + strings.Repeat("añ世𝄞", 300) + "\n\n" + strings.Repeat("x", markEach) + "\n" +
		strings.Repeat("é", 700)
	c := NewColumns(text)
	off := 0
	for i, line := range strings.Split(text, "\n") {
		column := 1
		for at := range line + "\n" {
			if got := c.Offset(i+1, column); got != off+at {
				t.Fatalf("line %d column %d is at %d, want %d", i+1, column, got, off+at)
			}
			column++
		}
		off += len(line) + 1
	}
}
