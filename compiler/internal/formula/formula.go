// Package formula escapes cells that a spreadsheet would run as a formula, and
// unescapes them.
package formula

import (
	"strings"
	"unicode/utf8"
)

// Escape is a cell that no spreadsheet takes for a formula: with an apostrophe
// in front, where it could be one or begins with an apostrophe itself.
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

// Like reports whether a cell has to be escaped: it begins with a sign by which
// some spreadsheet knows a formula, in any width, behind blanks and quotes as
// well; or with an apostrophe.
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
