package roles

import (
	"math/bits"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// sets are sets of sources. Of each, one source must stay.
type sets struct {
	n     int // sources
	words int
	known map[string]bool
	list  [][]uint64
	now   []uint64
	fixed bool // something gives it that stays
	key   []byte
	vias  []*policy.Via // memory for sources of a row
}

func (s *sets) reset(n int) {
	s.n, s.words, s.list = n, (n+63)/64, s.list[:0]
	s.known = map[string]bool{}
}

// begin begins a set.
func (s *sets) begin() {
	if cap(s.now) < s.words {
		s.now = make([]uint64, s.words)
	}
	s.now, s.fixed = s.now[:s.words], false
	clear(s.now)
}

// put adds a source to the set, or what stays anyway.
func (s *sets) put(source int) {
	if source < 0 {
		s.fixed = true
		return
	}
	s.now[source/64] |= 1 << (source % 64)
}

// end adds the set to the list, unless it is known.
func (s *sets) end() {
	if s.fixed {
		return
	}
	s.key = s.key[:0]
	for _, w := range s.now {
		for range 8 {
			s.key = append(s.key, byte(w))
			w >>= 8
		}
	}
	if !s.known[string(s.key)] {
		s.known[string(s.key)] = true
		s.list = append(s.list, slices.Clone(s.now))
	}
}

// any adds a set of all sources.
func (s *sets) any() {
	s.begin()
	for i := range s.n {
		s.put(i)
	}
	s.end()
}

// fewest returns a smallest number of usable sources with one of each set, and reports whether it is certain that no
// fewer would do. It gives up after some steps.
func (s *sets) fewest(usable func(int) bool, most int) (best []int, proved bool) {
	mask := make([]uint64, s.words)
	for i := range s.n {
		if usable(i) {
			mask[i/64] |= 1 << (i % 64)
		}
	}
	var list [][]uint64
	for _, x := range s.list {
		y := make([]uint64, s.words)
		for i := range y {
			y[i] = x[i] & mask[i]
		}
		list = append(list, y)
	}
	chosen, list := takeForced(list, s.words)
	c := &cover{left: most - len(chosen)}
	c.search(chosen, smallestSets(withoutWeaker(smallestSets(list), s.n)))
	slices.Sort(c.best)
	return c.best, c.left > 0
}

// takeForced returns the sources that are alone in a set, and the sets without any of them. Most people need most of
// what they have, so this leaves little to search.
func takeForced(list [][]uint64, words int) (forced []int, rest [][]uint64) {
	mask := make([]uint64, words)
	for _, x := range list {
		if countBits(x) != 1 {
			continue
		}
		at := slices.IndexFunc(x, func(w uint64) bool { return w != 0 })
		if mask[at]&x[at] == 0 {
			mask[at] |= x[at]
			forced = append(forced, at*64+bits.TrailingZeros64(x[at]))
		}
	}
	for _, x := range list {
		if !meet(x, mask) {
			rest = append(rest, x)
		}
	}
	return forced, rest
}

func meet(x, y []uint64) bool {
	for i := range x {
		if x[i]&y[i] != 0 {
			return true
		}
	}
	return false
}

// smallestSets drops sets that contain another one: whatever has a member of that has one of theirs.
func smallestSets(list [][]uint64) (out [][]uint64) {
	slices.SortStableFunc(list, func(a, b []uint64) int { return countBits(a) - countBits(b) })
	for _, x := range list {
		if !slices.ContainsFunc(out, func(y []uint64) bool { return isWithin(y, x) }) {
			out = append(out, x)
		}
	}
	return out
}

// withoutWeaker drops the sources that are only in sets that another one is in, too: that one does as well. Of two that
// are in the same sets it keeps the first.
func withoutWeaker(list [][]uint64, n int) [][]uint64 {
	words := (len(list) + 63) / 64
	in := make([][]uint64, n)
	fewest := make([][]int, n) // the sources of the smallest set of each one: those as strong are among them
	for i := range in {
		in[i] = make([]uint64, words)
	}
	for j, x := range list {
		members := bitsOf(x)
		for _, i := range members {
			in[i][j/64] |= 1 << (j % 64)
			if fewest[i] == nil || len(members) < len(fewest[i]) {
				fewest[i] = members
			}
		}
	}
	for i := range in {
		if slices.ContainsFunc(fewest[i], func(j int) bool {
			return i != j && isWithin(in[i], in[j]) && (j < i || !isWithin(in[j], in[i]))
		}) {
			for _, x := range list {
				x[i/64] &^= 1 << (i % 64)
			}
		}
	}
	return list
}

// bitsOf returns the numbers of the bits that are set.
func bitsOf(x []uint64) (list []int) {
	for i, w := range x {
		for ; w != 0; w &= w - 1 {
			list = append(list, 64*i+bits.TrailingZeros64(w))
		}
	}
	return list
}

func isWithin(x, y []uint64) bool {
	for i := range x {
		if x[i]&^y[i] != 0 {
			return false
		}
	}
	return true
}

func countBits(x []uint64) (n int) {
	for _, w := range x {
		n += bits.OnesCount64(w)
	}
	return n
}

// cover is a search by branch and bound.
type cover struct {
	best  []int
	found bool
	left  int // steps
}

// search adds one source after the other to those chosen until each of the sets has one.
func (c *cover) search(chosen []int, rest [][]uint64) {
	if c.left--; c.left < 0 && c.found {
		return
	}
	if len(rest) == 0 {
		if !c.found || len(chosen) < len(c.best) {
			c.best, c.found = slices.Clone(chosen), true
		}
		return
	}
	if c.found && len(chosen)+disjoint(rest) >= len(c.best) {
		return
	}
	smallest := slices.MinFunc(rest, func(a, b []uint64) int { return countBits(a) - countBits(b) })
	for _, source := range byUse(smallest, rest) {
		next := slices.DeleteFunc(slices.Clone(rest), func(x []uint64) bool { return x[source/64]>>(source%64)&1 != 0 })
		c.search(append(slices.Clip(chosen), source), next)
		if c.left < 0 && c.found {
			return
		}
	}
}

// disjoint counts sets that have no source in common: each of them needs one.
func disjoint(rest [][]uint64) (n int) {
	used := make([]uint64, len(rest[0]))
	for _, x := range rest {
		if !meet(x, used) {
			n++
			for i := range x {
				used[i] |= x[i]
			}
		}
	}
	return n
}

// byUse returns the sources of a set, those first that are in most of the sets; of several, the person's own.
func byUse(set []uint64, rest [][]uint64) (list []int) {
	use := map[int]int{}
	for i := range len(set) * 64 {
		if set[i/64]>>(i%64)&1 == 0 {
			continue
		}
		list = append(list, i)
		for _, x := range rest {
			use[i] += int(x[i/64] >> (i % 64) & 1)
		}
	}
	slices.SortStableFunc(list, func(a, b int) int { return use[b] - use[a] })
	return list
}
