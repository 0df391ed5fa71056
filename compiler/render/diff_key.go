package render

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/policy"
)

// NewKeys returns a function for one goroutine that returns what people who change
// in the same way have in common.
func NewKeys() func(*diff.Person) diff.Key {
	w := keyWriter{items: map[itemKey]digest{}}
	return w.keyOf
}

// digest is a hash of the changes of a person.
type digest [16]byte

func hash(b []byte) (d digest) {
	sum := sha256.Sum256(b)
	copy(d[:], sum[:])
	return d
}

// keyOf returns the key of what changes for a person.
func (w *keyWriter) keyOf(p *diff.Person) diff.Key {
	w.start()
	for i := range p.Facts {
		f := &p.Facts[i]
		w.texts("fact", f.What, f.Before, f.After)
		w.causes(p, f.Causes)
	}
	changes := p.Changes
	for i := range changes {
		c := &changes[i]
		var before *diff.Change
		if i > 0 {
			before = &changes[i-1]
		}
		w.row(p, before, c)
	}
	for i := range p.Roles {
		if c := &p.Roles[i]; !toldByRows(changes, c) {
			w.number(int(c.Kind))
			w.texts("role", c.Scope.Path, c.Role.ID, roleReason(c))
			w.causes(p, c.Causes)
		}
	}
	return w.key()
}

// keyWriter writes a person's changes into memory that it reuses: the texts, and the positions that must match. A
// part that is the same as in the row before takes one byte.
type keyWriter struct {
	both, loose, exact []byte
	why                string // of the row before

	items map[itemKey]digest // of their texts
}

// itemKey is everything that the text of an item depends on.
type itemKey struct {
	kind                        diff.Kind
	before, after               *policy.Permission
	beforeActions, afterActions policy.Actions
	gravity                     int
}

func (w *keyWriter) start() {
	w.both, w.loose, w.exact, w.why = w.both[:0], w.loose[:0], w.exact[:0], ""
}

// key returns the key of the changes written.
func (w *keyWriter) key() (k diff.Key) {
	said := len(w.both)
	w.both = append(w.both, w.loose...)
	w.number(said)
	k.Loose = hash(w.both)
	w.both = append(w.both[:said], w.exact...)
	w.number(said)
	k.Exact = hash(w.both)
	return k
}

// row writes the change of a row. before is the previous change of the same person, or nil.
func (w *keyWriter) row(p *diff.Person, before, c *diff.Change) {
	w.number(int(c.Kind))
	w.both = append(w.both, w.item(c)...)
	if before != nil && before.Row().Scope.Path == c.Row().Scope.Path {
		w.number(0)
	} else {
		w.number(1)
		w.texts(c.Row().Scope.Path)
	}
	why := w.why
	if before == nil || !sameReason(before, c) {
		why = reasonText(c)
	}
	if before != nil && why == w.why {
		w.number(0)
	} else {
		w.number(1)
		w.texts(why)
	}
	w.why = why
	w.causesAfter(p, before, c)
}

// item returns a number for the text of an item.
func (w *keyWriter) item(c *diff.Change) []byte {
	k := itemKey{kind: c.Kind, gravity: c.Gravity()}
	if r := c.Before; r != nil {
		k.before, k.beforeActions = r.Permission, r.Actions
	}
	if r := c.After; r != nil {
		k.after, k.afterActions = r.Permission, r.Actions
	}
	d, known := w.items[k]
	if !known {
		d = hash([]byte(newItem(c).String()))
		w.items[k] = d
	}
	return d[:]
}

// causesAfter writes the causes of a row if they differ from the row before.
func (w *keyWriter) causesAfter(p *diff.Person, before, c *diff.Change) {
	same := func(exact bool) bool {
		return before != nil && slices.EqualFunc(before.Causes, c.Causes, func(x, y diff.Cause) bool {
			return sameCause(p, x, y, exact)
		})
	}
	switch {
	case same(true):
		w.number(0)
		w.exact = append(w.exact, 0)
	case same(false):
		w.number(0)
		w.exact = append(w.exact, 1)
		for _, x := range c.Causes {
			w.exact = appendPos(w.exact, x.Pos)
		}
	default:
		w.number(1)
		w.exact = append(w.exact, 1)
		w.causes(p, c.Causes)
	}
}

// sameCause compares two causes as a key does: for a person's own lines the loose key has only the file.
func sameCause(p *diff.Person, x, y diff.Cause, exact bool) bool {
	if x == y {
		return true
	}
	x, y = dropName(x, p), dropName(y, p)
	if !exact && x.Pos.File == y.Pos.File && !isShared(x.Why) {
		x.Pos = y.Pos
	}
	return x == y
}

// texts writes texts with their lengths, to keep them apart.
func (w *keyWriter) texts(list ...string) {
	for _, s := range list {
		w.both = append(binary.AppendUvarint(w.both, uint64(len(s))), s...)
	}
}

func (w *keyWriter) number(n int) { w.both = binary.AppendVarint(w.both, int64(n)) }

func (w *keyWriter) causes(p *diff.Person, list []diff.Cause) {
	w.number(len(list))
	for _, c := range list {
		c = dropName(c, p)
		base := 0
		if c.Base {
			base = 1
		}
		w.number(base)
		w.number(int(c.Pos.File))
		w.texts(c.Why)
		if isShared(c.Why) {
			w.loose = appendPos(w.loose, c.Pos)
		}
		w.exact = appendPos(w.exact, c.Pos)
	}
}

func appendPos(b []byte, p policy.Pos) []byte {
	return binary.AppendVarint(binary.AppendVarint(binary.AppendVarint(b, int64(p.File)), int64(p.Off)), int64(p.End))
}

// sameReason reports whether two changes of one person clearly have the same reason: rows that come or go through one
// and the same source.
func sameReason(a, b *diff.Change) bool {
	if a.Kind != b.Kind || a.From != b.From || a.Until != b.Until || a.Again != b.Again {
		return false
	}
	switch a.Kind {
	case diff.Gained:
		return a.Before == nil && b.Before == nil && sameSource(a.After, b.After)
	case diff.Lost:
		return a.After == nil && b.After == nil && sameSource(a.Before, b.Before)
	}
	return false
}

func sameSource(a, b *policy.Row) bool {
	if len(a.Via) != 1 || len(b.Via) != 1 || len(a.Withheld)+len(b.Withheld) > 0 || a.Ends != b.Ends ||
		a.Records != b.Records || a.Scope != b.Scope {
		return false
	}
	v, w := &a.Via[0], &b.Via[0]
	return v.Kind == w.Kind && v.Role == w.Role && v.From == w.From && v.Group == w.Group && v.Implier == w.Implier &&
		v.Scope == w.Scope &&
		v.Records == w.Records && v.Ends == w.Ends && v.Pos == w.Pos
}
