package xlsx

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"permc.dev/permc/compiler/ask/review"
)

// errOdd means that a part is not written as most programs write it: encoding/xml reads it instead.
var errOdd = errors.New("odd XML")

// errMore means that a piece goes on behind what is in memory.
var errMore = errors.New("more")

// Sizes of what a scanner holds in memory.
const (
	scanAtOnce = 1 << 18
	scanMost   = mostRun
)

// scanner reads the plain XML that spreadsheets write for rows and texts, some ten times faster than encoding/xml. It
// gives up on all that is unusual, such as comments, other quotes, and characters that are not allowed.
type scanner struct {
	r    io.Reader
	left *budget
	buf  []byte // read, and not yet used
	room []byte
	end  bool // all is read
}

func newScanner(r io.Reader, left *budget) *scanner {
	return &scanner{r: r, left: left, room: make([]byte, scanAtOnce)}
}

// fill reads on, as far as there is room.
func (s *scanner) fill() error {
	if s.end || len(s.buf) == scanMost {
		return errOdd
	}
	if len(s.buf) == len(s.room) {
		s.room = make([]byte, 2*len(s.room))
	}
	n := copy(s.room, s.buf)
	more, err := io.ReadFull(s.r, s.room[n:])
	s.buf = s.room[:n+more]
	if s.left.left -= int64(more); s.left.left < 0 {
		return s.left.err
	}
	switch err {
	case nil:
		return nil
	case io.EOF, io.ErrUnexpectedEOF:
		s.end = true
		return nil
	}
	return errOdd
}

// head returns the text up to an opening tag without attributes. It gives up if the text may change how to read what
// follows.
func (s *scanner) head(tag string) ([]byte, error) {
	for {
		if i := bytes.Index(s.buf, []byte(tag)); i >= 0 {
			head := bytes.Clone(s.buf[:i])
			s.buf = s.buf[i:]
			if bytes.Contains(head, []byte("<!")) || !isUTF8(head) || bytes.Count(head, []byte("<?")) > 1 {
				return nil, errOdd
			}
			return head, nil
		}
		if err := s.fill(); err != nil {
			return nil, err
		}
	}
}

// isUTF8 reports whether an XML declaration names no other encoding.
func isUTF8(head []byte) bool {
	_, after, ok := bytes.Cut(head, []byte("encoding="))
	return !ok || len(after) > 6 && strings.EqualFold(string(after[1:6]), "utf-8")
}

// each calls one for each piece of the text until it reports the end. One returns the length of the first piece.
func (s *scanner) each(one func(text []byte) (n int, end bool, err error)) error {
	for {
		n, end, err := one(s.buf)
		switch {
		case err == errMore:
			if err := s.fill(); err != nil {
				return err
			}
			continue
		case err != nil || end:
			return err
		}
		s.buf = s.buf[n:]
	}
}

// reader cuts a piece of XML into tags and texts.
type reader struct {
	text []byte
	at   int
}

// tag is a start or an end of an element. Its attributes are still to be read.
type tag struct {
	name       []byte
	attributes []byte
	closes     bool // </name>
	empty      bool // <name/>
}

// blanks skips white space.
func (r *reader) blanks() {
	for r.at < len(r.text) && (r.text[r.at] == ' ' || r.text[r.at] == '\n' || r.text[r.at] == '\t') {
		r.at++
	}
}

// tag reads a tag.
func (r *reader) tag() (t tag, err error) {
	n := bytes.IndexByte(r.text[r.at:], '>')
	if n < 0 {
		return t, errMore
	}
	if r.text[r.at] != '<' || n == 1 {
		return t, errOdd
	}
	inner := r.text[r.at+1 : r.at+n]
	r.at += n + 1
	switch {
	case inner[0] == '/':
		t.closes, inner = true, inner[1:]
	case inner[len(inner)-1] == '/':
		t.empty, inner = true, inner[:len(inner)-1]
	}
	i := 0
	for i < len(inner) && 'a' <= inner[i]|0x20 && inner[i]|0x20 <= 'z' {
		i++
	}
	t.name, t.attributes = inner[:i], inner[i:]
	if i == 0 || t.closes && len(t.attributes) > 0 || !t.plain() {
		return t, errOdd
	}
	return t, nil
}

// plain reports whether the attributes are written in the usual way.
func (t *tag) plain() bool {
	for a := t.attributes; len(a) > 0; {
		if a[0] != ' ' {
			return false
		}
		for len(a) > 0 && a[0] == ' ' {
			a = a[1:]
		}
		if len(a) == 0 {
			break
		}
		_, rest, ok := cutAttribute(a)
		if !ok {
			return false
		}
		a = rest
	}
	return true
}

// cutAttribute cuts an attribute off: its local name and value.
func cutAttribute(a []byte) (name, rest []byte, ok bool) {
	i := 0
	for i < len(a) && (isLetter(a[i]) || i > 0 && ('0' <= a[i] && a[i] <= '9' || a[i] == ':')) {
		i++
	}
	if i == 0 || i+1 >= len(a) || a[i] != '=' || a[i+1] != '"' || bytes.Count(a[:i], []byte(":")) > 1 || a[i-1] == ':' {
		return nil, nil, false
	}
	if colon := bytes.IndexByte(a[:i], ':'); colon >= 0 && !isLetter(a[colon+1]) {
		return nil, nil, false
	}
	end := bytes.IndexByte(a[i+2:], '"')
	if end < 0 {
		return nil, nil, false
	}
	for _, c := range a[i+2 : i+2+end] {
		if c < ' ' || c == '<' || c == '&' || c >= utf8.RuneSelf {
			return nil, nil, false
		}
	}
	return a[:i], a[i+3+end:], true
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// get returns the value of an attribute in any name space.
func (t *tag) get(local string) string {
	for a := bytes.TrimLeft(t.attributes, " "); len(a) > 0; a = bytes.TrimLeft(a, " ") {
		name, rest, _ := cutAttribute(a)
		value := a[len(name)+2 : len(a)-len(rest)-1]
		name = name[bytes.IndexByte(name, ':')+1:]
		if string(name) == local {
			return string(value)
		}
		a = rest
	}
	return ""
}

// content returns the text up to the next tag.
func (r *reader) content() ([]byte, error) {
	n := bytes.IndexByte(r.text[r.at:], '<')
	if n < 0 {
		return nil, errMore
	}
	text := r.text[r.at : r.at+n]
	r.at += n
	for _, c := range text {
		if c < ' ' && c != '\n' && c != '\t' || c >= utf8.RuneSelf {
			return text, checkContent(text)
		}
	}
	if bytes.Contains(text, []byte("]]>")) {
		return nil, errOdd
	}
	return text, nil
}

// checkContent gives up on text that XML does not allow, or that encoding/xml changes.
func checkContent(text []byte) error {
	for i := 0; i < len(text); {
		c, n := utf8.DecodeRune(text[i:])
		if c == utf8.RuneError && n == 1 || c < ' ' && c != '\n' && c != '\t' || c == '\uFFFE' || c == '\uFFFF' {
			return errOdd
		}
		i += n
	}
	if bytes.Contains(text, []byte("]]>")) {
		return errOdd
	}
	return nil
}

// element reads the text of an element without others in it, whose start was read.
func (r *reader) element(t *tag) ([]byte, error) {
	if t.empty {
		return nil, nil
	}
	text, err := r.content()
	if err != nil {
		return nil, err
	}
	end, err := r.tag()
	if err == nil && (!end.closes || !bytes.Equal(end.name, t.name)) {
		err = errOdd
	}
	return text, err
}

// next skips blanks and reads a tag.
func (r *reader) next() (tag, error) {
	if r.blanks(); r.at == len(r.text) {
		return tag{}, errMore
	}
	return r.tag()
}

var entities = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">", "&quot;", `"`, "&apos;", "'")

// plainText returns the text of a cell, or gives up.
func plainText(raw []byte) (string, error) {
	s := string(raw)
	if strings.Contains(s, "&") {
		left := s
		for {
			_, after, ok := strings.Cut(left, "&")
			if !ok {
				break
			}
			name, rest, ok := strings.Cut(after, ";")
			switch {
			case !ok, name != "amp" && name != "lt" && name != "gt" && name != "quot" && name != "apos":
				return "", errOdd
			}
			left = rest
		}
		s = entities.Replace(s)
	}
	if s = unescapeXML(s); review.TooLong(s) || len(raw) > mostRun/2 {
		return "", errOdd
	}
	return s, nil
}
