// Package xlsx turns a table, its findings and its inputs into an Excel workbook with a sheet for each view, and
// reads the rows of one.
package xlsx

import (
	"context"
	"fmt"
	"io"
	"slices"

	"permc.dev/permc/compiler/ask/review"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// job is what a workbook is made of.
type job struct {
	*render.TableJob
	Policy *policy.Policy

	made   review.Made
	most   int // rows of a sheet, for tests
	shared *sharedTexts
}

func newJob(table *render.TableJob) *job {
	p := table.Project.Policy
	return &job{TableJob: table, Policy: p, made: table.Filter.Made(p)}
}

// Write writes the workbook and returns all findings. It flattens the users once to count, and again for each sheet
// of rows, so no table is in memory at once.
func Write(ctx context.Context, w io.Writer, table *render.TableJob) ([]diag.Finding, error) {
	return newJob(table).write(ctx, w)
}

func (in *job) write(ctx context.Context, w io.Writer) ([]diag.Finding, error) {
	s, err := surveyUsers(ctx, in)
	if err != nil {
		return nil, err
	}
	return s.found, writeSheets(ctx, w, in, planSheets(in, s))
}

// tell adds notes about limits of the workbook.
func (s *stream) tell() {
	for _, p := range s.parts {
		if p.name != p.sheet.name {
			s.in.Note(fmt.Sprintf("sheet %q is full and continues in %q", p.sheet.name, p.name))
		}
	}
	if s.reviewed() && (s.packed.n > review.MostFile || s.unpacked.n > mostUnpacked(s.packed.n)) {
		s.in.Note(fmt.Sprintf("the workbook has %d MiB, %d MiB unpacked, too much for permc review; use -f csv, or "+
			"--scope for fewer rows", s.packed.n>>20, s.unpacked.n>>20))
	}
	if n := s.cut.Load(); n > 0 {
		s.in.Note(fmt.Sprintf("cells longer than the %d characters that Excel allows: %d; they are cut and marked",
			mostUnits, n))
	}
}

// reviewed reports whether the workbook is a review sheet.
func (s *stream) reviewed() bool {
	return slices.ContainsFunc(s.parts, func(p part) bool { return p.review >= 0 })
}

// name returns what people call the product.
func (in *job) name() string {
	if in.Policy.Catalog.Title != "" {
		return in.Policy.Catalog.Title
	}
	return in.Policy.Catalog.Product
}

func (in *job) mostRows() int {
	if in.most > 0 {
		return in.most
	}
	return mostRows
}
