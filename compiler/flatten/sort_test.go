package flatten

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// newRuns returns items in sorted runs, as entries give them. No two have the same key.
func newRuns(r *rand.Rand, runs, length int) (items []item) {
	keys := r.Perm(runs * length)
	for i := range runs {
		run := keys[i*length : (i+1)*length]
		slices.Sort(run)
		for _, k := range run {
			items = append(items, item{key: uint64(k)})
		}
	}
	return items
}

func TestSort(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	f := &Flattener{}
	for range 500 {
		f.items = newRuns(r, r.IntN(9), 1+r.IntN(5))
		want := slices.SortedFunc(slices.Values(f.items), f.compare)
		if f.sort(); !slices.Equal(f.items, want) {
			t.Fatalf("got %v, want %v", f.items, want)
		}
	}
}

func BenchmarkSort(b *testing.B) {
	items := newRuns(rand.New(rand.NewPCG(1, 2)), 6, 20)
	f := &Flattener{}
	b.Run("merge", func(b *testing.B) {
		for b.Loop() {
			f.items = append(f.items[:0], items...)
			f.sort()
		}
	})
	b.Run("slices", func(b *testing.B) {
		for b.Loop() {
			f.items = append(f.items[:0], items...)
			slices.SortFunc(f.items, f.compare)
		}
	})
}

// TestMergeSorted merges few elements and many: of equal ones, those of the first list come first.
func TestMergeSorted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type element struct{ key, list int }
		draw := func(name string, list, most int) (all []element) {
			for _, key := range rapid.SliceOfN(rapid.IntRange(0, 40), 0, most).Draw(t, name) {
				all = append(all, element{key, list})
			}
			slices.SortFunc(all, func(x, y element) int { return x.key - y.key })
			return all
		}
		list, more := draw("list", 1, 100), draw("more", 2, 6)
		want := slices.Concat(list, more)
		slices.SortStableFunc(want, func(x, y element) int { return x.key - y.key })
		got := mergeSorted(list, more, func(x, y *element) bool { return x.key > y.key })
		if !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}
