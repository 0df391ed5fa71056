package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/render/xlsx"
)

// evidence is a record of a review to write.
type evidence struct {
	path, sheetSum, tableSum string
	project                  *compiler.Project
	review                   *render.Review
}

// checkEvidence refuses a name that does not say which format is meant, and that of the sheet.
func checkEvidence(path, sheet string) error {
	if path == "" {
		return nil
	}
	if ext := strings.ToLower(filepath.Ext(path)); ext != ".html" && ext != ".xlsx" {
		return usage("--evidence %q: end the name in .xlsx or .html", path)
	}
	old, err := os.Stat(path)
	if err != nil {
		return nil // a new file
	}
	if in, err := os.Stat(sheet); err == nil && os.SameFile(old, in) {
		return usage("--evidence %q is the sheet itself: name another file", path)
	}
	return nil
}

// newEvidence reads the sums before anything changes. It returns nil if no record is wanted.
func newEvidence(ctx context.Context, path, sheet string, p *compiler.Project, r *render.Review) (*evidence, error) {
	if path == "" {
		return nil, nil
	}
	raw, err := readBounded(sheet)
	if err != nil {
		return nil, err
	}
	table := sha256.New()
	job := &render.TableJob{Project: p, Known: func([]diag.Finding) {}, Note: func(string) {}}
	if _, err := render.WriteTable(ctx, table, job, "csv", false, nil); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(raw)
	return &evidence{path, hex.EncodeToString(sum[:]), hex.EncodeToString(table.Sum(nil)), p, r}, nil
}

// write writes the record, whole or not at all, and says on standard error that it did.
func (e *evidence) write(cmd *cobra.Command, state string) error {
	if e == nil {
		return nil
	}
	ctx := cmd.Context()
	format := strings.TrimPrefix(strings.ToLower(filepath.Ext(e.path)), ".")
	err := writeOutput(nil, flags.Output{Format: format, Path: e.path}, func(out *output) error {
		record := render.NewEvidence(e.review, state, e.sheetSum, e.tableSum)
		if format == "html" {
			return render.EvidenceHTML(out, record)
		}
		job := &render.TableJob{Project: e.project, Known: func([]diag.Finding) {}, Note: func(string) {}}
		return xlsx.WriteEvidence(ctx, out, job, record)
	})
	if err != nil {
		return failed(err)
	}
	if _, err := fmt.Fprintf(cmd.ErrOrStderr(), "permc: wrote the record %s\n", render.Safe(e.path)); err != nil {
		return failed(err)
	}
	return nil
}
