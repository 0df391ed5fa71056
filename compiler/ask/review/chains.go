package review

import "iter"

// chains group the rows of a sheet by a key, in order. A sheet may have a million rows, each with its own key, so
// this takes one number a row.
type chains[K comparable] struct {
	first map[K]int32
	next  []int32 // by row: one more than the next row with the same key, or 0
}

// newChains groups rows by key; ok reports whether a row has one.
func newChains[K comparable](rows []Row, key func(*Row) (k K, ok bool)) *chains[K] {
	c := &chains[K]{make(map[K]int32, len(rows)), make([]int32, len(rows))}
	for i := len(rows) - 1; i >= 0; i-- {
		k, ok := key(&rows[i])
		if !ok {
			continue
		}
		if before, twice := c.first[k]; twice {
			c.next[i] = before + 1
		}
		c.first[k] = int32(i)
	}
	return c
}

// of yields the rows with a key.
func (c *chains[K]) of(k K) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		i, ok := c.first[k]
		for ok && yield(i) {
			i, ok = c.next[i]-1, c.next[i] > 0
		}
	}
}
