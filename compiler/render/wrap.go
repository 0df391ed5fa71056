package render

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// pageWidth is the width of text, regardless of the terminal, because logs and files show it too.
const pageWidth = 80

// appendWrapped appends words from a column on, and starts a new line with an indent before a word that would pass
// the width. It returns the column at the end. paint adds colour, which takes no column.
func appendWrapped(b []byte, at, indent, width int, words []string, paint func(string) string) ([]byte, int) {
	for i, w := range words {
		n := textWidth(w)
		switch {
		case i == 0 && (at+n <= width || at <= indent):
		case at+1+n > width:
			b = bytes.TrimRight(b, " ")
			b = append(append(b, '\n'), strings.Repeat(" ", indent)...)
			at = indent
		case i > 0:
			b = append(b, ' ')
			at++
		}
		b = append(b, paint(w)...)
		at += n
	}
	return b, at
}

// wrapWords appends words within the page width.
func wrapWords(b []byte, at, indent int, words []string, paint func(string) string) ([]byte, int) {
	return appendWrapped(b, at, indent, pageWidth, words, paint)
}

// wrapText returns wrapped text that begins at a column; other lines are indented.
func wrapText(text string, at, indent int) string {
	b, _ := wrapWords(nil, at, indent, strings.Fields(text), leaveUnpainted)
	return string(b)
}

// wrapPlain wraps as wrapWords does, for the words of printable ASCII, without paint.
func wrapPlain(b []byte, at, indent int, text []byte) []byte {
	for first := true; ; first = false {
		text = bytes.TrimLeft(text, " ")
		if len(text) == 0 {
			return b
		}
		n := bytes.IndexByte(text, ' ')
		if n < 0 {
			n = len(text)
		}
		switch {
		case first && (at+n <= pageWidth || at <= indent):
		case at+1+n > pageWidth:
			b = append(bytes.TrimRight(b, " "), '\n')
			for range indent {
				b = append(b, ' ')
			}
			at = indent
		case !first:
			b = append(b, ' ')
			at++
		}
		b = append(b, text[:n]...)
		at += n
		text = text[n:]
	}
}

func leaveUnpainted(s string) string { return s }

// placeBehind appends a position after text that ends at a column, or on the next line if it does not fit.
func placeBehind(b []byte, at int, place string, style Style) []byte {
	if at+2+textWidth(place) <= pageWidth {
		return append(append(append(b, "  "...), style.dim(place)...), '\n')
	}
	return append(append(append(b, "\n        "...), style.dim(place)...), '\n')
}

// splitCommas returns the words of a list, all but the last with a comma.
func splitCommas(list []string) []string {
	words := slices.Clone(list)
	for i := range len(words) - 1 {
		words[i] += ","
	}
	return words
}

// foldText breaks text into lines of a width, between words, or within a word that is too long.
func foldText(s string, width int) []string {
	var words []string
	for _, w := range strings.Fields(s) {
		for textWidth(w) > width {
			words, w = append(words, firstRunes(w, width)), string([]rune(w)[width:])
		}
		words = append(words, w)
	}
	if len(words) == 0 {
		return nil
	}
	b, _ := appendWrapped(nil, 0, 0, width, words, leaveUnpainted)
	return strings.Split(string(b), "\n")
}

// paintedWidth counts the columns of text that may contain colours.
func paintedWidth(s string) (n int) {
	for s != "" {
		k := styleLength([]byte(s))
		if k == 0 {
			_, k = utf8.DecodeRuneInString(s)
			n += textWidth(s[:k])
		}
		s = s[k:]
	}
	return n
}
