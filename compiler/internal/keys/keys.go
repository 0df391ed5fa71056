// Package keys writes keys of maps: texts that are equal only if they were made of the same numbers, flags and words,
// in the same order.
package keys

import "encoding/binary"

// Text is a key, or the beginning of one. Its memory can be used again: text[:0] begins the next.
type Text []byte

// Number adds a number.
func (t *Text) Number(n int) { *t = binary.AppendVarint(*t, int64(n)) }

// Bits adds a set of bits.
func (t *Text) Bits(n uint64) { *t = binary.AppendUvarint(*t, n) }

// Flag adds yes or no.
func (t *Text) Flag(yes bool) {
	if yes {
		t.Number(1)
	} else {
		t.Number(0)
	}
}

// Word adds a text of any length.
func (t *Text) Word(s string) {
	t.Number(len(s))
	*t = append(*t, s...)
}

// Words adds a list of texts.
func (t *Text) Words(list []string) {
	t.Number(len(list))
	for _, s := range list {
		t.Word(s)
	}
}
