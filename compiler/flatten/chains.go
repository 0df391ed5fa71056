package flatten

import "permc.dev/permc/compiler/policy"

// chains links the items of each permission that implies others, in order. Searching all items for
// each such permission would be quadratic.
type chains struct {
	first, last []int32 // by permission; -1 is none
	implies     []bool  // by permission
	next        []int32 // by item
}

// reset removes all items.
func (c *chains) reset(catalog *policy.Catalog) {
	if c.first == nil {
		n := len(catalog.Permissions)
		c.first, c.last, c.implies = make([]int32, n), make([]int32, n), make([]bool, n)
		for _, p := range catalog.Implying {
			c.implies[p.Index] = true
		}
	}
	for _, p := range catalog.Implying {
		c.first[p.Index] = -1
	}
	c.next = c.next[:0]
}

// add links the items from an index on.
func (c *chains) add(items []item, from int) {
	for i := from; i < len(items); i++ {
		c.next = append(c.next, -1)
		p := uint32(items[i].key)
		switch {
		case !c.implies[p]:
		case c.first[p] < 0:
			c.first[p], c.last[p] = int32(i), int32(i)
		default:
			c.next[c.last[p]] = int32(i)
			c.last[p] = int32(i)
		}
	}
}
