package flatten

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"permc.dev/permc/compiler/policy"
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

// TestBefore compares before with comparing the sources as people see them.
func TestBefore(t *testing.T) {
	roles := []*policy.Role{{}, {Index: 1}}
	group := &policy.Group{}
	p := &policy.Policy{Scopes: []*policy.Scope{{}}, Catalog: &policy.Catalog{Permissions: []*policy.Permission{{}}}}
	rapid.Check(t, func(t *rapid.T) {
		f := &Flattener{policy: p}
		var entries []policy.Entry
		for range 4 {
			e := policy.Entry{Role: rapid.SampledFrom(roles).Draw(t, "role"), Scope: p.Scopes[0],
				ByDefault: rapid.IntRange(0, 9).Draw(t, "by default") == 0,
				Pos: policy.Pos{File: int32(rapid.IntRange(0, 1).Draw(t, "file")),
					Off: uint32(rapid.IntRange(0, 3).Draw(t, "off"))}}
			if rapid.IntRange(0, 4).Draw(t, "grant") == 0 {
				e.Role, e.Permission = nil, p.Catalog.Permissions[0]
			}
			entries = append(entries, e)
		}
		var items []item
		for i := range entries {
			s := source{entry: &entries[i], ends: policy.Date(rapid.IntRange(0, 2).Draw(t, "ends"))}
			if rapid.IntRange(0, 3).Draw(t, "through group") == 0 {
				s.group = group
			}
			f.sources = append(f.sources, s)
			x := item{source: int32(i), implier: noImplier}
			if entries[i].Role != nil {
				x.cell = &cell{role: rapid.SampledFrom(roles).Draw(t, "of role"),
					actions: policy.Actions(rapid.IntRange(1, 3).Draw(t, "actions"))}
			}
			if rapid.IntRange(0, 4).Draw(t, "implied") == 0 {
				x.implier = newImplier(p.Catalog.Permissions[0], 0)
			}
			items = append(items, x)
		}
		for i := range items {
			for j := range items {
				if got, want := f.before(&items[i], &items[j]), f.compare(items[i], items[j]) < 0; got != want {
					t.Fatalf("%d before %d: %v, want %v", i, j, got, want)
				}
			}
		}
	})
}
