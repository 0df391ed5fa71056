package render

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Names and texts of a project can be anything, and the output is read by people on terminals and by the programs
// behind build logs. Each format has one door: all its output goes through there, so no new field can miss it.
//
//
//	text       Guard, and on a terminal GuardTerminal
//	JSON       SafeJSON
//	XML        safeXML
//	CSV        appendCSV for cells, safeCSV for what is finished
//	Markdown   mdText and mdHTML, then Guard
//	HTML       PageText
//	patches    Patch

// Guard returns finished text, of whole lines, in which nothing steers a terminal and no line is a command to a build
// server.
func Guard(text []byte) []byte {
	if text = GuardOwn(text); !mayCommand(text) {
		return text
	}
	var b bytes.Buffer
	for line := range bytes.Lines(text) {
		b.Write(guardLine(line))
	}
	return b.Bytes()
}

// GuardOwn guards text whose lines are permc's own commands.
func GuardOwn(text []byte) []byte {
	return breakCommands(showUnsafe(text, "\n\t", inText), inText)
}

// GuardTerminal returns text for a terminal, in which only the colours of a Style steer it.
func GuardTerminal(text []byte) []byte {
	var b []byte
	last := 0
	for at := nextUnsafe(text, 0, "\n\t"); at >= 0; at = nextUnsafe(text, last, "\n\t") {
		b = append(b, text[last:at]...)
		if n := styleLength(text[at:]); n > 0 {
			b = append(b, text[at:at+n]...)
			last = at + n
			continue
		}
		r, n := utf8.DecodeRune(text[at:])
		b = fmt.Appendf(b, inText, r)
		last = at + n
	}
	if last == 0 {
		return text
	}
	return append(b, text[last:]...)
}

// styleLength returns the length of the escape sequence at the start of text if a Style writes it, else 0.
func styleLength(text []byte) int {
	for _, code := range [...]string{"0", "1", "2", "1;31", "32", "1;33", "36"} {
		if sequence := "\x1b[" + code + "m"; bytes.HasPrefix(text, []byte(sequence)) {
			return len(sequence)
		}
	}
	return 0
}

// mayCommand reports whether text may contain a command: most texts have none of these signs.
func mayCommand(text []byte) bool {
	for _, sign := range [...]string{"::", "--- ", "+++ ", "~~~ ", "^^^ "} {
		if bytes.Contains(text, []byte(sign)) {
			return true
		}
	}
	return false
}

// guardLine writes one character of each command as \u{…}. GitHub and its copies take :: at the start of a line,
// after any white space; Buildkite folds lines that begin with three signs.
func guardLine(line []byte) []byte {
	first := bytes.TrimLeftFunc(line, unicode.IsSpace)
	switch {
	case bytes.HasPrefix(first, []byte("::")):
		line = hideByte(line, len(line)-len(first))
	case len(line) > 3 && strings.IndexByte("-+~^", line[0]) >= 0 && line[1] == line[0] && line[2] == line[0] &&
		line[3] == ' ':
		line = hideByte(line, 0)
	}
	return line
}

// hideByte returns a line with the ASCII character at i written as \u{…}.
func hideByte(line []byte, i int) []byte {
	return fmt.Appendf(nil, `%s\u{%X}%s`, line[:i], line[i], line[i+1:])
}

// How a format writes a character by its code point.
const (
	inText = `\u{%X}`
	inJSON = `\u%04x`
	inXML  = "&#x%X;"
)

// breakCommands rewrites one character of each command that build servers look for anywhere in a line, in any letter
// case: ##[…], ##vso[…], ##teamcity[…] and the like, and Travis's names of folds.
func breakCommands(text []byte, format string) []byte {
	if !mayBreak(text) {
		return text
	}
	out := make([]byte, 0, len(text)+64)
	for i, c := range text {
		switch {
		case c == '#' && i > 0 && text[i-1] == '#' && opensCommand(text[i+1:]), c == '_' && foldsLog(text, i):
			out = fmt.Appendf(out, format, c)
		default:
			out = append(out, c)
		}
	}
	return out
}

// mayBreak reports whether text may contain something to break. A table has many t but hardly a # or an underscore,
// so it looks for these first.
func mayBreak(text []byte) bool {
	return bytes.IndexByte(text, '#') >= 0 && bytes.Contains(text, []byte("##")) ||
		bytes.IndexByte(text, '_') >= 0 && bytes.Contains(text, []byte("travis_"))
}

// foldsLog reports whether the underscore at i belongs to travis_fold: or travis_time:.
func foldsLog(text []byte, i int) bool {
	rest := text[i:]
	return bytes.HasSuffix(text[:i], []byte("travis")) &&
		(bytes.HasPrefix(rest, []byte("_fold:")) || bytes.HasPrefix(rest, []byte("_time:")))
}

// opensCommand reports whether the text after ## makes it a command.
func opensCommand(rest []byte) bool {
	const longest = 32 // length of a build server's name
	for i, c := range rest[:min(len(rest), longest)] {
		switch {
		case c == '[':
			return true
		case !isWordByte(c) && c != '-' || i == longest-1:
			return false
		}
	}
	return false
}

func isWordByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
}

// showUnsafe writes characters that steer a terminal or hide text order in the given format, except some.
func showUnsafe(text []byte, but, format string) []byte {
	at := nextUnsafe(text, 0, but)
	if at < 0 {
		return text
	}
	var b bytes.Buffer
	last := 0
	for ; at >= 0; at = nextUnsafe(text, last, but) {
		r, n := utf8.DecodeRune(text[at:])
		b.Write(text[last:at])
		fmt.Fprintf(&b, format, r)
		last = at + n
	}
	b.Write(text[last:])
	return b.Bytes()
}

// nextUnsafe returns where the next unsafe character or invalid UTF-8 begins, or -1.
func nextUnsafe(text []byte, from int, but string) int {
	for i := from; i < len(text); {
		if n := printableRun(text[i:]); n > 0 {
			i += n
			continue
		}
		c := text[i]
		if c < utf8.RuneSelf {
			if strings.IndexByte(but, c) < 0 {
				return i
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(text[i:])
		if n == 1 || isUnsafe(r) && !strings.ContainsRune(but, r) && !joinsEmoji(text, i) {
			return i
		}
		i += n
	}
	return -1
}

// printableRun returns the number of bytes of printable ASCII at the start of a text. Nearly all text is that, so it
// checks eight bytes at a time.
func printableRun(text []byte) int {
	i := 0
	for ; i+8 <= len(text); i += 8 {
		if unprintable(binary.LittleEndian.Uint64(text[i:])) != 0 {
			break
		}
	}
	for i < len(text) && ' ' <= text[i] && text[i] <= '~' {
		i++
	}
	return i
}

// ones has a one in each of eight bytes, and highs the highest bit.
const ones, highs uint64 = 0x0101010101010101, 0x8080808080808080

// unprintable returns 0 if eight bytes are printable ASCII.
func unprintable(w uint64) uint64 {
	return w&highs | (w-ones*' ')&^w&highs | zeroBytes(w^ones*0x7F)
}

// zeroBytes returns 0 if none of eight bytes is zero.
func zeroBytes(w uint64) uint64 { return (w - ones) &^ w & highs }

// SafeJSON returns finished JSON in which nothing steers a terminal and no line is a command to a build server. Its
// value is the same: outside of ASCII, JSON has only strings.
func SafeJSON(text []byte) []byte {
	return breakCommands(jsonVisible(text), inJSON)
}

func jsonVisible(text []byte) []byte {
	at := nextUnsafe(text, 0, "\n\t\r")
	if at < 0 {
		return text
	}
	var b []byte
	last := 0
	for ; at >= 0; at = nextUnsafe(text, last, "\n\t\r") {
		r, n := utf8.DecodeRune(text[at:])
		b = append(b, text[last:at]...)
		b = appendUTF16(b, r)
		last = at + n
	}
	return append(b, text[last:]...)
}

// safeXML returns finished XML in which nothing steers a terminal and no line is a command. Its content is the same.
func safeXML(text []byte) []byte {
	return breakCommands(showUnsafe(text, "\n", inXML), inXML)
}

// ShownCSV returns text as a cell of CSV shows it, without quotes and without the mark against formulas.
func ShownCSV(s string) string { return string(safeCSV([]byte(Safe(s)))) }

// safeCSV returns finished CSV in which no cell is a command to a build server. CSV has no escapes, so the cell
// changes.
func safeCSV(text []byte) []byte { return breakCommands(text, inText) }

// PageText returns a finished HTML page in which nothing hides text order and no line is a command. It skips JSON and
// scripts.
func PageText(text []byte) []byte {
	text = breakCommands(showUnsafe(text, "\n\t", inText), inXML)
	var b []byte
	last := 0
	for at := 0; ; at += len("::") {
		i := bytes.Index(text[at:], []byte("::"))
		if i < 0 {
			break
		}
		if at += i; startsLine(text, at) {
			b = append(append(b, text[last:at]...), "&#58;:"...)
			last = at + len("::")
		}
	}
	if last == 0 {
		return text
	}
	return append(b, text[last:]...)
}

// startsLine reports whether there is only space on the line before a place in a text.
func startsLine(text []byte, at int) bool {
	for at > 0 {
		r, n := utf8.DecodeLastRune(text[:at])
		if r == '\n' || !unicode.IsSpace(r) {
			return r == '\n'
		}
		at -= n
	}
	return true
}

// appendUTF16 appends a character as JSON escapes it.
func appendUTF16(b []byte, r rune) []byte {
	if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
		return fmt.Appendf(b, `\u%04x\u%04x`, high, low)
	}
	return fmt.Appendf(b, `\u%04x`, r)
}
