package scan

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"permc.dev/permc/compiler/load/tree"
)

// yamlResolve resolves a scalar by the core schema of YAML 1.2.
func yamlResolve(text string) (tree.Kind, string) {
	switch c := text[0]; {
	case c >= '0' && c <= '9', c == '-', c == '+', c == '.':
		if yamlNumber(text) {
			return tree.Number, text
		}
	case len(text) == 1 && c == '~', len(text) == 4 && (text == "null" || text == "Null" || text == "NULL"):
		return tree.Null, text
	case len(text) == 4 && (text == "true" || text == "True" || text == "TRUE"):
		return tree.Bool, "true"
	case len(text) == 5 && (text == "false" || text == "False" || text == "FALSE"):
		return tree.Bool, "false"
	}
	return tree.String, text
}

// yamlNumber reports whether a plain scalar is a number.
func yamlNumber(text string) bool {
	if len(text) > 2 && (text[:2] == "0o" || text[:2] == "0x") {
		return strings.Trim(text[2:], "01234567") == "" ||
			text[1] == 'x' && strings.Trim(text[2:], "0123456789abcdefABCDEF") == ""
	}
	switch text {
	case ".nan", ".NaN", ".NAN":
		return true
	}
	if text[0] == '-' || text[0] == '+' {
		text = text[1:]
	}
	switch text {
	case ".inf", ".Inf", ".INF":
		return true
	}
	whole := yamlDigits(text)
	text = text[whole:]
	if text != "" && text[0] == '.' {
		part := yamlDigits(text[1:])
		if whole += part; whole == 0 {
			return false
		}
		text = text[1+part:]
	}
	if whole == 0 || text == "" {
		return whole > 0
	}
	if text[0] != 'e' && text[0] != 'E' {
		return false
	}
	if text = text[1:]; text != "" && (text[0] == '-' || text[0] == '+') {
		text = text[1:]
	}
	return text != "" && yamlDigits(text) == len(text)
}

// yamlDigits counts the digits at the start of a text.
func yamlDigits(text string) (n int) {
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	return n
}

// scalar finds the scalar at i, and where the text after it begins. class has the bytes that may end a plain one.
func (s *yamlScanner) scalar(i int, class uint8) (v yamlScalar, after int, ok bool) {
	switch c := s.text[i]; {
	case c == '"' || c == '\'':
		end, escaped := s.quoted(i)
		if end < 0 {
			return v, 0, false
		}
		v = yamlScalar{text: s.text[i+1 : end-1], off: i, end: end, quoted: true}
		if escaped {
			if v.text, ok = yamlUnescape(v.text, c); !ok {
				return v, 0, false
			}
		}
		v.key = end < len(s.text) && s.text[end] == ':' && s.blank(end+1)
		return v, end, true
	case yamlClass[c]&yamlFirst != 0:
	case (c == '-' || c == '.') && i+1 < len(s.text) && yamlClass[s.text[i+1]]&yamlFirst != 0:
		// Not --- or ..., which end a document in the first column.
	case c >= utf8.RuneSelf:
	default:
		return v, 0, false
	}
	end, after := s.plain(i, class)
	if end < 0 {
		return v, 0, false
	}
	v = yamlScalar{text: s.text[i:end], off: i, end: end}
	v.key = after < len(s.text) && s.text[after] == ':'
	return v, after, true
}

// quoted finds the end of a quoted scalar on one line, or returns a negative one, and whether it has escapes.
func (s *yamlScanner) quoted(i int) (end int, escaped bool) {
	q := s.text[i]
	for i++; i < len(s.text); i++ {
		c := s.text[i]
		switch {
		case yamlClass[c]&yamlQuote == 0:
		case c == '\\' && q == '"', c == q && q == '\'' && i+1 < len(s.text) && s.text[i+1] == q:
			escaped = true
			i++ // yamlUnescape checks escapes later
		case c == q:
			return i + 1, escaped
		case c == '"' || c == '\'' || c == '\\':
		default:
			n := yamlRune(s.text[i:])
			if n == 0 {
				return -1, false
			}
			i += n - 1
		}
	}
	return -1, false
}

// yamlUnescape resolves the escapes in the text between quotes. It knows only the common ones.
func yamlUnescape(text string, quote byte) (string, bool) {
	if quote == '\'' {
		return strings.ReplaceAll(text, "''", "'"), true
	}
	out := make([]byte, 0, len(text))
	for {
		i := strings.IndexByte(text, '\\')
		if i < 0 {
			return string(append(out, text...)), true
		}
		out = append(out, text[:i]...)
		c, size := yamlEscape(text[i+1:])
		if size == 0 {
			return "", false
		}
		out = utf8.AppendRune(out, c)
		text = text[i+1+size:]
	}
}

// yamlEscape reads the text after a backslash. It returns the size, or zero.
func yamlEscape(text string) (c rune, size int) {
	switch text[0] {
	case '"', '\\':
		return rune(text[0]), 1
	case 'n':
		return '\n', 1
	case 't':
		return '\t', 1
	case 'x':
		size = 3
	case 'u':
		size = 5
	case 'U':
		size = 9
	}
	if size == 0 || len(text) < size {
		return 0, 0
	}
	n, err := strconv.ParseUint(text[1:size], 16, 32)
	if err != nil || n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
		return 0, 0
	}
	return rune(n), size
}

// plain finds the end of a plain scalar, and the text after the spaces there. It returns a negative end if the text
// leaves the subset.
func (s *yamlScanner) plain(i int, class uint8) (end, after int) {
	for ; ; i++ {
		for i < len(s.text) && yamlClass[s.text[i]]&class == 0 {
			i++
		}
		if i == len(s.text) {
			return i, i
		}
		switch c := s.text[i]; {
		case c == ' ':
			after := i + 1
			for after < len(s.text) && s.text[after] == ' ' {
				after++
			}
			if after == len(s.text) {
				return i, after
			}
			switch c := s.text[after]; {
			case c == ':':
				return -1, 0
			case c == '#' || c == '\n' || c == '\r', yamlClass[c]&class&^yamlPlain != 0 && c < 0x7F:
				return i, after
			}
			i = after - 1
		case c == ':':
			if s.blank(i + 1) {
				return i, i
			}
			if class == yamlFlow && yamlClass[s.text[i+1]]&yamlFlow != 0 {
				return -1, 0
			}
		case c >= utf8.RuneSelf:
			n := yamlRune(s.text[i:])
			if n == 0 {
				return -1, 0
			}
			i += n - 1
		default: // the end of the line, or a byte that no caller accepts
			return i, i
		}
	}
}
