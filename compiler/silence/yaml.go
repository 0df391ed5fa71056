package silence

import "strings"

// yamlComments returns the comments of a valid YAML text. The scanner finds them where the library does: # begins one
// where a token could begin, or after a blank in a plain scalar; never in quotes or in a block scalar, whose end
// depends on its indentation.
func yamlComments(text string) []span {
	s := yamlScanner{text: text}
	for s.at < len(text) {
		s.next()
	}
	return s.comments
}

type yamlScanner struct {
	text     string
	at       int
	line     int   // where the line begins
	indents  []int // columns of the open block collections
	flow     int   // depth in [ and {
	key      int   // start of the last scalar or collection, which may be a key
	comments []span
}

func (s *yamlScanner) column() int { return s.at - s.line }

// indent returns the column of the innermost block collection, or -1.
func (s *yamlScanner) indent() int {
	if len(s.indents) == 0 {
		return -1
	}
	return s.indents[len(s.indents)-1]
}

// open opens a block collection at a column.
func (s *yamlScanner) open(column int) {
	if s.flow == 0 && column > s.indent() {
		s.indents = append(s.indents, column)
	}
}

func (s *yamlScanner) peek(n int) byte {
	if s.at+n < len(s.text) {
		return s.text[s.at+n]
	}
	return 0
}

func (s *yamlScanner) blank(n int) bool { return strings.IndexByte(" \t\r\n\x00", s.peek(n)) >= 0 }

func (s *yamlScanner) newline() {
	s.at++
	s.line = s.at
}

func (s *yamlScanner) comment() {
	end := endOfLine(s.text, s.at)
	s.comments = append(s.comments, span{s.at, end})
	s.at = end
}

// next takes a token, or the text between tokens.
func (s *yamlScanner) next() {
	switch c := s.text[s.at]; c {
	case '\n':
		s.newline()
		return
	case ' ', '\t', '\r':
		s.at++
		return
	case '#':
		s.comment()
		return
	}
	if s.marker() {
		s.indents, s.flow = nil, 0
		s.at += 3
		return
	}
	if s.flow == 0 {
		for s.indent() > s.column() {
			s.indents = s.indents[:len(s.indents)-1]
		}
	}
	s.token()
}

// marker reports whether a document begins or ends here.
func (s *yamlScanner) marker() bool {
	rest := s.text[s.at:]
	return s.column() == 0 && (strings.HasPrefix(rest, "---") || strings.HasPrefix(rest, "...")) && s.blank(3)
}

func (s *yamlScanner) token() {
	switch c := s.text[s.at]; {
	case c == '[' || c == '{':
		if s.flow == 0 {
			s.key = s.at
		}
		s.flow++
		s.at++
	case c == ']' || c == '}':
		s.flow = max(0, s.flow-1)
		s.at++
	case c == ',' && s.flow > 0:
		s.at++
	case c == '?' && s.flow > 0:
		s.at++
	case (c == '-' || c == '?') && s.blank(1):
		s.open(s.column())
		s.at++
	case c == ':' && (s.flow > 0 || s.blank(1)):
		if s.key >= s.line {
			s.open(s.key - s.line)
		} else {
			s.open(s.column())
		}
		s.at++
	case (c == '|' || c == '>') && s.flow == 0:
		s.block()
	case c == '"' || c == '\'':
		s.quoted(c)
	default:
		s.plain()
	}
}

func (s *yamlScanner) quoted(quote byte) {
	s.begin()
	for s.at++; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; {
		case c == '\n':
			s.line = s.at + 1
		case c == '\\' && quote == '"':
			if s.at++; s.peek(0) == '\n' {
				s.line = s.at + 1
			}
		case c == quote && quote == '\'' && s.peek(1) == quote:
			s.at++
		case c == quote:
			s.at++
			return
		}
	}
}

// begin starts a scalar that may be a key.
func (s *yamlScanner) begin() {
	if s.flow == 0 {
		s.key = s.at
	}
}

// plain takes a scalar without quotes, which continues on lines with a deeper indent than its collection.
func (s *yamlScanner) plain() {
	s.begin()
	for start := s.at; s.at < len(s.text) && s.text[s.at] != '#' && !s.marker(); {
		s.word(start)
		if !s.blank(0) {
			return
		}
		for s.at < len(s.text) && s.blank(0) {
			if s.text[s.at] == '\n' {
				s.line = s.at + 1
			}
			s.at++
		}
		if s.flow == 0 && s.column() <= s.indent() {
			return
		}
	}
}

// word takes the part of a plain scalar up to a blank.
func (s *yamlScanner) word(start int) {
	for ; !s.blank(0); s.at++ {
		c := s.text[s.at]
		ends := c == ':' && s.blank(1) || s.flow > 0 && strings.IndexByte(",?[]{}", c) >= 0
		if ends && s.at > start {
			return
		}
	}
}

// block takes a block scalar: its lines have the indent of the first that is not blank, deeper than its collection.
func (s *yamlScanner) block() {
	deep := 0
	for s.at++; !s.blank(0) && s.text[s.at] != '#'; s.at++ {
		if c := s.text[s.at]; '1' <= c && c <= '9' {
			deep = max(0, s.indent()) + int(c-'0')
		}
	}
	for s.peek(0) == ' ' || s.peek(0) == '\t' || s.peek(0) == '\r' {
		s.at++
	}
	if s.peek(0) == '#' {
		s.comment()
	}
	s.skipLine()
	deep = s.breaks(deep)
	for s.at < len(s.text) && s.column() == deep {
		s.skipLine()
		s.breaks(deep)
	}
}

func (s *yamlScanner) skipLine() {
	if s.at = endOfLine(s.text, s.at); s.at < len(s.text) && s.text[s.at] == '\r' {
		s.at++
	}
	if s.at < len(s.text) {
		s.newline()
	}
}

// breaks takes blank lines of a block scalar, and the indent of the next one. It returns the indent, which it finds
// if it is unknown.
func (s *yamlScanner) breaks(deep int) int {
	most := 0
	for {
		for s.peek(0) == ' ' && (deep == 0 || s.column() < deep) {
			s.at++
		}
		most = max(most, s.column())
		if c := s.peek(0); c != '\n' && (c != '\r' || s.peek(1) != '\n') {
			break
		}
		s.skipLine()
	}
	if deep > 0 {
		return deep
	}
	return max(most, s.indent()+1, 1)
}
