// Package scan reads the part of JSON, JSON lines, YAML, CUE and CSV that exports and most hand-written files use,
// many times faster than the readers of the whole formats, and with the same result: the same nodes at the same
// positions. If a text has anything else, it says so, and the caller reads the file with the library instead, which
// also reports errors.
package scan

import (
	"runtime"
	"slices"
	"strings"

	"permc.dev/permc/compiler/internal/hugepage"
	"permc.dev/permc/compiler/internal/parallel"
	"permc.dev/permc/compiler/load/tree"
)

// Split is a document with separate users, so that they can be read on every core and need not all be in memory at
// once.
type Split struct {
	Rest    tree.Tree // the document; the struct at users has no fields
	Records []Record  // the users, in order
}

// Record is one user: the position of the key as a node of the library's reader, its text, and the position of the
// value. Offsets are bytes.
type Record struct {
	ID          string
	Key, KeyEnd uint32
	From, To    uint32

	// For callers with records of several files.
	File    int32
	Format  uint8
	Invited bool
}

// add appends a record that ends at an offset in a text. Records have similar sizes, so it makes room for as many
// more as the rest of the text may hold.
func (s *Split) add(r Record, end, size int) {
	if n := len(s.Records); n == cap(s.Records) && n >= 64 {
		more := int(float64(size-end)/float64(max(end, 1))*float64(n)*1.1) + 64
		s.Records = append(hugepage.Make[Record](n + more)[:0], s.Records...)
	}
	s.Records = append(s.Records, r)
}

// part is the amount of text that is worth a goroutine.
const part = 1 << 20

// inParts splits a text that begins at a line into parts of whole lines, each on its own core, and returns the
// records of all. split gets the offsets of a part, and for how much text its list needs room: the first list takes
// the others in.
func inParts(text string, start int, split func(from, to, room int) ([]Record, bool)) (list []Record, ok bool) {
	n := min(runtime.GOMAXPROCS(0), (len(text)-start)/part+1)
	if n == 1 {
		return split(start, len(text), len(text)-start)
	}
	lists, oks := make([][]Record, n), make([]bool, n)
	var wg parallel.Group
	for i, from := 0, start; i < n; i++ {
		to := len(text)
		if i+1 < n {
			to = max(from, start+(len(text)-start)/n*(i+1))
			if to += strings.IndexByte(text[to:], '\n') + 1; text[to-1] != '\n' {
				to = len(text)
			}
		}
		begin, room := from, to-from
		if i == 0 {
			room = len(text) - start
		}
		wg.Go(func() { lists[i], oks[i] = split(begin, to, room) })
		from = to
	}
	wg.Wait()
	if slices.Contains(oks, false) {
		return nil, false
	}
	list = lists[0]
	for _, l := range lists[1:] {
		list = append(list, l...)
	}
	return list, true
}
