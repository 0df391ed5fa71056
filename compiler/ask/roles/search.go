package roles

import "slices"

// cover is a search by branch and bound. It chooses one source after the other until each of the sets has one, takes
// those sets off a list, and puts them back.
type cover struct {
	sets   [][]int // from the smallest on
	in     [][]int // the numbers of the sets of each source
	use    []int   // how many sets are left that have the source
	left   int     // steps
	chosen []int
	best   []int
	found  bool

	rest  links // sets without a chosen source
	apart *parts
}

func newCover(sets [][]int, n int) *cover {
	c := &cover{sets: sets, in: setsBySource(sets, n), use: make([]int, n), rest: newLinks(len(sets), 1)}
	for i, list := range c.in {
		c.use[i] = len(list)
	}
	for k := range sets {
		c.rest.append(k, len(sets))
	}
	c.apart = newParts(c)
	return c
}

// search adds one source after the other to those chosen.
func (c *cover) search() {
	if c.left--; c.left < 0 && c.found {
		return
	}
	smallest := c.rest.next[len(c.sets)]
	if smallest == len(c.sets) {
		if !c.found || len(c.chosen) < len(c.best) {
			c.best, c.found = slices.Clone(c.chosen), true
		}
		return
	}
	if c.found && len(c.chosen)+c.apart.disjoint(c) >= len(c.best) {
		return
	}
	for _, source := range c.byUse(c.sets[smallest]) {
		gone := c.choose(source)
		c.search()
		c.undo(gone)
		if c.left < 0 && c.found {
			return
		}
	}
}

// choose chooses a source, and returns the sets that are done.
func (c *cover) choose(source int) (gone []int) {
	for _, k := range c.in[source] {
		if c.rest.removed(k) {
			continue
		}
		gone = append(gone, k)
		c.rest.remove(k)
		c.apart.remove(k)
		for _, i := range c.sets[k] {
			c.use[i]--
		}
	}
	c.chosen = append(c.chosen, source)
	return gone
}

// undo takes back the last choice.
func (c *cover) undo(gone []int) {
	for _, k := range slices.Backward(gone) {
		c.rest.restore(k)
		c.apart.restore(k)
		for _, i := range c.sets[k] {
			c.use[i]++
		}
	}
	c.chosen = c.chosen[:len(c.chosen)-1]
}

// byUse returns the sources of a set, those first that are in most of the sets; of several, the person's own.
func (c *cover) byUse(set []int) []int {
	list := slices.Clone(set)
	slices.SortStableFunc(list, func(a, b int) int { return c.use[b] - c.use[a] })
	return list
}
