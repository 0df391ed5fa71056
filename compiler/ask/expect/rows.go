package expect

import (
	"iter"
	"sort"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// held has the rows of one user, for many expectations: each looks only at those that it may be about.
type held struct {
	*policy.Access
	all []*policy.Row                        // nil: few expectations, which look at all rows
	of  map[*policy.Permission][]*policy.Row // some of all
}

// hold returns the rows of a user for so many expectations.
func hold(a *policy.Access, expectations int) *held {
	const few = 8
	h := &held{Access: a}
	if expectations <= few {
		return h
	}
	h.all, h.of = make([]*policy.Row, len(a.Rows)), map[*policy.Permission][]*policy.Row{}
	for i := range a.Rows {
		r := &a.Rows[i]
		h.all[i], h.of[r.Permission] = r, append(h.of[r.Permission], r)
	}
	return h
}

// rows iterates over the rows, at least those of a permission, or of any if it is nil, on scopes that the expectation
// covers, in order.
func (h *held) rows(e *Expectation, p *policy.Permission) iter.Seq[*policy.Row] {
	return func(yield func(*policy.Row) bool) {
		if h.all == nil {
			for i := range h.Rows {
				if !yield(&h.Rows[i]) {
					return
				}
			}
			return
		}
		list := h.all
		if p != nil {
			list = h.of[p]
		}
		for _, part := range cover(list, e) {
			for _, r := range part {
				if !yield(r) {
					return
				}
			}
		}
	}
}

// any reports whether a function holds for one of these rows.
func (h *held) any(e *Expectation, p *policy.Permission, f func(*policy.Row) bool) bool {
	for r := range h.rows(e, p) {
		if f(r) {
			return true
		}
	}
	return false
}

// cover returns the rows on scopes that an expectation covers: those on its scope, and those below. The paths of scopes
// below one begin like no others, and rows are sorted by path.
func cover(rows []*policy.Row, e *Expectation) (parts [2][]*policy.Row) {
	s := e.scope
	if s == nil {
		return [2][]*policy.Row{rows}
	}
	rows = rows[sort.Search(len(rows), func(i int) bool { return rows[i].Scope.Index >= s.Index }):]
	parts[0] = rows[:sort.Search(len(rows), func(i int) bool { return rows[i].Scope.Index > s.Index })]
	if e.Entry.Can.Given() {
		return parts
	}
	inside := s.Path + "/"
	rows = rows[sort.Search(len(rows), func(i int) bool { return rows[i].Scope.Path >= inside }):]
	parts[1] = rows[:sort.Search(len(rows), func(i int) bool { return !strings.HasPrefix(rows[i].Scope.Path, inside) })]
	return parts
}
