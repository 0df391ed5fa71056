package html

import (
	"fmt"
	"slices"

	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/policy"
)

// scopeTable is the matrix of one scope: its people and their permissions.
type scopeTable struct {
	Scope       *policy.Scope
	Level       string
	Permissions []*policy.Permission
	Lines       []scopeLine
	Which       string // number of the piece, if the table is wide
}

// mostColumns limits the columns on a printed page.
const mostColumns = 24

// Wide reports whether to print the table in landscape.
func (s scopeView) Wide() bool { return s.Table != nil && len(s.Table.Permissions) > mostColumns/2 }

// Tables returns the table of the scope, in pieces that fit on a printed page.
func (s scopeView) Tables() (list []*scopeTable) {
	if s.Table == nil {
		return nil
	}
	n := len(s.Table.Permissions)
	pieces := (n + mostColumns - 1) / mostColumns
	for i := range pieces {
		from, to := i*n/pieces, (i+1)*n/pieces
		piece := &scopeTable{Scope: s.Scope, Level: s.Table.Level, Permissions: s.Table.Permissions[from:to]}
		if pieces > 1 {
			piece.Which = fmt.Sprintf(", %d of %d", i+1, pieces)
		}
		for _, l := range s.Table.Lines {
			if cells := l.Cells[from:to]; slices.ContainsFunc(cells, func(c cellOf) bool { return c.row != nil }) {
				piece.Lines = append(piece.Lines, scopeLine{l.Person, cells})
			}
		}
		list = append(list, piece)
	}
	return list
}

// scopeLine is one person on one scope; cells without a row are nil.
type scopeLine struct {
	Person *report.Person
	Cells  []cellOf
}

type cellOf struct {
	policy *policy.Policy
	row    *policy.Row
}

// scopeView is a scope with everything its page shows.
type scopeView struct {
	*view
	*policy.Scope
	Table *scopeTable // nil if there is no row
	File  string      // of its part, or "" if it is on this page
}

// ScopeCount counts the scopes of the page.
func (v *view) ScopeCount() int { return len(v.shownScopes()) }

func (v *view) shownScopes() []*policy.Scope {
	if v.Whole != nil {
		return v.Whole.Part.Scopes
	}
	return v.Policy.Scopes
}

// ScopePages returns the pages of scopes.
func (v *view) ScopePages() (list []scopeView) {
	files := map[*policy.Scope]string{}
	for _, l := range v.Parts {
		for _, s := range l.Part.Scopes {
			files[s] = l.File
		}
	}
	tables := v.tables()
	for _, s := range v.shownScopes() {
		list = append(list, scopeView{v, s, tables[s.Index], files[s]})
	}
	return list
}

// LevelName returns the level of the scope.
func (s scopeView) LevelName() string { return s.Policy.Catalog.Levels[s.Level] }

// Count counts the people who hold something on the scope.
func (s scopeView) Count() report.Holders { return s.view.Scopes[s.Index] }

// Href links to the matrix of the scope.
func (s scopeView) Href() string { return s.File + "#matrix?scope=" + s.Path }

// inMatrix links to the matrix, filtered by a role or permission.
type inMatrix struct {
	*view
	Field, ID string
	Count     report.Holders
}

// Nobody returns the permissions that apply to the scope but that nobody holds.
func (s scopeView) Nobody() (list []string) {
	for _, p := range s.newTable(s.Scope).Permissions {
		if p.Deprecated == "" && (s.Table == nil || !slices.Contains(s.Table.Permissions, p)) {
			list = append(list, p.ID)
		}
	}
	return list
}

// UsedScopes returns the scopes with a row.
func (v *view) UsedScopes() (list []*policy.Scope) {
	for _, t := range v.tables() {
		if t != nil {
			list = append(list, t.Scope)
		}
	}
	return list
}

// tables returns the matrices of scopes by index, without empty columns.
func (v *view) tables() []*scopeTable {
	byScope := make([]*scopeTable, len(v.Policy.Scopes))
	for _, p := range v.People {
		for rows := p.Rows; len(rows) > 0; {
			n := slices.IndexFunc(rows, func(r policy.Row) bool { return r.Scope != rows[0].Scope })
			if n < 0 {
				n = len(rows)
			}
			t := byScope[rows[0].Scope.Index]
			if t == nil {
				t = v.newTable(rows[0].Scope)
				byScope[t.Scope.Index] = t
			}
			t.add(v.Policy, p, rows[:n])
			rows = rows[n:]
		}
	}
	for _, t := range byScope {
		if t != nil {
			t.narrow()
		}
	}
	return byScope
}

// narrow drops empty columns.
func (t *scopeTable) narrow() {
	var used []int
	for c := range t.Permissions {
		if slices.ContainsFunc(t.Lines, func(l scopeLine) bool { return l.Cells[c].row != nil }) {
			used = append(used, c)
		}
	}
	pick := make([]*policy.Permission, len(used))
	for i, c := range used {
		pick[i] = t.Permissions[c]
	}
	for k, l := range t.Lines {
		cells := make([]cellOf, len(used))
		for i, c := range used {
			cells[i] = l.Cells[c]
		}
		t.Lines[k].Cells = cells
	}
	t.Permissions = pick
}

// newTable makes a table with a column for each permission that applies to the scope.
func (v *view) newTable(s *policy.Scope) *scopeTable {
	t := &scopeTable{Scope: s, Level: v.Policy.Catalog.Levels[s.Level]}
	for _, x := range v.Policy.Catalog.Permissions {
		if x.Levels.Has(s.Level) {
			t.Permissions = append(t.Permissions, x)
		}
	}
	return t
}

func (t *scopeTable) add(p *policy.Policy, person *report.Person, rows []policy.Row) {
	line := scopeLine{person, make([]cellOf, len(t.Permissions))}
	for i := range rows {
		line.Cells[slices.Index(t.Permissions, rows[i].Permission)] = cellOf{p, &rows[i]}
	}
	t.Lines = append(t.Lines, line)
}

// rowAnchor returns the id of a row on its person's page.
func rowAnchor(r *policy.Row) string {
	return anchorID("user", r.User.ID+":"+r.Scope.Path+":"+r.Permission.ID)
}
