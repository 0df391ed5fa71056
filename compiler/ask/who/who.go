package who

import (
	"slices"
	"strings"
	"sync"

	"permc.dev/permc/compiler/policy"
)

// Question asks who holds a role or a permission; one of the two is set. What
// else is empty does not matter.
type Question struct {
	Role       *policy.Role
	Permission *policy.Permission
	Actions    policy.Actions // of the permission: one of them must be left; 0: any

	Scope       *policy.Scope // with its subtree
	Through     *policy.Role  // that the permission must come through
	User        string
	Affiliation string
}

// Who is everyone who holds what was asked for: rows of permissions, or of
// roles, in order of user and scope.
type Who struct {
	Question
	Holders Holders
	Invited Holders // who will hold it, and does not count as holding it

	Disabled Holders // likewise, once enabled again
	Denied   Holders // of whom deny rules take what they would hold
}

// Holders are rows; one of the two lists is used.
type Holders struct {
	Rows  []policy.Row
	Roles []RoleRow
}

// Totals count a list of holders.
type Totals struct{ Users, Scopes int }

// Totals count distinct users and scopes.
func (h *Holders) Totals() Totals {
	users, scopes := map[*policy.User]bool{}, map[*policy.Scope]bool{}
	for i := range h.Rows {
		users[h.Rows[i].User], scopes[h.Rows[i].Scope] = true, true
	}
	for i := range h.Roles {
		users[h.Roles[i].User], scopes[h.Roles[i].Scope] = true, true
	}
	return Totals{len(users), len(scopes)}
}

func (h *Holders) sort() {
	slices.SortStableFunc(h.Rows, func(x, y policy.Row) int { return strings.Compare(x.User.ID, y.User.ID) })
	slices.SortStableFunc(h.Roles, func(x, y RoleRow) int { return strings.Compare(x.User.ID, y.User.ID) })
}

func (h *Holders) add(more *Holders) {
	h.Rows = append(h.Rows, more.Rows...)
	h.Roles = append(h.Roles, more.Roles...)
}

// Search looks for the answer, at one user after the other, on several cores.
type Search struct {
	question Question
	mu       sync.Mutex
	parts    []*Who
}

// NewSearch begins a search.
func NewSearch(q Question) *Search { return &Search{question: q} }

// Worker returns a function that looks at one user. Each goroutine uses its own.
func (s *Search) Worker() func(*policy.Access) {
	w := &Who{Question: s.question}
	s.mu.Lock()
	s.parts = append(s.parts, w)
	s.mu.Unlock()
	return w.look
}

// Answer is what all workers have found.
func (s *Search) Answer() *Who {
	all := &Who{Question: s.question}
	for _, w := range s.parts {
		all.Holders.add(&w.Holders)
		all.Invited.add(&w.Invited)
		all.Disabled.add(&w.Disabled)
		all.Denied.add(&w.Denied)
	}
	for _, h := range []*Holders{&all.Holders, &all.Invited, &all.Disabled, &all.Denied} {
		h.sort()
	}
	return all
}

func (w *Who) look(a *policy.Access) {
	if w.User != "" && w.User != a.User.ID || w.Affiliation != "" && w.Affiliation != a.User.Affiliation {
		return
	}
	if w.Role != nil {
		into := w.into(a.User)
		into.Roles = append(into.Roles, roleRows(a, func(h *policy.Held) bool { return h.Role == w.Role && w.covers(h.Scope) })...)
		return
	}
	for i := range a.Rows {
		if r := &a.Rows[i]; r.Permission == w.Permission && w.covers(r.Scope) {
			w.row(r)
		}
	}
}

func (w *Who) covers(s *policy.Scope) bool { return w.Scope == nil || s.Within(w.Scope) }

func (w *Who) into(u *policy.User) *Holders {
	switch {
	case u.Invited:
		return &w.Invited
	case u.Disabled:
		return &w.Disabled
	}
	return &w.Holders
}

// row sorts a row of the permission in, by what is left of the wanted actions
// that its sources give: all of them, or those through a role.
func (w *Who) row(r *policy.Row) {
	given := w.given(r) & w.Wanted()
	if given == 0 {
		return
	}
	parts := r.Parts()
	if r.Actions&given == 0 {
		w.Denied.Rows = append(w.Denied.Rows, *parts[0].Clone()) // which lists what is withheld
		return
	}
	into := w.into(r.User)
	for i := range parts {
		if parts[i].Actions&given != 0 {
			into.Rows = append(into.Rows, *parts[i].Clone())
		}
	}
}

// given are the actions that the sources of a row give, before deny.
func (w *Who) given(r *policy.Row) (actions policy.Actions) {
	for i := range r.Via {
		if v := &r.Via[i]; w.Through == nil || v.Through(r, w.Through) {
			actions |= v.Actions
		}
	}
	return actions
}

// Wanted are the actions of which one must be left.
func (q *Question) Wanted() policy.Actions {
	if q.Actions == 0 {
		return q.Permission.All()
	}
	return q.Actions
}
