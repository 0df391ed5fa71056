package render

import (
	"strings"
	"unicode/utf8"

	"permc.dev/permc/compiler/internal/pattern"
)

// GitHub and GitLab look for mentions, references and links in the HTML made from Markdown, where a backslash or an
// entity is gone: \@team still notifies the team. They skip code. So words with a mention, reference or link become
// code, and all others stay readable.

// cellText returns text for a table's cell or an item of a list in which nothing is Markdown, HTML, a mention, a
// reference or a link.
func cellText(s string) string { return cellOfPieces(piecesOf(s)) }

func cellOfPieces(list []piece) string {
	var b strings.Builder
	for i, p := range list {
		switch {
		case p.code:
			b.WriteString(codeText(p.text))
		case i == 0:
			b.WriteString(escapeStart(p.text))
		default:
			escapeMarkdown(&b, p.text)
		}
	}
	return b.String()
}

// htmlText returns the same for places where Markdown is not read.
func htmlText(s string) string {
	var b strings.Builder
	for _, p := range piecesOf(s) {
		text := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(p.text)
		if p.code {
			text = "<code>" + strings.ReplaceAll(text, "@", "&#64;") + "</code>"
		}
		b.WriteString(text)
	}
	return b.String()
}

// piece is a part of a text, to be written as code or not.
type piece struct {
	text string
	code bool
}

// piecesOf splits a text into pieces between words. Code continues over a blank between two words.
func piecesOf(s string) []piece { return splitPieces(s, isResolvable) }

// splitPieces splits a text into pieces, of which some are code.
func splitPieces(s string, isCode func(word string) bool) (list []piece) {
	s = strings.TrimSpace(Safe(s))
	for len(s) > 0 {
		n := strings.IndexByte(s, ' ')
		switch {
		case n < 0:
			n = len(s)
		case n == 0:
			n = len(s) - len(strings.TrimLeft(s, " "))
		}
		list, s = addPiece(list, piece{s[:n], isCode(s[:n])}), s[n:]
	}
	return list
}

func addPiece(list []piece, p piece) []piece {
	n := len(list)
	switch {
	case n > 0 && !p.code && !list[n-1].code:
		list[n-1].text += p.text
		return list
	case n > 1 && p.code && list[n-1].text == " " && list[n-2].code:
		list[n-2].text += " " + p.text
		return list[:n-1]
	}
	return append(list, p)
}

// resolvables matches what becomes something else: a mention (@team) unless a letter precedes it, an issue (#1,
// GH-1), references of GitLab (!1, %name, ~name, &1, $1, ^1, *iteration:1, [issue:1], [[page]], {+ +}, a/b>), a
// commit, an emoji, a formula ($x$), and an address. Only ASCII letters count as letters, as on GitHub and GitLab.
var resolvables = pattern.Lazy(`(^|[^A-Za-z0-9])(@|[Gg][HhLl]-[0-9]|[Ww]{3}\.|(?i:mailto|xmpp):|[0-9A-Fa-f]{7,` +
	`}([^A-Za-z0-9]|$))` +
	`|[#!%&^*][A-Za-z0-9_"'{:]|[~$\[{]|/[^ ]*>|://` +
	`|:([A-Za-z0-9_+-]*[A-Za-z+_-][A-Za-z0-9_+-]*|100|1234):`)

// isResolvable reports whether a word would become something else. A quick look rules out most words.
func isResolvable(word string) bool {
	hex := 0
	for i := range len(word) {
		switch c := word[i] | 0x20; { // lower case
		case '0' <= word[i] && word[i] <= '9' || 'a' <= c && c <= 'f':
			if hex++; hex == 7 || i > 0 && word[i-1] == '-' && c <= '9' {
				return resolvables().MatchString(word)
			}
		case 'g' <= c && c <= 'z', strings.IndexByte(`,;-()"`, word[i]) >= 0, word[i] == '.' &&
			(i == 0 || word[i-1]|0x20 != 'w'):
			hex = 0
		default:
			return resolvables().MatchString(word)
		}
	}
	return false
}

// cellWriter makes many cells, which are often the same, as are their words: to look for what would become something
// else takes long. Each goroutine needs its own.
type cellWriter struct {
	known map[string]bool   // words, by whether they would
	cells map[string]string // by text
}

func newCellWriter() *cellWriter { return &cellWriter{map[string]bool{}, map[string]string{}} }

// A cellWriter keeps so many words, and as many cells of so many bytes of text.
const mostKnown, longestKnown = 1 << 14, 256

// text returns text for a table's cell.
func (c *cellWriter) text(s string) string {
	cell, ok := c.cells[s]
	if ok {
		return cell
	}
	cell = cellOfPieces(splitPieces(s, c.isResolvable))
	if len(s) <= longestKnown {
		if len(c.cells) == mostKnown {
			clear(c.cells)
		}
		c.cells[s] = cell
	}
	return cell
}

func (c *cellWriter) isResolvable(word string) bool {
	yes, ok := c.known[word]
	if !ok {
		if len(c.known) == mostKnown {
			clear(c.known)
		}
		yes = isResolvable(word)
		c.known[word] = yes
	}
	return yes
}

// codeText returns code in Markdown. In a table | ends a cell even in code, so it goes between two pieces of code.
func codeText(s string) string {
	var b strings.Builder
	for i, part := range strings.Split(s, "|") {
		if i > 0 {
			b.WriteString(`\|`)
		}
		if part == "" {
			continue
		}
		fence := strings.Repeat("`", longestRun(part, '`')+1)
		if len(fence) > 1 || strings.TrimSpace(part) != part {
			part = " " + part + " "
		}
		b.WriteString(fence + part + fence)
	}
	return b.String()
}

// longestRun returns the length of the longest run of a character.
func longestRun(s string, c rune) (longest int) {
	run := 0
	for _, r := range s {
		if run++; r != c {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

// escapeStart escapes the start of a list item, so that it does not begin another list or a horizontal rule.
func escapeStart(s string) string {
	var b strings.Builder
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	switch {
	case strings.HasPrefix(s, "-"), strings.HasPrefix(s, "="):
		b.WriteString(`\` + s[:1])
		s = s[1:]
	case digits > 0 && strings.HasPrefix(s[digits:], "."):
		b.WriteString(s[:digits] + `\.`)
		s = s[digits+1:]
	}
	escapeMarkdown(&b, s)
	return b.String()
}

// escapeMarkdown writes words without Markdown or HTML in them.
func escapeMarkdown(b *strings.Builder, s string) {
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf && strings.ContainsRune("\\`*_{}[]()#+!|~>", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '<':
			b.WriteString("&lt;")
		case r == '&':
			b.WriteString("&amp;")
		default:
			b.WriteRune(r)
		}
	}
}
