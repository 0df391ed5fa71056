package render

import (
	"bytes"
	"strings"
)

// appendIndented appends compact JSON over several lines, indented by depth and a margin. Commas between values of
// the outermost list also end a line.
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
			if text[i+1] == c+2 { // it is empty
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

// deepest limits the depth of values.
const deepest = 16

const newLines = "\n                                                "

// stringEnd returns the length, with quotes, of the string at the start of a text.
func stringEnd(text []byte) int {
	from := 1
	for {
		n := from + bytes.IndexByte(text[from:], '"')
		if text[n-1] != '\\' || isEscaped(text[:n]) {
			return n + 1
		}
		from = n + 1
	}
}

// isEscaped reports whether the backslashes at the end of a text are pairs, so that they do not escape the next
// character.
func isEscaped(text []byte) bool {
	n := 0
	for n < len(text) && text[len(text)-1-n] == '\\' {
		n++
	}
	return n%2 == 0
}
