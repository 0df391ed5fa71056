package render

import (
	"context"
	"io"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/drift"
	"permc.dev/permc/compiler/ask/review"
	"permc.dev/permc/compiler/diag"
)

// TableJob is a table to write.
type TableJob struct {
	Project *compiler.Project
	Filter  Filter
	Known   func([]diag.Finding) // marks the findings that are in a baseline
	Note    func(string)         // takes what the reader should know about the file
	Review  string               // one of Reviews, or "": a table to read
	Made    review.Made          // what a review sheet is made from

	Observed []*drift.Drift // exports of the system, for a report
}

// The kinds of review sheets.
const (
	ByDecision   = "decisions"
	ByPermission = "rows"
)

// Reviews are the kinds of review sheets.
var Reviews = []string{ByDecision, ByPermission}

// TableWriter writes a table and returns all findings of the project.
type TableWriter func(ctx context.Context, w io.Writer, job *TableJob) ([]diag.Finding, error)

// WriteTable writes a table in one of TableFormats, ReviewCSV, or a format of
// others, which need packages of their own. It returns all findings.
func WriteTable(ctx context.Context, w io.Writer, job *TableJob, format string, style Style,
	others map[string]TableWriter) ([]diag.Finding, error) {
	if write := others[format]; write != nil {
		return write(ctx, w, job)
	}
	if format == "csv" && job.Review == ByDecision {
		return writeItems(ctx, w, job)
	}
	if format == "csv" && job.Review == ByPermission {
		format = ReviewCSV
	}
	t := NewTable(job.Project.Policy, format, job.Filter, style)
	if _, err := w.Write(t.Head(nil)); err != nil {
		return nil, err
	}
	findings, err := compiler.Each(ctx, job.Project, t.User, t.Writer(w))
	if err != nil {
		return nil, err
	}
	_, err = w.Write(t.Tail(nil))
	return findings, err
}
