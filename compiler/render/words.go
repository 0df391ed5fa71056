package render

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/ask/review"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// What tables say, for the formats that are packages of their own.

// Rows returns those that pass the filter, as tables write them: a row whose
// actions differ in access or end is several.
func (f *Filter) Rows(rows []policy.Row) []policy.Row { return f.rows(policy.Split(rows)) }

// Match reports whether a row passes the filter.
func (f *Filter) Match(r *policy.Row) bool { return f.match(r) }

// Made is what a table is, of which the filter chooses rows.
func (f *Filter) Made(p *policy.Policy) review.Made {
	m := review.Made{Product: cmp.Or(p.Catalog.Product, "table"), AsOf: p.AsOf, User: f.User, Affiliation: f.Affiliation}
	if f.Scope != nil {
		m.Scope = f.Scope.Path
	}
	if f.Permission != nil {
		m.Permission = f.Permission.ID
	}
	if f.Role != nil {
		m.Role = f.Role.ID
	}
	return m
}

// choose returns one of two wordings, for one thing or for several.
func choose(n int, one, several string) string {
	if n == 1 {
		return one
	}
	return several
}

// countPeople counts people in words.
func countPeople(n int) string { return grouped(n) + " " + choose(n, "person", "people") }

// Access is "own", if only the user's own records are meant, or "all".
func Access(r *policy.Row) string { return access(r) }

// PartTerms say, of a row whose actions differ, which records each reaches, and
// until when.
func PartTerms(r *policy.Row) (list []string) {
	parts := r.Parts()
	for i := range parts {
		records, end := "all records", "no expiry"
		if parts[i].Own {
			records = "own records only"
		}
		if parts[i].Ends != 0 {
			end = "until " + parts[i].Ends.String()
		}
		list = append(list, actionText(&parts[i])+": "+records+", "+end)
	}
	return list
}

// Sources are where a row comes from, in words, each said once.
func Sources(r *policy.Row) string { return sources(r) }

// Silenced is by what a finding is silenced, and why, or "".
func Silenced(d *diag.Diagnostic) string {
	if !d.Silenced() {
		return ""
	}
	return silencedBy(d) + ": " + whySilenced(d)
}

// CatalogMatrix is a catalog as cells in few letters: a row for each permission
// of some levels, a column for each role and for the user alone.
type CatalogMatrix struct {
	Levels  []string
	Columns []string
	Rows    []MatrixRow
}

// MatrixRow is one permission, with a cell for each column.
type MatrixRow struct {
	Permission *policy.Permission
	Cells      []string
}

// MatrixMark is a letter of cells.
type MatrixMark struct{ Mark, Means string }

// CatalogMatrices are what roles give, one matrix for each set of levels that
// permissions have, outermost first.
func CatalogMatrices(c *policy.Catalog) (list []CatalogMatrix) {
	m := newMatrix(c)
	columns := append(c.RoleIDs(), everybody)
	for set := range levelSets(c) {
		x := CatalogMatrix{Levels: c.LevelNames(set), Columns: columns}
		for _, p := range c.Permissions {
			if p.Levels == set {
				x.Rows = append(x.Rows, MatrixRow{p, m.row(p, columns)})
			}
		}
		list = append(list, x)
	}
	return list
}

func (m *matrix) row(p *policy.Permission, columns []string) (cells []string) {
	for _, column := range columns {
		x, ok := m.cells[[2]string{p.ID, column}]
		if !ok {
			cells = append(cells, "")
			continue
		}
		cells = append(cells, x.code())
	}
	return cells
}

// CatalogMarks are the letters of a catalog's cells.
func CatalogMarks() (list []MatrixMark) {
	for _, l := range slices.Clone(legend) {
		list = append(list, MatrixMark{l.mark, l.means})
	}
	return list
}
