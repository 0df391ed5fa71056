package roles

import (
	"encoding/binary"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// sets are sets of sources. Of each, one source must stay.
type sets struct {
	n      int // sources
	known  map[string]bool
	alone  []bool  // by source: it is a set by itself
	list   [][]int // each sorted
	memory []int   // of the list
	now    []int
	fixed  bool // something gives it that stays
	key    []byte
	vias   []*policy.Via // memory for sources of a row
}

// emptied returns a map without anything in it. It uses the memory of a small one again. Clearing a large one takes
// longer than making another.
func emptied[K comparable, V any](m map[K]V) map[K]V {
	const small = 64
	if m == nil || len(m) > small {
		return map[K]V{}
	}
	clear(m)
	return m
}

func (s *sets) reset(n int) {
	s.n, s.list, s.memory = n, s.list[:0], s.memory[:0]
	s.alone = slices.Grow(s.alone[:0], n)[:n]
	clear(s.alone)
	s.known = emptied(s.known)
}

// begin begins a set.
func (s *sets) begin() { s.now, s.fixed = s.now[:0], false }

// put adds a source to the set, or what stays anyway.
func (s *sets) put(source int) {
	if source < 0 {
		s.fixed = true
		return
	}
	s.now = append(s.now, source)
}

// end adds the set to the list, unless it is known.
func (s *sets) end() {
	if s.fixed {
		return
	}
	slices.Sort(s.now)
	s.now = slices.Compact(s.now)
	if s.isNew() {
		from := len(s.memory)
		s.memory = append(s.memory, s.now...)
		s.list = append(s.list, s.memory[from:len(s.memory):len(s.memory)])
	}
}

// isNew notes a set, and reports whether it was not known. Nearly all have one source.
func (s *sets) isNew() bool {
	if len(s.now) == 1 {
		known := s.alone[s.now[0]]
		s.alone[s.now[0]] = true
		return !known
	}
	s.key = s.key[:0]
	for _, source := range s.now {
		s.key = binary.AppendUvarint(s.key, uint64(source))
	}
	if s.known[string(s.key)] {
		return false
	}
	s.known[string(s.key)] = true
	return true
}

// any adds a set of all sources.
func (s *sets) any() {
	s.begin()
	for i := range s.n {
		s.put(i)
	}
	s.end()
}

// fewest returns a smallest number of usable sources with one of each set, sorted, and reports whether it is certain
// that no fewer would do. It gives up after some steps.
func (s *sets) fewest(usable func(int) bool, most int) (best []int, proved bool) {
	use := make([]bool, s.n)
	for i := range use {
		use[i] = usable(i)
	}
	var list [][]int
	for _, x := range s.list {
		list = append(list, keepSources(x, use))
	}
	chosen, list := takeForced(list, s.n)
	if len(list) == 0 {
		slices.Sort(chosen)
		return chosen, most-len(chosen) > 1
	}
	c := newCover(smallestSets(withoutWeaker(smallestSets(list, s.n), s.n), s.n), s.n)
	c.chosen, c.left = chosen, most-len(chosen)
	c.search()
	slices.Sort(c.best)
	return c.best, c.left > 0
}

// keepSources returns those sources of a set that are kept.
func keepSources(set []int, kept []bool) []int {
	gone := func(i int) bool { return !kept[i] }
	if !slices.ContainsFunc(set, gone) {
		return set
	}
	return slices.DeleteFunc(slices.Clone(set), gone)
}

// takeForced returns the sources that are alone in a set, and the sets without any of them. Most people need most of
// what they have, so this leaves little to search.
func takeForced(list [][]int, n int) (forced []int, rest [][]int) {
	taken := make([]bool, n)
	for _, x := range list {
		if len(x) == 1 && !taken[x[0]] {
			taken[x[0]] = true
			forced = append(forced, x[0])
		}
	}
	for _, x := range list {
		if !slices.ContainsFunc(x, func(i int) bool { return taken[i] }) {
			rest = append(rest, x)
		}
	}
	return forced, rest
}

// smallestSets drops sets that contain another one: whatever has a member of that has one of theirs. A set that is
// kept is listed with its rarest source, so few are compared.
func smallestSets(list [][]int, n int) (out [][]int) {
	slices.SortStableFunc(list, func(a, b []int) int { return len(a) - len(b) })
	if len(list) > 0 && len(list[0]) == 0 {
		return list[:1]
	}
	often := make([]int, n)
	for _, x := range list {
		for _, i := range x {
			often[i]++
		}
	}
	kept := make([][][]int, n)
	last := make([]int, n) // the set that a source was seen in last
	for k, x := range list {
		for _, i := range x {
			last[i] = k + 1
		}
		contains := func(y []int) bool {
			return !slices.ContainsFunc(y, func(i int) bool { return last[i] != k+1 })
		}
		if slices.ContainsFunc(x, func(i int) bool { return slices.ContainsFunc(kept[i], contains) }) {
			continue
		}
		rarest := slices.MinFunc(x, func(i, j int) int { return often[i] - often[j] })
		kept[rarest] = append(kept[rarest], x)
		out = append(out, x)
	}
	return out
}

// withoutWeaker drops the sources that are only in sets that another one is in, too: that one does as well. Of two that
// are in the same sets it keeps the first. The sets are sorted by size.
func withoutWeaker(list [][]int, n int) (out [][]int) {
	in := setsBySource(list, n)
	kept := make([]bool, n)
	for i := range in {
		if len(in[i]) == 0 {
			continue
		}
		kept[i] = !slices.ContainsFunc(list[in[i][0]], func(j int) bool { // those as strong are in the smallest set
			return j != i && (j < i && len(in[j]) == len(in[i]) || len(in[j]) > len(in[i])) && isPart(in[i], in[j])
		})
	}
	for _, x := range list {
		out = append(out, keepSources(x, kept))
	}
	return out
}

// setsBySource returns the numbers of the sets that each source is in.
func setsBySource(list [][]int, n int) [][]int {
	in := make([][]int, n)
	for k, x := range list {
		for _, i := range x {
			in[i] = append(in[i], k)
		}
	}
	return in
}

// isPart reports whether a sorted list has all of another one.
func isPart(some, all []int) bool {
	return !slices.ContainsFunc(some, func(i int) bool { return !isIn(all, i) })
}

// isIn reports whether a sorted list has a number.
func isIn(list []int, i int) bool {
	_, ok := slices.BinarySearch(list, i)
	return ok
}
