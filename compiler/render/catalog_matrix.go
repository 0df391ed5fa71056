package render

import (
	"cmp"
	"slices"

	"permc.dev/permc/compiler/policy"
)

// CatalogMatrix shows a catalog as letters: a row for each permission of some levels, and a column for each role and
// for the user.
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

// MatrixMark is a letter of a cell.
type MatrixMark struct{ Mark, Means string }

// CatalogMatrices returns what roles give, one matrix for each set of levels, outermost first.
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

// CatalogMarks returns the letters of a catalog's cells.
func CatalogMarks() (list []MatrixMark) {
	for _, l := range slices.Clone(legend) {
		list = append(list, MatrixMark{l.mark, l.means})
	}
	return list
}

// CatalogCells returns the cells of a catalog in order of permission and role, and
// how many are how sure.
func CatalogCells(c *policy.Catalog) (cells []Cell, sureness string) {
	m := newMatrix(c)
	return m.sorted(), m.confidence()
}

// Words says in words what a cell gives.
func (x Cell) Words() string {
	if x.Cell == "G" {
		return "can be granted"
	}
	text := cmp.Or(x.Depth, "reach "+x.Reach)
	if x.Access == "own" {
		text += ", own records"
	}
	if x.When != "" {
		text += ", only with " + x.When
	}
	if x.Through != "" {
		text += ", through " + x.Through
	}
	return Safe(text)
}

// AllSources returns the sources of a cell, the one that carries it first.
func (x Cell) AllSources() []string {
	if x.Source == "" {
		return nil
	}
	return append([]string{x.Source}, x.Backing...)
}
