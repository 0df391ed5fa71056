package xlsx

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"permc.dev/permc/compiler/ask/review"
)

const (
	mostRun   = 1 << 20 // bytes of a tag, or of text between two of them
	mostDepth = 64      // nesting of elements
)

// errDone ends the reading of a part early.
var errDone = errors.New("done")

var errCell = fmt.Errorf("a cell has more than %d characters, the most a spreadsheet allows", review.MostCell)

// decoder reads the XML of a part. It refuses documents that declare entities; encoding/xml reads nothing outside of
// the part.
type decoder struct {
	*xml.Decoder
	depth  int
	struck bool // some of the last text is struck out
}

func newDecoder(r io.Reader, left *budget) *decoder {
	return &decoder{Decoder: xml.NewDecoder(&bounded{r: bufio.NewReader(r), left: left})}
}

// token returns the next token.
func (d *decoder) token() (xml.Token, error) {
	t, err := d.Token()
	if err != nil {
		return nil, readError(err)
	}
	switch t.(type) {
	case xml.StartElement:
		if d.depth++; d.depth > mostDepth {
			return nil, fmt.Errorf("its XML is nested more than %d deep", mostDepth)
		}
	case xml.EndElement:
		d.depth--
	case xml.Directive:
		return nil, errors.New("it has a document type, which spreadsheets never write")
	}
	return t, nil
}

// readError explains an error in XML, and passes on errors of bounded.
func readError(err error) error {
	if err == io.EOF || errors.Is(err, errUnpacked) || errors.Is(err, errCell) {
		return err
	}
	return fmt.Errorf("not a readable workbook: %w", err)
}

// start returns the next start of an element.
func (d *decoder) start() (*xml.StartElement, error) {
	for {
		t, err := d.token()
		if err != nil {
			return nil, err
		}
		if e, ok := t.(xml.StartElement); ok {
			return &e, nil
		}
	}
}

// text returns the text in the named elements of the current element, up to the limit of a cell, and stops after it.
// It skips pronunciation marks, and notes whether a part of the text has a font of its own that strikes it out.
func (d *decoder) text(names ...string) (string, error) {
	var b strings.Builder
	spoken, inside, strike := 0, 0, false
	d.struck = false
	for end := d.depth - 1; d.depth > end; {
		t, err := d.token()
		if err != nil {
			return "", endError(err)
		}
		switch x := t.(type) {
		case xml.StartElement:
			switch {
			case x.Name.Local == "rPh" && spoken == 0:
				spoken = d.depth
			case x.Name.Local == "r":
				strike = false
			case x.Name.Local == "strike":
				strike = isOn(&x)
			case slices.Contains(names, x.Name.Local) && inside == 0:
				inside = d.depth
			}
		case xml.EndElement:
			if d.depth < spoken {
				spoken = 0
			}
			if d.depth < inside {
				inside = 0
			}
		case xml.CharData:
			if inside == 0 || spoken > 0 {
				continue
			}
			d.struck = d.struck || strike && len(bytes.TrimSpace(x)) > 0
			if b.Write(x); b.Len() > 8*review.MostCell {
				return "", errCell
			}
		}
	}
	s := unescapeXML(b.String())
	if review.TooLong(s) {
		return "", errCell
	}
	return s, nil
}

// endError returns the error for an element that does not end.
func endError(err error) error {
	if err == io.EOF {
		return errors.New("not a readable workbook: it ends too early")
	}
	return err
}

// unescapeXML reads _xHHHH_, the form in which spreadsheets write a character that XML cannot hold.
func unescapeXML(s string) string {
	if !strings.Contains(s, "_x") && !strings.Contains(s, "_X") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '_' || !isEscape(s[i:]) {
			b.WriteByte(s[i])
			i++
			continue
		}
		n, _ := strconv.ParseUint(s[i+2:i+6], 16, 16)
		r := rune(n)
		i += 7
		if utf16.IsSurrogate(r) && i < len(s) && s[i] == '_' && isEscape(s[i:]) {
			low, _ := strconv.ParseUint(s[i+2:i+6], 16, 16)
			if pair := utf16.DecodeRune(r, rune(low)); pair != '\uFFFD' {
				r = pair
				i += 7
			}
		}
		b.WriteRune(r)
	}
	return b.String()
}

// bounded reads bytes for encoding/xml, which holds a whole tag or text in memory. It limits each of them, and all
// parts together.
type bounded struct {
	r    *bufio.Reader
	left *budget
	run  int // bytes since the last bracket
}

func (b *bounded) ReadByte() (byte, error) {
	c, err := b.r.ReadByte()
	if err != nil {
		return c, err
	}
	if b.left.left--; b.left.left < 0 {
		return 0, b.left.err
	}
	b.run++
	switch {
	case c == '<' || c == '>':
		b.run = 0
	case b.run > mostRun:
		return 0, errCell
	}
	return c, nil
}

// Read makes bounded an io.Reader; encoding/xml reads byte by byte instead.
func (b *bounded) Read(p []byte) (n int, err error) {
	if len(p) == 0 {
		return 0, nil
	}
	p[0], err = b.ReadByte()
	if err != nil {
		return 0, err
	}
	return 1, nil
}
