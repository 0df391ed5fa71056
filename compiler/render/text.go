// Package render writes findings and tables for people and programs. It
// appends to buffers, so that users can be rendered on every core.
package render

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Style says whether to colour text for a terminal.
type Style bool

func (s Style) paint(code, text string) string {
	if !s || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (s Style) bold(t string) string   { return s.paint("1", t) }
func (s Style) dim(t string) string    { return s.paint("2", t) }
func (s Style) red(t string) string    { return s.paint("1;31", t) }
func (s Style) green(t string) string  { return s.paint("32", t) }
func (s Style) yellow(t string) string { return s.paint("1;33", t) }
func (s Style) cyan(t string) string   { return s.paint("36", t) }

// Safe returns text in which nothing can steer a terminal or hide text order: control, format and bidirectional
// characters become \u{…}. A joiner inside an emoji, such as that of a family, hides nothing and stays.
func Safe(s string) string {
	if isPrintable(s) || strings.IndexFunc(s, isUnsafe) < 0 && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		if _, n := utf8.DecodeRuneInString(s[i:]); isUnsafe(r) && !joinsEmoji(s, i) || r == utf8.RuneError && n == 1 {
			fmt.Fprintf(&b, "\\u{%X}", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isPrintable reports whether a text is printable ASCII, like most.
func isPrintable[T ~string | ~[]byte](s T) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func isUnsafe(r rune) bool {
	switch {
	case r < 0x600: // most text
		return r < ' ' || 0x7F <= r && r < 0xA0 || r == 0xAD
	case 0x3000 <= r && r < 0xD800: // East Asian letters
		return false
	}
	return unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}

// joiner makes one picture of several emoji.
const joiner = '\u200D'

// joinsEmoji reports whether there is a joiner at an offset, right between two emoji.
func joinsEmoji[T ~string | ~[]byte](s T, at int) bool {
	size := utf8.RuneLen(joiner)
	if r, _ := utf8.DecodeRuneInString(string(s[at:min(len(s), at+size)])); r != joiner {
		return false
	}
	after, _ := utf8.DecodeRuneInString(string(s[at+size : min(len(s), at+size+utf8.UTFMax)]))
	before := string(s[max(0, at-3*utf8.UTFMax):at])
	for {
		r, n := utf8.DecodeLastRuneInString(before)
		if r != 0xFE0F && (r < firstTone || r > lastTone) { // a style, or the colour of a skin
			return isEmoji(r) && isEmoji(after)
		}
		before = before[:len(before)-n]
	}
}

// firstTone and lastTone are the colours of skin, which change the emoji before them.
const firstTone, lastTone = 0x1F3FB, 0x1F3FF

// isEmoji reports whether a character is a picture that others can be joined to.
func isEmoji(r rune) bool {
	return 0x2600 <= r && r <= 0x27BF || 0x2B00 <= r && r <= 0x2BFF ||
		0x1F300 <= r && r < firstTone || lastTone < r && r <= 0x1FAFF
}

// textWidth returns the number of terminal columns of a text: combining marks take none, East Asian wide characters
// two.
func textWidth(s string) (n int) {
	if isPrintable(s) {
		return len(s)
	}
	for _, r := range s {
		switch {
		case r < 0x300:
			n++
		case unicode.In(r, unicode.Mn, unicode.Me):
		case r >= 0x1100 && (r <= 0x115F || r >= 0x2E80 && r <= 0xA4CF || r >= 0xAC00 && r <= 0xD7A3 ||
			r >= 0xF900 && r <= 0xFAFF ||
			r >= 0xFE30 && r <= 0xFE6F || r >= 0xFF00 && r <= 0xFF60 || r >= 0xFFE0 && r <= 0xFFE6 ||
			r >= 0x1F300 && r <= 0x1F9FF):
			n += 2
		default:
			n++
		}
	}
	return n
}

func padTo(s string, to int) string { return s + strings.Repeat(" ", max(0, to-textWidth(s))) }
