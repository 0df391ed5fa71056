package reach

import "permc.dev/permc/compiler/policy"

// Memo keeps what is made of people's paths, once for all who have the same ones. It reuses its memory, so each
// goroutine needs its own.
type Memo[T any] struct {
	world    *World
	finder   *Finder
	profiler Profiler
	find     func(*Finder, *policy.User) T
	known    map[Profile]*kept[T]
}

// kept is what was made of the paths of somebody on some places.
type kept[T any] struct {
	value  T
	places []*Place
}

// NewMemo returns a memo of what a function makes of somebody's paths. It must copy what it keeps of them.
func NewMemo[T any](w *World, find func(*Finder, *policy.User) T) *Memo[T] {
	return &Memo[T]{
		world:    w,
		finder:   NewFinder(w),
		profiler: Profiler{World: w},
		find:     find,
		known:    map[Profile]*kept[T]{},
	}
}

// Of returns what is made of the paths of a user, maybe on the scopes of another one who has the same, and where those
// scopes are for this one. It returns nil for somebody who can give nothing.
func (m *Memo[T]) Of(a *policy.Access) (*T, Shift) {
	if a.User.Disabled || !m.world.CanGive(a) {
		return nil, Shift{}
	}
	profile, places := m.profiler.Of(a)
	x := m.get(profile, places, a.User)
	return &x.value, Shift{From: x.places, To: places}
}

// OnSameScopes does what Of does, for values whose scopes stay as they are: fewer people share them.
func (m *Memo[T]) OnSameScopes(a *policy.Access) *T {
	if a.User.Disabled || !m.world.CanGive(a) {
		return nil
	}
	return &m.get(m.profiler.Same(a.User), nil, a.User).value
}

func (m *Memo[T]) get(profile Profile, places []*Place, u *policy.User) *kept[T] {
	x := m.known[profile]
	if x == nil {
		x = &kept[T]{m.find(m.finder, u), places}
		m.known[profile] = x
	}
	return x
}
