package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/compiler/ask/review"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/render/xlsx"
)

func reviewCommand(g *globals) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "review SHEET [PATH…]",
		Short: "the lines that a filled review sheet wants changed",
		Long: `Reads a sheet that permc compile wrote (-f xlsx, or -f csv --review) and that
reviewers have filled: for each row that is to be removed, the lines to change
and what goes with them. The project is looked at as of the day of the sheet,
unless --as-of says otherwise. Ends with 1 where the sheet contradicts itself or
the table, is not complete, or where the changes bring findings.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(render.ReviewFormats, format) {
				return usage("-f %q: want one of %s", format, strings.Join(render.ReviewFormats, ", "))
			}
			return g.review(cmd, args[0], args[1:], format)
		},
	}
	cmd.Flags().StringVarP(&format, "format", "f", "text", "`FORMAT` of the answer: "+strings.Join(render.ReviewFormats, ", "))
	return cmd
}

func (g *globals) review(cmd *cobra.Command, name string, paths []string, format string) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(100) // a sheet leaves more behind than it is worth to keep
	}
	sheet, shown, err := readSheet(name)
	if err != nil {
		return failed(fmt.Errorf("%s: %w", name, err))
	}
	made, err := g.madeFrom(name, sheet)
	if err != nil {
		return err
	}
	p, err := g.bound(cmd, paths)
	if err != nil {
		return err
	}
	in, err := chosen(name, p.Policy, made)
	if err != nil {
		return err
	}
	done, err := review.Ask(cmd.Context(), p, sheet.NewMatch(in, shown))
	if err != nil {
		return failed(err)
	}
	r := &render.Review{Outcome: done.Outcome, Policy: p.Policy, Sheet: name, New: done.New, Stops: done.Stops}
	if err := g.answer(cmd, p, nil, format, func(out *output) error {
		if format == "json" {
			return render.ReviewJSON(out, r)
		}
		return render.ReviewText(out, r, styleOf(out.raw))
	}); err != nil {
		return err
	}
	failOn := g.failLevel(p.Policy)
	if errs, warnings := r.Errors(); failOn != "never" && errs > 0 || failOn == "warning" && warnings > 0 {
		return exit{code: exitFindings}
	}
	return nil
}

// readSheet reads a workbook or CSV, whichever it is, and returns how an id
// stands in such a sheet.
func readSheet(name string) (sheet *review.Sheet, shown func(string) string, err error) {
	raw, err := readBounded(name)
	if err != nil {
		var at *os.PathError
		if errors.As(err, &at) {
			err = at.Err
		}
		return nil, nil, err
	}
	var r review.Reader
	shown = xlsx.Shown
	switch {
	case bytes.HasPrefix(raw, []byte("PK\x03\x04")):
		err = xlsx.Read(raw, &r)
	case bytes.HasPrefix(raw, []byte("\xd0\xcf\x11\xe0")):
		err = errors.New("it is a workbook of an old kind, or has a password: save it as .xlsx, without one")
	default:
		err, shown = r.CSV(raw), render.ShownCSV
	}
	if err != nil {
		return nil, nil, err
	}
	sheet, err = r.Sheet()
	return sheet, shown, err
}

// readBounded reads a file that is not larger than any sheet may be.
func readBounded(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, review.MostFile+1))
	if err == nil && len(raw) > review.MostFile {
		err = fmt.Errorf("it is larger than %d MiB, and at most that is read", review.MostFile>>20)
	}
	return raw, err
}

// madeFrom is what a sheet was made from, or nil if it does not say. Its day is
// the day to look at.
func (g *globals) madeFrom(name string, s *review.Sheet) (*review.Made, error) {
	if len(s.Made) == 0 {
		return nil, nil
	}
	if len(s.Made) > 1 {
		return nil, usage("%s: its rows are of several tables: %s, and %s; review them one by one", name, s.Made[0], s.Made[1])
	}
	if g.asOf == "" {
		g.date = s.Made[0].AsOf
	}
	return &s.Made[0], nil
}

// chosen are the rows of a table that a sheet was made of. A name that the
// project no longer has chooses none.
func chosen(name string, p *policy.Policy, made *review.Made) (func(*policy.Row) bool, error) {
	if made == nil {
		return func(*policy.Row) bool { return true }, nil
	}
	if now := (&render.Filter{}).Made(p); now.Product != made.Product {
		return nil, usage("%s is about %q, and this project about %q", name, made.Product, now.Product)
	}
	f := filterFlags{made.User, made.Scope, made.Permission, made.Role, made.Affiliation}
	filter, err := f.bind(p)
	if err != nil {
		return func(*policy.Row) bool { return false }, nil
	}
	return filter.Match, nil
}
