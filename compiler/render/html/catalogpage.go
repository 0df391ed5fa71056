package html

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// catalogPage is what the template sees of a catalog.
type catalogPage struct {
	*assets
	*policy.Catalog
	Matrices []render.CatalogMatrix
	Cells    []render.Cell
	Sureness string
	Origins  []render.Sourced
}

// WriteCatalog writes the page of what a product can give.
func WriteCatalog(w io.Writer, c *policy.Catalog) error {
	cells, sureness := render.CatalogCells(c)
	page := &catalogPage{assets: loadPlainAssets("plain"), Catalog: c, Matrices: render.CatalogMatrices(c),
		Cells: cells, Sureness: sureness, Origins: render.SourcesOf(c)}
	var b bytes.Buffer
	if err := parsed().ExecuteTemplate(&b, "catalog-page", page); err != nil {
		return err
	}
	_, err := w.Write(render.PageText(b.Bytes()))
	return err
}

// Legend returns the letters that the matrices use.
func (p *catalogPage) Legend() []render.MatrixMark { return legendOf(p.Matrices) }

// legendOf returns the letters that matrices use.
func legendOf(matrices []render.CatalogMatrix) []render.MatrixMark {
	used := ""
	for _, m := range matrices {
		for _, r := range m.Rows {
			used += strings.Join(r.Cells, "")
		}
	}
	return slices.DeleteFunc(render.CatalogMarks(), func(m render.MatrixMark) bool {
		return !strings.Contains(used, m.Mark)
	})
}
