// Package formula escapes cells that a spreadsheet would run as a formula, and unescapes them.
package formula

import (
	"strings"
	"unicode/utf8"
)

// Escape returns a cell that no spreadsheet takes for a formula. It puts an apostrophe before a cell that could be
// one, or that begins with an apostrophe.
func Escape(cell string) string {
	if Like(cell) {
		return "'" + cell
	}
	return cell
}

// Unescape undoes Escape. It does not change other cells.
func Unescape(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && Like(rest) {
		return rest
	}
	return cell
}

// Like reports whether a cell must be escaped: it begins with an apostrophe, or with a sign that starts a formula in
// some spreadsheet, in any width, even after blanks and quotes.
func Like(cell string) bool {
	if strings.HasPrefix(cell, "'") || strings.HasPrefix(cell, "\t") || strings.HasPrefix(cell, "\r") ||
		strings.HasPrefix(cell, "\n") {
		return true
	}
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(cell, " \t\r\n\"'\u00a0"))
	switch first {
	case '=', '+', '-', '@', '＝', '＋', '－', '＠':
		return true
	}
	return false
}
