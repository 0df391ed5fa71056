package scan

import "strings"

// Offset returns where the cursor is.
func (c *Cursor) Offset() int { return c.at }

// String reads a string, with or without escapes.
func (c *Cursor) String() (text string, ok bool) {
	i := c.s.space(c.at)
	if i == len(c.s.text) || c.s.text[i] != '"' {
		return "", false
	}
	text, to, ok := c.s.str(i)
	if ok {
		c.at = to
	}
	return text, ok
}

// Word passes a word such as null, if it is next.
func (c *Cursor) Word(word string) bool {
	i := c.s.space(c.at)
	if !strings.HasPrefix(c.s.text[i:], word) {
		return false
	}
	c.at = i + len(word)
	return true
}

// Skip passes any value, and returns its text.
func (c *Cursor) Skip() (text string, ok bool) {
	i := c.s.space(c.at)
	to := c.s.pass(i, 0)
	if to < 0 {
		return "", false
	}
	c.at = to
	return c.s.text[i:to], true
}

// pass checks the value at i, and returns the offset behind it.
func (s *jsonScanner) pass(i, depth int) int {
	if i >= len(s.text) || depth > deepest {
		return -1
	}
	switch s.text[i] {
	case '"':
		if j := plainEnd(s.text, i+1); j < len(s.text) && s.text[j] == '"' {
			return j + 1
		}
		if _, to, ok := s.str(i); ok {
			return to
		}
		return -1
	case '{':
		return s.passStruct(i+1, depth)
	case '[':
		return s.passList(i+1, depth)
	case 't':
		return s.passWord(i, "true")
	case 'f':
		return s.passWord(i, "false")
	case 'n':
		return s.passWord(i, "null")
	}
	return s.passNumber(i)
}

func (s *jsonScanner) passWord(i int, word string) int {
	if !strings.HasPrefix(s.text[i:], word) {
		return -1
	}
	return i + len(word)
}

func (s *jsonScanner) passStruct(i, depth int) int {
	for n := 0; ; n++ {
		_, after, more := s.field(i, n)
		if !more {
			return after
		}
		if i = s.pass(after, depth+1); i < 0 {
			return -1
		}
	}
}

func (s *jsonScanner) passList(i, depth int) int {
	for n := 0; ; n++ {
		if i = s.space(i); i == len(s.text) {
			return -1
		}
		if s.text[i] == ']' {
			return i + 1
		}
		if n > 0 {
			if s.text[i] != ',' {
				return -1
			}
			i = s.space(i + 1)
		}
		if i = s.pass(i, depth+1); i < 0 {
			return -1
		}
	}
}

// passNumber checks the number at i: -0.5e+3.
func (s *jsonScanner) passNumber(i int) int {
	if s.text[i] == '-' {
		i++
	}
	from := i
	if i = s.digits(i); i == from || s.text[from] == '0' && i > from+1 {
		return -1
	}
	if i < len(s.text) && s.text[i] == '.' {
		from = i + 1
		if i = s.digits(from); i == from {
			return -1
		}
	}
	if i < len(s.text) && (s.text[i] == 'e' || s.text[i] == 'E') {
		i++
		if i < len(s.text) && (s.text[i] == '+' || s.text[i] == '-') {
			i++
		}
		from = i
		if i = s.digits(from); i == from {
			return -1
		}
	}
	return i
}

func (s *jsonScanner) digits(i int) int {
	for i < len(s.text) && s.text[i] >= '0' && s.text[i] <= '9' {
		i++
	}
	return i
}
