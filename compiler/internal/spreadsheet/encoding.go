package spreadsheet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Encoding is how the characters of a text are written.
type Encoding string

// The encodings that spreadsheets write.
const (
	UTF8        Encoding = "UTF-8"
	UTF16       Encoding = "UTF-16"
	Windows1252 Encoding = "Windows-1252"
)

var (
	errNotText = errors.New("not a text: save it as CSV UTF-8")
	errMixed   = errors.New("neither UTF-8 nor Windows-1252: save it as CSV UTF-8")
)

// Decode returns a text in UTF-8 without a byte order mark, and how it was written. A text that is in no Unicode
// encoding is read as Windows-1252, which spreadsheets of western languages write. What may be read in two ways is an
// error.
func Decode(raw []byte) (text []byte, how Encoding, err error) {
	switch {
	case bytes.HasPrefix(raw, []byte("\xff\xfe")):
		text, err = decodeUTF16(raw[2:], binary.LittleEndian)
		return text, UTF16, err
	case bytes.HasPrefix(raw, []byte("\xfe\xff")):
		text, err = decodeUTF16(raw[2:], binary.BigEndian)
		return text, UTF16, err
	}
	text = bytes.TrimPrefix(raw, []byte("\ufeff"))
	switch {
	case bytes.IndexByte(text, 0) >= 0:
		return nil, "", errNotText
	case utf8.Valid(text):
		return text, UTF8, nil
	case len(text) < len(raw) || !isWindows1252(text):
		return nil, "", errMixed
	}
	text, err = charmap.Windows1252.NewDecoder().Bytes(text)
	return text, Windows1252, err
}

// isWindows1252 reports whether a text that is not UTF-8 can only be Windows-1252: it has no byte without a meaning,
// and no letter that UTF-8 writes as two bytes, as if a file was put together from two.
func isWindows1252(text []byte) bool {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c < utf8.RuneSelf:
		case c == 0x81 || c == 0x8d || c == 0x8f || c == 0x90 || c == 0x9d:
			return false
		default:
			if r, n := utf8.DecodeRune(text[i:]); n > 1 && unicode.IsLetter(r) {
				return false
			}
		}
	}
	return true
}

func decodeUTF16(raw []byte, order binary.ByteOrder) ([]byte, error) {
	if len(raw)%2 != 0 {
		return nil, errors.New("UTF-16 with half a character at the end: save it as CSV UTF-8")
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = order.Uint16(raw[2*i:])
	}
	runes := utf16.Decode(units)
	for i, at := 0, 0; i < len(runes); i++ {
		if runes[i] == utf8.RuneError && units[at] != utf8.RuneError || runes[i] == 0 {
			return nil, errNotText
		}
		at += utf16.RuneLen(runes[i])
	}
	return []byte(string(runes)), nil
}
