package fix

import (
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// jsonText is a JSON or JSON Lines file.
type jsonText string

func (t jsonText) remove(offsets []int) ([]edit, map[int]error) {
	r, failed := newRemoval(string(t)), map[int]error{}
	opens := t.opens(offsets)
	for _, off := range offsets {
		err := errNoList
		if open, ok := opens[off]; ok {
			var l *list
			if l, err = r.list(open, func() (*list, error) { return readList(string(t), open, false) }); err == nil {
				err = r.take(l, off)
			}
		}
		if err != nil {
			failed[off] = err
		}
	}
	return r.edits(), failed
}

// opens returns the start of the innermost list around each offset, or -1.
func (t jsonText) opens(offsets []int) map[int]int {
	offsets = slices.Sorted(slices.Values(offsets))
	found := map[int]int{}
	var open []int // lists and objects
	for i := 0; len(offsets) > 0; i++ {
		for len(offsets) > 0 && i >= offsets[0] {
			found[offsets[0]] = t.innermost(open)
			offsets = offsets[1:]
		}
		if i >= len(t) {
			return found
		}
		switch t[i] {
		case '"':
			i += quotedLen(string(t[i:])) - 1
		case '[', '{':
			open = append(open, i)
		case ']', '}':
			open = open[:max(0, len(open)-1)]
		}
	}
	return found
}

func (t jsonText) innermost(open []int) int {
	for i := len(open) - 1; i >= 0; i-- {
		if t[open[i]] == '[' {
			return open[i]
		}
	}
	return -1
}

func (t jsonText) rename(off int, wrong, right string) (edit, error) {
	if off >= len(t) || t[off] != '"' {
		return edit{}, errOtherName
	}
	raw := string(t[off : off+quotedLen(string(t[off:]))])
	old, err := jsontext.AppendUnquote(nil, raw)
	if err != nil || string(old) != wrong {
		return edit{}, errOtherName
	}
	return edit{off, off + len(raw), jsonQuote(right)}, nil
}

func jsonQuote(s string) string {
	b, _ := jsontext.AppendQuote(nil, s)
	return string(b)
}

// quotedLen measures the double-quoted string at the start of a text.
func quotedLen(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}
