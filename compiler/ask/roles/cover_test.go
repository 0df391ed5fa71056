package roles

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestFewest compares the search with a plain one, which copies and compares all sets at every step.
func TestFewest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 24).Draw(t, "n")
		var s sets
		s.reset(n)
		for range rapid.IntRange(0, 40).Draw(t, "sets") {
			from := rapid.IntRange(0, n-1).Draw(t, "from") // near each other: so there are parts
			s.begin()
			for _, i := range rapid.SliceOfN(rapid.IntRange(from, min(n-1, from+5)), 1, 5).Draw(t, "set") {
				s.put(i)
			}
			s.end()
		}
		held := rapid.IntRange(0, n).Draw(t, "held")
		usable := func(i int) bool { return i < held || i%5 > 0 }
		most := rapid.SampledFrom([]int{1, 3, 10, 30, 100, 20_000}).Draw(t, "most")
		best, proved := s.fewest(usable, most)
		plain := plainSearch{left: most}
		want, wantProved := plain.fewest(s.list, usable)
		if !slices.Equal(best, want) || proved != wantProved {
			t.Fatalf("%v, %v, want %v, %v of %v", best, proved, want, wantProved, s.list)
		}
	})
}

type plainSearch struct {
	best  []int
	found bool
	left  int
}

func (p *plainSearch) fewest(all [][]int, usable func(int) bool) ([]int, bool) {
	var list [][]int
	for _, x := range all {
		list = append(list, slices.DeleteFunc(slices.Clone(x), func(i int) bool { return !usable(i) }))
	}
	var forced []int
	for _, x := range list {
		if len(x) == 1 && !slices.Contains(forced, x[0]) {
			forced = append(forced, x[0])
		}
	}
	list = slices.DeleteFunc(list, func(x []int) bool { return slices.ContainsFunc(x, within(forced)) })
	p.left -= len(forced)
	p.search(forced, plainSmallest(plainStronger(plainSmallest(list))))
	slices.Sort(p.best)
	return p.best, p.left > 0
}

func within(list []int) func(int) bool { return func(i int) bool { return slices.Contains(list, i) } }

func hasAll(all, some []int) bool {
	return !slices.ContainsFunc(some, func(i int) bool { return !slices.Contains(all, i) })
}

func bySize(a, b []int) int { return len(a) - len(b) }

func plainSmallest(list [][]int) (out [][]int) {
	list = slices.Clone(list)
	slices.SortStableFunc(list, bySize)
	for _, x := range list {
		if !slices.ContainsFunc(out, func(y []int) bool { return hasAll(x, y) }) {
			out = append(out, x)
		}
	}
	return out
}

func plainStronger(list [][]int) (out [][]int) {
	in := map[int][]int{}
	for k, x := range list {
		for _, i := range x {
			in[i] = append(in[i], k)
		}
	}
	for _, x := range list {
		out = append(out, slices.DeleteFunc(slices.Clone(x), func(i int) bool {
			for j := range in {
				if i != j && hasAll(in[j], in[i]) && (j < i || !hasAll(in[i], in[j])) {
					return true
				}
			}
			return false
		}))
	}
	return out
}

func (p *plainSearch) search(chosen []int, rest [][]int) {
	if p.left--; p.left < 0 && p.found {
		return
	}
	if len(rest) == 0 {
		if !p.found || len(chosen) < len(p.best) {
			p.best, p.found = slices.Clone(chosen), true
		}
		return
	}
	if p.found && len(chosen)+plainDisjoint(rest) >= len(p.best) {
		return
	}
	list := slices.Clone(slices.MinFunc(rest, bySize))
	use := map[int]int{}
	for _, x := range rest {
		for _, i := range x {
			use[i]++
		}
	}
	slices.SortStableFunc(list, func(a, b int) int { return use[b] - use[a] })
	for _, source := range list {
		next := slices.DeleteFunc(slices.Clone(rest), func(x []int) bool { return slices.Contains(x, source) })
		p.search(append(slices.Clone(chosen), source), next)
		if p.left < 0 && p.found {
			return
		}
	}
}

func plainDisjoint(rest [][]int) (n int) {
	var used []int
	for _, x := range rest {
		if !slices.ContainsFunc(x, within(used)) {
			n++
			used = append(used, x...)
		}
	}
	return n
}
