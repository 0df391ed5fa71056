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
					b.entry(Entry{Holder: Holder{person, None}, Thing: &Thing{What: fmt.Sprint(i)}, Scope: None})
				}
			}
		}
		if got := len(b.o.Entries); got != 2*n {
			t.Errorf("%d entries of each of 2 people are listed twice: read %d, want %d", n, got, 2*n)
		}
	}
}

// TestWholesOnce lists all that a holder has on few scopes and on many, twice, and then something else on each.
func TestWholesOnce(t *testing.T) {
	for _, n := range []int32{1, mostCompared - 1, mostCompared, mostCompared + 1, 3 * mostCompared} {
		b := newBuilder("table", Options{})
		b.o.Files = []File{{Name: "f"}}
		b.o.People = []Person{{Name: "Ana"}, {Name: "Bo"}}
		for _, list := range [][]string{{"Owner", "reader"}, {"reader ", "owner", "owner"}, {"reader"}} {
			for scope := range n {
				for person := range int32(2) {
					b.allOf(Holder{person, None}, scope, list, Place{0, scope + 1})
				}
			}
		}
		if got := len(b.wholes.list); got != int(2*n) {
			t.Errorf("2 people on %d scopes: %d lists, want %d", n, got, 2*n)
		}
		if got := len(b.o.Gaps); got != int(2*n) {
			t.Errorf("2 people on %d scopes: %d contradictions, want %d", n, got, 2*n)
		}
	}
}
