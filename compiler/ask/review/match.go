package review

import (
	"slices"
	"sync"

	"permc.dev/permc/compiler/policy"
)

// Match finds the rows of a sheet in today's table.
type Match struct {
	sheet *Sheet
	in    func(*policy.Row) bool // reports whether a row was selected for the sheet
	shown func(string) string    // returns a user's id as the sheet shows it

	mu      sync.Mutex
	workers []*Worker
}

// NewMatch begins to look for a sheet's rows.
func (s *Sheet) NewMatch(in func(*policy.Row) bool, shown func(string) string) *Match {
	return &Match{sheet: s, in: in, shown: shown}
}

// Worker finds rows for one goroutine.
type Worker struct {
	*Match
	marker  Marker
	found   []found
	altered []altered
	asked   []asked
	missing []policy.Row // the first rows that the sheet lacks
	lacking int          // number of rows that the sheet lacks
	groups  map[groupEntry]*use
	self    []int32
	key     name
	user    *policy.User
	units   []unit // of the current row
}

// found is a row of the sheet that is in the table.
type found struct {
	row   int32
	stale bool   // the table has changed
	now   string // its contents now, if stale
}

// altered is a row of the sheet with the mark of another row.
type altered struct {
	row int32
	of  string
}

// asked is a row of the table that a reviewer wants removed.
type asked struct {
	row   int32
	table policy.Row
}

// groupEntry is an entry of a group.
type groupEntry struct {
	pos   policy.Pos
	group *policy.Group
}

// use counts the rows that come through a group's entry.
type use struct{ rows, removed int }

// mostMissing limits the listed rows that the sheet lacks.
const mostMissing = 100

// Worker returns a worker for one goroutine.
func (m *Match) Worker() *Worker {
	w := &Worker{Match: m, marker: Marker{Exact: m.sheet.exact}, groups: map[groupEntry]*use{}}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.workers = append(m.workers, w)
	return w
}

// User examines the rows of one user.
func (w *Worker) User(a *policy.Access) {
	for i := range a.Rows {
		w.lookAtRow(&a.Rows[i])
	}
}

func (w *Worker) lookAtRow(r *policy.Row) {
	if r.User != w.user {
		w.user, w.key = r.User, w.sheet.nameOf(w.shown(r.User.ID), "", "")
	}
	w.key.scope, w.key.permission = r.Scope.Path, r.Permission.ID
	w.units = w.sheet.appendUnits(w.units[:0], w.key, r, &w.marker)
	for i := range w.units {
		w.lookAtUnit(&w.units[i])
	}
}

func (w *Worker) lookAtUnit(u *unit) {
	r := &u.row
	var mark uint64
	if len(w.sheet.byMark.first) > 0 {
		mark = w.marker.sum(r)
		w.findMarks(mark, r)
	}
	removed := false
	for _, i := range u.sheet {
		x := &w.sheet.Rows[i]
		stale := x.mark != 0 && x.mark != mark
		f := found{row: i, stale: stale}
		if stale {
			f.now = describeRow(r)
		}
		w.found = append(w.found, f)
		if x.Decision == Remove && !removed {
			removed = true
			w.asked = append(w.asked, asked{i, *r.Clone()})
		}
		if x.Decision != Undecided && isOwnAccess(x.By, r.User, w.sheet.exact) {
			w.self = append(w.self, i)
		}
	}
	if len(u.sheet) == 0 && w.in(r) {
		if w.lacking++; len(w.missing) < mostMissing {
			w.missing = append(w.missing, *r.Clone())
		}
	}
	w.countUses(r, removed)
}

// findMarks finds rows of the sheet with the mark of r under another name.
func (w *Worker) findMarks(mark uint64, r *policy.Row) {
	for i := range w.sheet.byMark.of(mark) {
		x := &w.sheet.Rows[i]
		if w.sheet.name(x) != w.key {
			w.altered = append(w.altered, altered{i, r.User.ID + " " + r.Permission.ID + " on " + r.Scope.Path})
		}
	}
}

// countUses counts the rows that need an entry of a group, or should lose it. A row with another source needs none.
func (w *Worker) countUses(r *policy.Row, removed bool) {
	var last groupEntry
	for i := range r.Via {
		v := &r.Via[i]
		k := groupEntry{v.Pos, v.Group}
		if v.Group == nil || k == last {
			continue
		}
		last = k
		if !removed && slices.ContainsFunc(r.Via, func(x policy.Via) bool { return groupEntry{x.Pos, x.Group} != k }) {
			continue
		}
		u := w.groups[k]
		if u == nil {
			u = &use{}
			w.groups[k] = u
		}
		u.rows++
		if removed {
			u.removed++
		}
	}
}

// describeRow returns the contents of a row of the table in a few words.
func describeRow(r *policy.Row) string {
	text := policy.JoinNames(r.Permission.Names(r.Actions), ", ")
	if !r.Held() {
		text = "no action left"
	}
	switch r.Records {
	case policy.OwnRecords:
		text += ", own records only"
	case policy.GroupRecords:
		text += ", records of the group only"
	}
	if r.User.Waits() {
		text += ", " + r.User.Status()
	}
	if r.Ends != 0 {
		text += ", until " + r.Ends.String()
	}
	return text
}
