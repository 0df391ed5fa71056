package render

import (
	"bytes"
	"hash/maphash"

	"permc.dev/permc/compiler/internal/keys"
)

// keyNumbers numbers keys, each with the number of what had it first. It reuses its memory.
type keyNumbers struct {
	seed  maphash.Seed
	text  keys.Text // of all keys, one behind the other
	known map[uint64]numberedKey
}

// numberedKey is where a key is in the text, and its number.
type numberedKey struct{ from, to, number int }

func newKeyNumbers() keyNumbers {
	return keyNumbers{seed: maphash.MakeSeed(), known: map[uint64]numberedKey{}}
}

// reset forgets all keys.
func (k *keyNumbers) reset() {
	k.text = k.text[:0]
	clear(k.known)
}

// number returns the number of the key that ends the text. If it is new, it gets the one that is given.
func (k *keyNumbers) number(from, next int) (number int, known bool) {
	key := k.text[from:]
	for hash := maphash.Bytes(k.seed, key); ; hash++ {
		x, ok := k.known[hash]
		if !ok {
			k.known[hash] = numberedKey{from, len(k.text), next}
			return next, false
		}
		if bytes.Equal(k.text[x.from:x.to], key) {
			k.text = k.text[:from]
			return x.number, true
		}
	}
}
