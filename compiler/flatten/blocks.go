package flatten

import (
	"cmp"
	"slices"
)

// Roles reach the same scopes, each with a sorted list of cells that is the same on all scopes of a level. Merging what
// several give on a scope means the same comparisons on each scope, and for each user with these roles. So the order is
// found once for each combination of lists, and followed after that. Whatever it is, sort has the last word: it finds
// items in order and leaves them as they are.

// block is what an entry gives on one scope by one layer.
type block struct {
	base     uint64 // of the keys: the scope
	cells    []cell
	source   int32
	included bool // through an included role
}

// mostBlocks bounds the blocks on a scope whose order is remembered, and mostOrdered the cells in all orders, of
// 16 bytes each.
const mostBlocks, mostOrdered = 12, 1 << 17

// combination is a list of lists of cells, each with a mark that says which of them come from the same source.
type combination struct {
	lists [mostBlocks]*cell
	marks [mostBlocks]int8
}

// next is a cell in the order of the items, and the number of its block.
type next struct {
	cell  *cell
	block int8
}

// manyItems is from how many items on it pays off to put the blocks in order.
const manyItems = 256

// blocks are what a user's entries give until they are turned into items.
type blocks struct {
	on      bool
	list    []block
	items   int // in all of them
	orders  map[combination][]next
	ordered int // cells in these

	asked, missed int // orders
}

func (b *blocks) reset() { b.list, b.items = b.list[:0], 0 }

// decide decides after a user with so many items whether to put the blocks of the next one in order. That is no use
// where hardly any two users have the same roles.
func (b *blocks) decide(items int) {
	const enough = 1 << 8
	b.on = items >= manyItems && (b.asked < enough || 2*b.missed < b.asked)
}

func (b *blocks) add(x block) {
	if len(x.cells) > 0 {
		b.list = append(b.list, x)
		b.items += len(x.cells)
	}
}

// giveBlocks turns the blocks into items, scope by scope.
func (f *Flattener) giveBlocks() {
	b := &f.blocks
	if len(b.list) == 0 {
		return
	}
	list := b.list
	slices.SortStableFunc(list, func(x, y block) int { return cmp.Compare(x.base, y.base) })
	f.items = slices.Grow(f.items, b.items)
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].base == list[0].base {
			n++
		}
		f.giveTogether(list[:n])
		list = list[n:]
	}
	b.reset()
}

// giveTogether adds items for the blocks on one scope.
func (f *Flattener) giveTogether(list []block) {
	if len(list) == 1 || len(list) > mostBlocks {
		for i := range list {
			x := &list[i]
			for j := range x.cells {
				f.items = append(f.items, item{x.base | x.cells[j].key, &x.cells[j], x.source, noImplier})
			}
		}
		return
	}
	base := list[0].base
	for _, x := range f.blocks.order(list) {
		f.items = append(f.items, item{base | x.cell.key, x.cell, list[x.block].source, noImplier})
	}
}

// order returns the cells of some blocks on one scope in the order of items, if the sources are in order.
func (b *blocks) order(list []block) []next {
	var c combination
	for i := range list {
		c.lists[i] = &list[i].cells[0]
		if i > 0 && list[i].source == list[i-1].source {
			c.marks[i] = c.marks[i-1]
		} else {
			c.marks[i] = int8(i)
		}
	}
	b.asked++
	found, ok := b.orders[c]
	if ok {
		return found
	}
	b.missed++
	for i := range list {
		for j := range list[i].cells {
			found = append(found, next{&list[i].cells[j], int8(i)})
		}
	}
	slices.SortStableFunc(found, func(x, y next) int {
		return cmp.Or(cmp.Compare(x.cell.key, y.cell.key),
			compareBools(list[x.block].included, list[y.block].included),
			cmp.Compare(c.marks[x.block], c.marks[y.block]),
			cmp.Compare(x.cell.actions, y.cell.actions), cmp.Compare(x.cell.records, y.cell.records),
			cmp.Compare(x.cell.sure, y.cell.sure))
	})
	if b.ordered += len(found); b.orders == nil || b.ordered > mostOrdered {
		b.orders, b.ordered = map[combination][]next{}, len(found)
	}
	b.orders[c] = found
	return found
}

// compareBools puts false before true.
func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
