// Package workbook turns a table, its findings and what it was made from into
// an Excel workbook with a sheet for each view, and reads the rows of one.
package workbook

import (
	"context"
	"io"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/review"
)

// Table flattens and checks every user, as compiler.Project.Table does.
type Table func(ctx context.Context, newRender func() func([]byte, *policy.Access) []byte, write func([]byte) error) ([]diag.Diagnostic, error)

// Input is what a workbook is made of.
type Input struct {
	Policy *policy.Policy
	Filter render.Filter
	Table  Table
	Report func([]diag.Diagnostic) *render.Report // what there is to say of findings

	made review.Made
	most int // rows of a sheet, where a test wants few
}

// Write writes the workbook and returns all findings. The users are flattened
// once to count, and again for each sheet of rows, so that no table of any size
// stands in memory.
func Write(ctx context.Context, w io.Writer, in *Input) ([]diag.Diagnostic, error) {
	in.made = in.Filter.Made(in.Policy)
	s, err := survey(ctx, in)
	if err != nil {
		return nil, err
	}
	return s.findings, write(ctx, w, in, plan(in, s))
}

// name is what people call the product.
func (in *Input) name() string {
	if in.Policy.Catalog.Title != "" {
		return in.Policy.Catalog.Title
	}
	return in.Policy.Catalog.Product
}

func (in *Input) mostRows() int {
	if in.most > 0 {
		return in.most
	}
	return mostRows
}
