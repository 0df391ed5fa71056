package keys_test

import (
	"testing"

	"permc.dev/permc/compiler/internal/keys"
)

// Different lists have different keys, also if their texts are the same in a row.
func TestText(t *testing.T) {
	known := map[string]int{}
	for i, list := range [][]string{{}, {""}, {"", ""}, {"a"}, {"a", ""}, {"", "a"}, {"ab"}, {"a", "b"}, {"\x02a"},
		{"a\x02b"}} {
		var x keys.Text
		x.Words(list)
		x.Flag(len(list) > 0)
		x.Number(-1)
		x.Bits(1 << 63)
		if j, ok := known[string(x)]; ok {
			t.Errorf("lists %d and %d have one key", i, j)
		}
		known[string(x)] = i
	}
}
