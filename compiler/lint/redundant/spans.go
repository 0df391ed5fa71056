package redundant

import (
	"slices"

	"permc.dev/permc/compiler/policy"
)

// Where no source of a person has periods, each is in force from one day to another. Then others cover it together
// only if one of them does so alone: one that is there on its first day, and lasts as long.

// inForceOnce reports whether a source without periods is ever in force, and gives something.
func inForceOnce(x *source) bool {
	return x.periods == nil && x.entry.Starts <= x.entry.Ends.End() && (x.entry.Role != nil || x.entry.Actions != 0)
}

// outlasted asks coveredIn about an assignment, or grantCovered about a grant, if no source has periods.
func (p *person) outlasted(x *source, but int, over func(y, x *source) bool) *policy.Entry {
	need := x.entry.Actions
	if x.entry.Role != nil {
		need = ^policy.Actions(0)
	}
	for key := range p.rivalKeys(x) {
		list := p.listed(key)
		t := p.treeOf(key, list)
		for k := t.next(0, x.entry, need); k < len(list); k = t.next(k+1, x.entry, need) {
			y := &p.sources[list[k]]
			switch {
			case int(list[k]) == but || p.isOff(y) || !outlasts(y, x):
			case x.entry.Role == nil:
				need &^= p.actionsOf(y, x)
			case over(y, x):
				return y.entry
			}
			if need == 0 {
				return p.firstGiver(x, but)
			}
		}
	}
	return nil
}

// firstGiver returns the first entry that gives something that a grant gives, on whatever days.
func (p *person) firstGiver(x *source, but int) *policy.Entry {
	for key := range p.rivalKeys(x) {
		for _, j := range p.listed(key) {
			if y := &p.sources[j]; int(j) != but && !p.isOff(y) && p.actionsOf(y, x) != 0 {
				return y.entry
			}
		}
	}
	return nil
}

// turnOff removes a source of the user's own.
func (p *person) turnOff(i int) {
	x := &p.sources[i]
	x.off = true
	if p.spans == nil {
		return
	}
	p.forget(keyOf(x.entry), i)
	if p.catalog.deep {
		p.forget(anywhere(x.entry), i)
	}
}

// forget takes a source out of the tree of a key.
func (p *person) forget(key uint64, i int) {
	t := p.spans[key]
	if t == nil {
		return
	}
	at, _ := slices.BinarySearch(p.listed(key), int32(i))
	t.set(at, span{})
}

// treeOf returns the tree of the sources with a key, or nil: there are few.
func (p *person) treeOf(key uint64, list []int32) *spanTree {
	if len(list) <= few {
		return nil
	}
	t := p.spans[key]
	if t == nil {
		t = newSpanTree(len(list))
		for k, j := range list {
			if x := &p.sources[j]; !p.isOff(x) {
				t.spans[t.size+k] = spanOf(x.entry)
			}
		}
		for i := t.size - 1; i > 0; i-- {
			t.spans[i] = t.spans[2*i].or(t.spans[2*i+1])
		}
		p.spans[key] = t
	}
	return t
}

// span is when entries are in force at most, and what actions they give at most: none of no entry.
type span struct {
	starts, ends policy.Date
	actions      policy.Actions
}

func spanOf(e *policy.Entry) span {
	s := span{e.Starts, e.Ends.End(), e.Actions}
	if e.Role != nil {
		s.actions = ^policy.Actions(0)
	}
	return s
}

func (s span) or(o span) span {
	switch {
	case s.actions == 0:
		return o
	case o.actions == 0:
		return s
	}
	return span{min(s.starts, o.starts), max(s.ends, o.ends), s.actions | o.actions}
}

// spanTree finds, among entries in an order, the next one that outlasts another. Each node has what is below it.
type spanTree struct {
	size  int // of the lowest row, which begins there
	spans []span
}

func newSpanTree(n int) *spanTree {
	size := 1
	for size < n {
		size *= 2
	}
	return &spanTree{size, make([]span, 2*size)}
}

func (t *spanTree) set(k int, s span) {
	i := t.size + k
	for t.spans[i] = s; i > 1; {
		i /= 2
		t.spans[i] = t.spans[2*i].or(t.spans[2*i+1])
	}
}

// next returns the number of the first entry from one on that outlasts an entry and gives one of some actions, or a
// larger number than any. Without a tree, that is the first one.
func (t *spanTree) next(from int, e *policy.Entry, actions policy.Actions) int {
	if t == nil || from >= t.size {
		return from
	}
	fits := func(i int) bool {
		s := &t.spans[i]
		return s.actions&actions != 0 && s.starts <= e.Starts && s.ends >= e.Ends.End()
	}
	for i := t.size + from; ; {
		switch {
		case fits(i) && i >= t.size:
			return i - t.size
		case fits(i):
			i *= 2
			continue
		}
		for i&1 == 1 { // the last below its parent
			i /= 2
		}
		if i == 0 {
			return t.size
		}
		i++
	}
}
