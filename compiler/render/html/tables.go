package html

import (
	"fmt"
	"html/template"
	"slices"

	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/policy"
)

// scopeTable is the matrix of one scope: its people and their permissions.
type scopeTable struct {
	*view
	Scope       *policy.Scope
	Level       string
	Permissions []*policy.Permission
	Lines       []scopeLine
	Which       string // number of the piece, if the table is wide
}

// mostColumns limits the columns on a printed page.
const mostColumns = 24

// AnyWide reports whether to print in landscape, as all scopes are printed if one of them needs it.
func (v *view) AnyWide() bool {
	for _, t := range v.tables() {
		if t != nil && len(t.Permissions) > mostColumns/2 {
			return true
		}
	}
	return false
}

// Tables returns the table of the scope, in pieces that fit on a printed page.
func (s scopeView) Tables() (list []*scopeTable) {
	if s.Table == nil {
		return nil
	}
	n := len(s.Table.Permissions)
	pieces := (n + mostColumns - 1) / mostColumns
	for i := range pieces {
		from, to := i*n/pieces, (i+1)*n/pieces
		piece := &scopeTable{view: s.view, Scope: s.Scope, Level: s.Table.Level,
			Permissions: s.Table.Permissions[from:to]}
		if pieces > 1 {
			piece.Which = fmt.Sprintf(", %d of %d", i+1, pieces)
		}
		for _, l := range s.Table.Lines {
			if cells := l.Cells[from:to]; slices.ContainsFunc(cells, func(r *policy.Row) bool { return r != nil }) {
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
	Cells  []*policy.Row
}

// scopeView is a scope with everything its page shows.
type scopeView struct {
	*view
	*policy.Scope
	Table *scopeTable // nil if there is no row
}

// ShownScopes returns the scopes that the page lists.
func (v *view) ShownScopes() []*policy.Scope {
	if v.Whole != nil {
		return v.Whole.Part.Scopes
	}
	return slices.DeleteFunc(slices.Clone(v.Policy.Scopes), func(s *policy.Scope) bool { return !v.hasScope(s) })
}

// mostScopes limits the scopes with a page of their own though nobody has access there.
const mostScopes = 1000

// hasScopePage reports whether a scope has a page of its own.
func (v *view) hasScopePage(s *policy.Scope) bool {
	return v.Small() && v.hasScope(s) && (v.ScopeRows[s.Index] > 0 || len(v.Policy.Scopes) <= mostScopes)
}

// ScopeLines returns the lines about scopes.
func (v *view) ScopeLines() (list []scopeView) {
	for _, s := range v.ShownScopes() {
		list = append(list, scopeView{v, s, nil})
	}
	return list
}

// ScopePages returns the pages of scopes.
func (v *view) ScopePages() (list []scopeView) {
	if !v.Small() {
		return nil
	}
	tables := v.tables()
	for _, s := range v.ShownScopes() {
		if v.hasScopePage(s) {
			list = append(list, scopeView{v, s, tables[s.Index]})
		}
	}
	return list
}

// ShownChildren returns the scopes under it that the page lists.
func (s scopeView) ShownChildren() []*policy.Scope {
	return slices.DeleteFunc(slices.Clone(s.Children), func(c *policy.Scope) bool { return !s.hasScope(c) })
}

// LevelName returns the level of the scope.
func (s scopeView) LevelName() string { return s.Policy.Catalog.Levels[s.Level] }

// Count counts the people who hold something on the scope.
func (s scopeView) Count() report.Holders { return s.view.Scopes[s.Index] }

// Title names the scope of a table.
func (t *scopeTable) Title() template.HTML {
	if t.Scope.Title == "" {
		return plainText(t.Scope.Path)
	}
	return plainText(t.Scope.Title) + ` <span class="id">` + plainText(t.Scope.Path) + "</span>"
}

// inMatrix links to the matrix, filtered by a role or permission.
type inMatrix struct {
	*view
	Field, ID string
	Count     report.Holders
}

// Nobody returns the permissions that apply to the scope but that nobody holds.
func (s scopeView) Nobody() (list []*policy.Permission) {
	if s.Partial || s.Table == nil {
		return nil
	}
	for _, p := range s.newTable(s.Scope).Permissions {
		if p.Deprecated == "" && !slices.Contains(s.Table.Permissions, p) {
			list = append(list, p)
		}
	}
	return list
}

// tables returns the matrices of scopes by index, without empty columns.
func (v *view) tables() []*scopeTable {
	if v.matrices == nil {
		v.matrices = v.makeTables()
	}
	return v.matrices
}

func (v *view) makeTables() []*scopeTable {
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
			t.add(p, rows[:n])
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
		if slices.ContainsFunc(t.Lines, func(l scopeLine) bool { return l.Cells[c] != nil }) {
			used = append(used, c)
		}
	}
	pick := make([]*policy.Permission, len(used))
	for i, c := range used {
		pick[i] = t.Permissions[c]
	}
	for k, l := range t.Lines {
		cells := make([]*policy.Row, len(used))
		for i, c := range used {
			cells[i] = l.Cells[c]
		}
		t.Lines[k].Cells = cells
	}
	t.Permissions = pick
}

// newTable makes a table with a column for each permission that applies to the scope.
func (v *view) newTable(s *policy.Scope) *scopeTable {
	t := &scopeTable{view: v, Scope: s, Level: v.Policy.Catalog.Levels[s.Level]}
	for _, x := range v.Policy.Catalog.Permissions {
		if x.Levels.Has(s.Level) {
			t.Permissions = append(t.Permissions, x)
		}
	}
	return t
}

func (t *scopeTable) add(person *report.Person, rows []policy.Row) {
	line := scopeLine{person, make([]*policy.Row, len(t.Permissions))}
	for i := range rows {
		line.Cells[slices.Index(t.Permissions, rows[i].Permission)] = &rows[i]
	}
	t.Lines = append(t.Lines, line)
}

// rowAnchor returns the id of a row on its person's page.
func rowAnchor(r *policy.Row) string {
	return anchorID("user", r.User.ID+":"+r.Scope.Path+":"+r.Permission.ID)
}

// UsedScopes returns the scopes with a row.
func (v *view) UsedScopes() (list []*policy.Scope) {
	for _, s := range v.Policy.Scopes {
		if v.ScopeRows[s.Index] > 0 {
			list = append(list, s)
		}
	}
	return list
}
