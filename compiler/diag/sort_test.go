package diag

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// Sort orders findings as a stable sort does, and drops repetitions.
func TestSortIsStable(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 200 {
		list := make([]Finding, n)
		for i := range list {
			list[i] = Finding{Message: fmt.Sprint(random.IntN(n)), Help: fmt.Sprint(i)} // Help is not compared
			list[i].Pos.Off = uint32(random.IntN(3))
		}
		want := slices.Clone(list)
		slices.SortStableFunc(want, func(a, b Finding) int { return compareFindings(&a, &b) })
		want = slices.CompactFunc(want, func(a, b Finding) bool { return compareFindings(&a, &b) == 0 })
		got := Sort(list)
		if !slices.EqualFunc(got, want, func(a, b Finding) bool {
			return a.Pos == b.Pos && a.Message == b.Message &&
				a.Help == b.Help
		}) {
			t.Fatalf("%d findings: got %v, want %v", n, got, want)
		}
	}
}
