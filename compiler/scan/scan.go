// Package scan reads the part of JSON, JSON lines, YAML, CUE and CSV that
// exported data and most hand-written data keep to, many times faster than the
// readers of the whole formats, and with the same result: the same nodes at
// the same places. On anything else it says so, and the caller reads the file
// with the library instead, which also words what is wrong with it.
package scan

import "permc.dev/permc/compiler/tree"

// Split is a document with its users apart, so that they can be read on every
// core and need not all be in memory at once.
type Split struct {
	Rest    tree.Tree // the document; the struct at users has no fields
	Records []Record  // the users, in order
}

// Record is one user: where the key stands, as the place of a node of the
// library's reader, its text, and where the value stands. Offsets are bytes.
type Record struct {
	ID          string
	Key, KeyEnd int32
	From, To    int32
}
