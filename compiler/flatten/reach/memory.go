package reach

// memory holds the short lists of one search.
type memory struct {
	acts    slab[Act]
	reasons slab[Reason]
	gains   slab[Gain]
	chains  slab[int]
	paths   slab[*Act]
}

// reset frees the memory for the next search.
func (m *memory) reset() {
	m.acts.reset()
	m.reasons.reset()
	m.gains.reset()
	m.chains.reset()
	m.paths.reset()
}

// keep keeps the paths of the last search. They share blocks of memory with those of others.
func (m *memory) keep() {
	m.acts.keep()
	m.reasons.keep()
	m.gains.keep()
	m.paths.keep()
}

// slab hands out memory for many short lists. All of it is free again after reset, unless it is kept.
type slab[T any] struct{ free []T }

// take returns a list of some length.
func (s *slab[T]) take(n int) []T {
	if cap(s.free)-len(s.free) < n {
		s.free = make([]T, 0, max(n, min(2*cap(s.free), 1<<12), 64))
	}
	at := len(s.free)
	s.free = s.free[:at+n]
	return s.free[at : at+n : at+n]
}

// reset frees what was handed out last, but for what is kept.
func (s *slab[T]) reset() { s.free = s.free[:0] }

// keep keeps what was handed out.
func (s *slab[T]) keep() { s.free = s.free[len(s.free):] }
