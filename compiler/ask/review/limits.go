package review

import (
	"strconv"
	"unicode/utf8"
)

// Limits of spreadsheets, and of a sheet.
const (
	MostCell    = 32767     // characters of a cell, in UTF-16
	MostColumns = 16384     // of a row
	MostFile    = 256 << 20 // bytes of a file
)

// TooLong reports whether a text is too long for a cell.
func TooLong(s string) bool {
	if len(s) <= MostCell {
		return false
	}
	n := 0
	for _, r := range s {
		if n++; r > 0xFFFF {
			n++
		}
	}
	return n > MostCell
}

// Lengths of texts in cells, in bytes. A million cells may share a text, so work and messages for each cell must not
// grow with it.
const (
	mostName   = 4096 // of a name; no row of a table has a longer one
	mostAnswer = 256  // of what a reviewer writes
)

// Short cuts a text that is longer than any name, and adds its length.
func Short(s string) string { return cutText(s, mostName) }

// shortenAnswer cuts a reviewer's answer.
func shortenAnswer(s string) string { return cutText(s, mostAnswer) }

func cutText(s string, most int) string {
	if len(s) <= most {
		return s
	}
	cut := 80
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "… (" + strconv.Itoa(utf8.RuneCountInString(s)) + " characters)"
}

// tooWide reports whether a line has more fields than a spreadsheet has columns.
func tooWide(raw []byte, sep byte) bool {
	n, quoted := 0, false
	for _, c := range raw {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n':
			n = 0
		case c == sep:
			if n++; n >= MostColumns {
				return true
			}
		}
	}
	return false
}
