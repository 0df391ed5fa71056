package observe

import (
	"fmt"
	"testing"
)

// TestEntriesOnce lists the entries of a holder twice, of few and of many.
func TestEntriesOnce(t *testing.T) {
	for _, n := range []int{1, mostCompared - 1, mostCompared, mostCompared + 1, 3 * mostCompared} {
		b := newBuilder("table", Options{})
		for range 2 {
			for i := range n {
				for person := range int32(2) {
					b.entry(Entry{Holder: Holder{person, None}, What: fmt.Sprint(i), Scope: None})
				}
			}
		}
		if got := len(b.o.Entries); got != 2*n {
			t.Errorf("%d entries of each of 2 people are listed twice: read %d, want %d", n, got, 2*n)
		}
	}
}
