package fix

import "strings"

// readList reads the list in brackets at an offset, in JSON or in YAML's flow
// style.
func readList(text string, open int, yaml bool) (*list, error) {
	if open < 0 {
		return nil, errNoList
	}
	l := &list{open: open}
	if yaml {
		l.comment = "#"
	}
	f := flow{text, yaml}
	for i := f.space(open + 1); i < len(text); i = f.space(i) {
		switch text[i] {
		case ']':
			l.shut = i
			if !l.findCommas(text) {
				return nil, errLayout
			}
			return l, nil
		case ',':
			i++
			continue
		}
		end := f.value(i)
		if end <= i {
			return nil, errLayout
		}
		l.items = append(l.items, span{i, end})
		i = end
	}
	return nil, errLayout
}

// flow finds where values in brackets end.
type flow struct {
	text string
	yaml bool
}

// space skips space and comments.
func (f flow) space(i int) int {
	for i < len(f.text) {
		switch c := f.text[i]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			i++
		case c == '#' && f.yaml:
			i = lineEnd(f.text, i)
		default:
			return i
		}
	}
	return i
}

// value returns the end of the value at an offset.
func (f flow) value(i int) int {
	switch f.text[i] {
	case '{', '[':
		return f.brackets(i)
	case '"':
		return i + quotedLen(f.text[i:])
	case '\'':
		return i + singleQuotedLen(f.text[i:])
	}
	end := i
	for end < len(f.text) && !strings.ContainsRune(",[]{}\n", rune(f.text[end])) && !f.comment(end) {
		end++
	}
	return i + len(strings.TrimRight(f.text[i:end], " \t\r"))
}

// comment reports whether a comment begins at an offset.
func (f flow) comment(i int) bool {
	return f.yaml && f.text[i] == '#' && i > 0 && strings.IndexByte(" \t\n", f.text[i-1]) >= 0
}

// brackets returns the end of the list or object at an offset.
func (f flow) brackets(i int) int {
	depth := 0
	begins := true // a value may begin here, so that a quote is one
	for i < len(f.text) {
		switch c := f.text[i]; {
		case f.comment(i):
			i = lineEnd(f.text, i)
			continue
		case begins && c == '"':
			i += quotedLen(f.text[i:])
			begins = false
			continue
		case begins && c == '\'' && f.yaml:
			i += singleQuotedLen(f.text[i:])
			begins = false
			continue
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		if c := f.text[i]; strings.IndexByte(" \t\r\n", c) < 0 {
			begins = strings.IndexByte("{[,:", c) >= 0
		}
		i++
	}
	return -1
}

// singleQuotedLen measures the single-quoted string at the start of a text.
func singleQuotedLen(text string) int {
	for i := 1; i < len(text); i++ {
		if text[i] != '\'' {
			continue
		}
		if !strings.HasPrefix(text[i+1:], "'") {
			return i + 1
		}
		i++
	}
	return len(text)
}
