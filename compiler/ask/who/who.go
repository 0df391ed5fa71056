package who

import (
	"slices"
	"strings"
	"sync"

	"permc.dev/permc/compiler/policy"
)

// Question asks who holds a role or a permission; one of the two is set. Every other field may be empty.
type Question struct {
	Role       *policy.Role
	Permission *policy.Permission
	Actions    policy.Actions // of the permission: one of them must be held; 0: any

	Scope       *policy.Scope // and its subtree
	Through     *policy.Role  // the role that must give the permission
	User        string
	Affiliation string
	Group       string // that must have the entry
}

// Who lists everyone who holds the role or permission: rows in order of user and scope.
type Who struct {
	Question
	Holders Holders
	Invited Holders // not active yet

	Disabled Holders // likewise, once enabled again
	Denied   Holders // of whom deny rules take what they would hold
}

// Holders are rows; only one of the two lists is used.
type Holders struct {
	Rows  []policy.Row
	Roles []RoleRow
}

// Totals count a list of holders.
type Totals struct{ Users, Scopes int }

// Totals counts distinct users and scopes.
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

// Search collects the answer from several goroutines.
type Search struct {
	question Question
	mu       sync.Mutex
	parts    []*Who
}

// NewSearch begins a search.
func NewSearch(q Question) *Search { return &Search{question: q} }

// Worker returns a function that looks at one user. Each goroutine needs its own.
func (s *Search) Worker() func(*policy.Access) {
	w := &Who{Question: s.question}
	s.mu.Lock()
	s.parts = append(s.parts, w)
	s.mu.Unlock()
	return w.lookAt
}

// Answer returns what all workers have found.
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

func (w *Who) lookAt(a *policy.Access) {
	if w.User != "" && w.User != a.User.ID ||
		w.Affiliation != "" && w.Affiliation != a.User.Affiliation {
		return
	}
	if w.Role != nil {
		into := w.listFor(a.User)
		into.Roles = append(into.Roles, collectRoleRows(a, func(h *policy.Held) bool {
			return h.Role == w.Role && w.covers(h.Scope) && (w.Group == "" || h.Group != nil && h.Group.ID == w.Group)
		})...)
		return
	}
	var copies policy.ViaCopies
	for i := range a.Rows {
		if r := &a.Rows[i]; r.Permission == w.Permission && w.covers(r.Scope) {
			w.addRow(r, &copies)
		}
	}
}

func (w *Who) covers(s *policy.Scope) bool { return w.Scope == nil || s.Within(w.Scope) }

func (w *Who) listFor(u *policy.User) *Holders {
	switch {
	case u.Invited:
		return &w.Invited
	case u.Disabled:
		return &w.Disabled
	}
	return &w.Holders
}

// addRow files a row under holders, invited or denied, by the wanted actions that its sources give and that are left.
func (w *Who) addRow(r *policy.Row, copies *policy.ViaCopies) {
	given := w.givenActions(r) & w.Wanted()
	if given == 0 {
		return
	}
	parts := r.Parts()
	if r.Actions&given == 0 {
		w.Denied.Rows = append(w.Denied.Rows, copies.Clone(&parts[0])) // the first part lists what is withheld
		return
	}
	into := w.listFor(r.User)
	for i := range parts {
		if parts[i].Actions&given != 0 {
			into.Rows = append(into.Rows, copies.Clone(&parts[i]))
		}
	}
}

// givenActions returns the actions that the sources of a row give, before deny.
func (w *Who) givenActions(r *policy.Row) (actions policy.Actions) {
	for i := range r.Via {
		if v := &r.Via[i]; (w.Through == nil || v.Through(r, w.Through)) && (w.Group == "" || v.IsOf(w.Group)) {
			actions |= v.Actions
		}
	}
	return actions
}

// Wanted returns the actions of which a holder needs one.
func (q *Question) Wanted() policy.Actions {
	if q.Actions == 0 {
		return q.Permission.All()
	}
	return q.Actions
}
