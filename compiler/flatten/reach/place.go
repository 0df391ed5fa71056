package reach

import (
	"crypto/sha256"
	"maps"
	"slices"
	"sync"

	"permc.dev/permc/compiler/flatten"
	"permc.dev/permc/compiler/internal/keys"
	"permc.dev/permc/compiler/policy"
)

// Place is a scope, with all under it if what is given there may count there, too. The scopes of two places of one
// shape correspond to each other, one by one: what is given there counts in the same way.
type Place struct {
	scopes []*policy.Scope // sorted; the scope itself comes first
	shape  [sha256.Size]byte
	alone  []*Place // a list of this place alone, that many users share
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

// Shift leads from the scopes of one user to those that correspond to them for another. Without places, they are the
// same.
type Shift struct{ From, To []*Place }

// At returns the scope that corresponds to one, which may be nil.
func (x Shift) At(s *policy.Scope) *policy.Scope {
	if s == nil || len(x.From) == 0 {
		return s
	}
	i, at := find(x.From, s)
	return x.To[i].scopes[at]
}

// places makes each place once.
type places struct {
	mu      sync.Mutex
	byScope map[*policy.Scope]*Place
	kinds   map[*policy.Scope]int       // that two scopes share if the same counts there, by itself
	numbers map[string]int              // of the kinds
	others  map[*policy.Scope]keys.Text // what somebody else holds there
}

func (x *places) at(w *World, s *policy.Scope) *Place {
	x.mu.Lock()
	defer x.mu.Unlock()
	if p := x.byScope[s]; p != nil {
		return p
	}
	if x.byScope == nil {
		x.byScope, x.kinds, x.numbers = map[*policy.Scope]*Place{}, map[*policy.Scope]int{}, map[string]int{}
		x.others = w.heldByOthers()
	}
	p := &Place{scopes: []*policy.Scope{s}}
	for i := 0; i < len(p.scopes) && w.givable.extent > alone; i++ {
		p.scopes = append(p.scopes, p.scopes[i].Children...)
	}
	slices.SortFunc(p.scopes, func(a, b *policy.Scope) int { return a.Index - b.Index })
	number := make(map[*policy.Scope]int, len(p.scopes))
	var text keys.Text
	for i, inner := range p.scopes {
		number[inner] = i
		if i > 0 {
			text.Number(number[inner.Parent])
		}
		text.Number(x.kindOf(w, inner))
	}
	p.shape = sha256.Sum256(text)
	p.alone = []*Place{p}
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
	var t keys.Text
	t.Number(x.kindOf(w, s.Parent))
	t.Number(s.Level)
	t.Flag(s.Apart)
	if w.givable.extent > alone { // reach alone looks at labels
		t.Words(s.Labels)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Attributes)) {
		t.Word(name)
		t.Words(s.Attributes[name])
	}
	t.Number(-1)
	t = append(t, x.others[s]...)
	t.Number(-1)
	for i, r := range w.policy.Denies {
		if slices.ContainsFunc(r.Deny.Scopes, s.Within) {
			t.Number(i)
		}
	}
	known := string(t)
	if _, ok := x.numbers[known]; !ok {
		x.numbers[known] = len(x.numbers)
	}
	x.kinds[s] = x.numbers[known]
	return x.kinds[s]
}

// heldByOthers returns what somebody else of each affiliation holds, by scope, as keys.
func (w *World) heldByOthers() map[*policy.Scope]keys.Text {
	f := flatten.New(w.policy)
	all := map[*policy.Scope]keys.Text{}
	for who, u := range w.others {
		access := f.User(u)
		for i := range access.Roles {
			h := &access.Roles[i]
			t := all[h.Scope]
			t.Number(2 * who)
			t.Number(h.Role.Index)
			all[h.Scope] = t
		}
		for i := range access.Rows {
			r := &access.Rows[i]
			t := all[r.Scope]
			t.Number(2*who + 1)
			addRow(&t, r)
			all[r.Scope] = t
		}
	}
	return all
}
