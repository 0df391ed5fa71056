package render

import (
	"bytes"
	"strings"
)

// appendIndented appends compact JSON over several lines, each as far in as its
// depth and a margin say. Commas between values of the outermost list go before a
// new line, as all others do.
func appendIndented(b, text []byte, margin int) []byte {
	lines := newLines
	if 1+margin+2*deepest > len(lines) {
		lines = "\n" + strings.Repeat(" ", margin+2*deepest)
	}
	at, plain := margin+1, bytes.IndexByte(text, '\\') < 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '"':
			from := i
			if i++; plain {
				for text[i] != '"' {
					i++
				}
			} else {
				i = from + stringEnd(text[from:]) - 1
			}
			if i+1 < len(text) && text[i+1] == ':' {
				i++
				b = append(append(b, text[from:i+1]...), ' ')
				continue
			}
			b = append(b, text[from:i+1]...)
		case '{', '[':
			if text[i+1] == c+2 { // nothing in it
				b = append(b, c, c+2)
				i++
				continue
			}
			at += 2
			b = append(append(b, c), lines[:at]...)
		case '}', ']':
			at -= 2
			b = append(append(b, lines[:at]...), c)
		case ',':
			b = append(append(b, c), lines[:at]...)
		default:
			b = append(b, c)
		}
	}
	return b
}

// deepest is how deep values are in each other at most.
const deepest = 16

const newLines = "\n                                                "

// stringEnd says how long the string is that a text begins with, with its
// quotes.
func stringEnd(text []byte) int {
	from := 1
	for {
		n := from + bytes.IndexByte(text[from:], '"')
		if text[n-1] != '\\' || escaped(text[:n]) {
			return n + 1
		}
		from = n + 1
	}
}

// escaped reports whether backslashes at the end of a text are pairs: what follows
// is not escaped by them.
func escaped(text []byte) bool {
	n := 0
	for n < len(text) && text[len(text)-1-n] == '\\' {
		n++
	}
	return n%2 == 0
}
