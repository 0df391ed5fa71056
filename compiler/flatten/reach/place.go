package reach

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"sync"

	"permc.dev/permc/compiler/policy"
)

// Place is a scope with all under it. The scopes of two places of one shape correspond to each other, one by one: what
// is given there counts in the same way.
type Place struct {
	scopes []*policy.Scope // sorted; the scope itself comes first
	shape  [sha256.Size]byte
}

// find returns which of some places, one behind the other, a scope is in, and its number there, or -1.
func find(list []*Place, s *policy.Scope) (place, at int) {
	i, ok := slices.BinarySearchFunc(list, s.Index, func(p *Place, index int) int { return p.scopes[0].Index - index })
	if ok {
		return i, 0
	}
	if i == 0 {
		return -1, 0
	}
	at, ok = slices.BinarySearchFunc(list[i-1].scopes, s.Index, func(x *policy.Scope, index int) int {
		return x.Index - index
	})
	if !ok {
		return -1, 0
	}
	return i - 1, at
}

// Move returns the scope in some places that corresponds to a scope in others.
func Move(s *policy.Scope, from, to []*Place) *policy.Scope {
	if s == nil || len(from) == 0 {
		return s
	}
	i, at := find(from, s)
	return to[i].scopes[at]
}

// places makes each place once.
type places struct {
	mu      sync.Mutex
	byScope map[*policy.Scope]*Place
	kinds   map[*policy.Scope]int // that two scopes share if the same counts there, by itself
	numbers map[string]int        // of the kinds
}

func (x *places) at(w *World, s *policy.Scope) *Place {
	x.mu.Lock()
	defer x.mu.Unlock()
	if p := x.byScope[s]; p != nil {
		return p
	}
	if x.byScope == nil {
		x.byScope, x.kinds, x.numbers = map[*policy.Scope]*Place{}, map[*policy.Scope]int{}, map[string]int{}
	}
	p := &Place{scopes: []*policy.Scope{s}}
	for i := 0; i < len(p.scopes); i++ {
		p.scopes = append(p.scopes, p.scopes[i].Children...)
	}
	slices.SortFunc(p.scopes, func(a, b *policy.Scope) int { return a.Index - b.Index })
	number := make(map[*policy.Scope]int, len(p.scopes))
	var text []byte
	for i, inner := range p.scopes {
		number[inner] = i
		if i > 0 {
			text = binary.AppendVarint(text, int64(number[inner.Parent]))
		}
		text = binary.AppendVarint(text, int64(x.kindOf(w, inner)))
	}
	p.shape = sha256.Sum256(text)
	x.byScope[s] = p
	return p
}

// kindOf numbers all that what counts on a scope depends on, but for the scopes under it.
func (x *places) kindOf(w *World, s *policy.Scope) int {
	if s == nil {
		return -1
	}
	if n, ok := x.kinds[s]; ok {
		return n
	}
	t := Profiler{}
	t.number(x.kindOf(w, s.Parent))
	t.number(s.Level)
	t.flag(s.Apart)
	for _, label := range s.Labels {
		t.word(label)
	}
	t.number(-1)
	for _, name := range slices.Sorted(maps.Keys(s.Attributes)) {
		t.word(name)
		for _, value := range s.Attributes[name] {
			t.word(value)
		}
		t.number(-1)
	}
	for i, r := range w.policy.Denies {
		if slices.ContainsFunc(r.Deny.Scopes, s.Within) {
			t.number(i)
		}
	}
	key := string(t.text)
	if _, ok := x.numbers[key]; !ok {
		x.numbers[key] = len(x.numbers)
	}
	x.kinds[s] = x.numbers[key]
	return x.kinds[s]
}
