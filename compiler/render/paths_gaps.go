package render

import (
	"slices"

	"permc.dev/permc/compiler/ask/paths"
	"permc.dev/permc/compiler/policy"
)

// gappedText is text about paths that several people may share: it has gaps for the person and for scopes.
type gappedText struct {
	text []byte
	gaps []textGap
}

// textGap is a place in a text that lacks the path of a scope or, if there is none, the id of the person.
type textGap struct {
	at    int
	scope *policy.Scope
}

func (t *gappedText) add(s string) { t.text = append(t.text, s...) }

func (t *gappedText) addIf(yes bool, s string) {
	if yes {
		t.add(s)
	}
}

func (t *gappedText) scope(s *policy.Scope) { t.gaps = append(t.gaps, textGap{len(t.text), s}) }

func (t *gappedText) person() { t.scope(nil) }

// scopes says on which scopes, if on any.
func (t *gappedText) scopes(on []*policy.Scope) {
	for i, s := range on {
		t.addIf(i == 0, " on ")
		t.addIf(i > 0, ", ")
		t.scope(s)
	}
}

// fill appends a part of the text, with some gaps, about somebody, and to starts where the gaps begin.
func (t *gappedText) fill(b []byte, starts []int, u *paths.User, from, to int, gaps []textGap) ([]byte, []int) {
	for i := range gaps {
		g := &gaps[i]
		b = append(b, t.text[from:g.at]...)
		from = g.at
		starts = append(starts, len(b))
		b = append(b, fillOf(u, g.scope)...)
	}
	return append(b, t.text[from:to]...), starts
}

// about returns the text about somebody.
func (t *gappedText) about(u *paths.User) string {
	b, _ := t.fill(nil, nil, u, 0, len(t.text), t.gaps)
	return string(b)
}

// store keeps copies of many short lists in few blocks of memory.
type store[T any] struct{ block []T }

func (s *store[T]) keep(list []T) []T {
	const length = 1 << 12
	if cap(s.block)-len(s.block) < len(list) {
		s.block = make([]T, 0, max(length, len(list)))
	}
	from := len(s.block)
	s.block = append(s.block, list...)
	return slices.Clip(s.block[from:])
}
