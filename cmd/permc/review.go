package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/review"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/render/xlsx"
)

func reviewCommand(g *globals) *cobra.Command {
	var opts reviewFlags
	cmd := &cobra.Command{
		Use:   "review SHEET [PATH…]",
		Short: "list or make the changes that a filled review sheet asks for",
		Long: `Reads a sheet that permc compile --review wrote (-f xlsx or csv) and that
reviewers have filled in. Lists the lines to change, and what each of them
removes. --diff prints the edits, --apply makes them: all or none, and none if
anything is wrong with the sheet. Evaluates the project as of the day of the
sheet, unless --as-of is given. Ends with 1 if the sheet contradicts itself or
the table, is not complete, or if the changes add findings.`,
		Example: examples(`
			permc review review.xlsx
			permc review review.xlsx --diff
			permc review review.xlsx --apply
			permc review review.xlsx --apply --evidence review.html
			permc review review.csv access -f json`),
		Args: takes(1, unlimited),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.review(cmd, args[0], args[1:], &opts)
		},
	}
	addFormat(cmd.Flags(), &opts.format, "format of the answer", render.ReviewFormats)
	cmd.Flags().BoolVarP(&opts.diff, "diff", "d", false, "print the edits as a unified diff, and write nothing")
	cmd.Flags().BoolVar(&opts.apply, "apply", false, "make the edits in the files of the declaration")
	cmd.Flags().Var(flags.File(&opts.evidence, ""), "evidence",
		"write the record for an auditor to this file, .xlsx or .html")
	cmd.MarkFlagsMutuallyExclusive("diff", "apply")
	return cmd
}

// reviewFlags holds the flags of permc review.
type reviewFlags struct {
	format      string
	diff, apply bool
	evidence    string
}

func (g *globals) review(cmd *cobra.Command, name string, paths []string, opts *reviewFlags) error {
	collectEarly(100)
	if err := checkEvidence(opts.evidence, name); err != nil {
		return err
	}
	sheet, shown, err := readSheet(name)
	if err != nil {
		return failed(fmt.Errorf("%s: %w", name, err))
	}
	made, err := g.madeFrom(name, sheet)
	if err != nil {
		return err
	}
	today := policy.DateOf(time.Now())
	if g.given("as-of") {
		today = g.date
	}
	g.today = today
	p, err := g.bound(cmd, paths)
	if err != nil {
		return err
	}
	in, err := chosen(name, p.Policy, made)
	if err != nil {
		return err
	}
	done, err := askReview(cmd.Context(), p, sheet, in, shown, today)
	if err != nil {
		return failed(err)
	}
	r := &render.Review{
		Outcome:  done.Outcome,
		Policy:   p.Policy,
		Sheet:    name,
		New:      done.New,
		Stops:    done.Stops,
		Confirms: len(done.Confirms),
		Outdated: len(done.Outdated),
	}
	return g.finishReview(cmd, p, paths, r, done, opts)
}

// finishReview prints, shows or makes what a review asks for, and writes the evidence of just that.
func (g *globals) finishReview(cmd *cobra.Command, p *compiler.Project, paths []string, r *render.Review,
	done *review.Reviewed, opts *reviewFlags) error {
	record, err := newEvidence(cmd.Context(), opts.evidence, r.Sheet, p, r)
	if err != nil {
		return failed(err)
	}
	if opts.diff || opts.apply {
		state, err := g.applyReview(cmd, p, paths, r, done, opts)
		if failed := record.write(cmd, state); failed != nil && err == nil {
			return failed
		}
		return err
	}
	if err := record.write(cmd, render.NotApplied); err != nil {
		return err
	}
	return g.printReview(cmd, p, r, opts)
}

func (g *globals) printReview(cmd *cobra.Command, p *compiler.Project, r *render.Review, opts *reviewFlags) error {
	err := g.answer(cmd, p, nil, &about{}, opts.format, func(out *output) error {
		return render.WriteReview(out, r, opts.format, styleOf(out.raw))
	})
	if err != nil {
		return err
	}
	failOn := g.failLevel(p.Policy)
	if errs, warnings := r.Errors(); failOn != "never" && errs > 0 || failOn == "warning" && warnings > 0 {
		return exit{code: exitFindings}
	}
	return nil
}

// askReview answers a filled sheet of either kind.
func askReview(ctx context.Context, p *compiler.Project, sheet *review.Sheet, in func(*policy.Row) bool,
	shown func(string) string, today policy.Date) (*review.Reviewed, error) {
	if sheet.Items {
		return review.AskItems(ctx, p, sheet, in, shown, today)
	}
	return review.Ask(ctx, p, sheet.NewMatch(in, shown))
}

// readSheet reads a workbook or CSV, whichever it is. It also returns how such a sheet shows an id.
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
		err = errors.New("an .xls or password-protected workbook: save it as .xlsx without a password")
	default:
		err, shown = r.CSV(raw), render.ShownCSV
	}
	if err != nil {
		return nil, nil, err
	}
	sheet, err = r.Sheet()
	return sheet, shown, err
}

// readBounded reads a file, up to the size that a sheet may have.
func readBounded(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, review.MostFile+1))
	if err == nil && len(raw) > review.MostFile {
		err = fmt.Errorf("larger than %d MiB, the limit of a sheet", review.MostFile>>20)
	}
	return raw, err
}

// madeFrom returns the table that a sheet was made from, or nil if it does not say. The day of the sheet becomes the
// day to evaluate.
func (g *globals) madeFrom(name string, s *review.Sheet) (*review.Made, error) {
	if len(s.Made) == 0 {
		return nil, nil
	}
	if len(s.Made) > 1 {
		return nil, usage("%s: rows of several tables: %s, and %s; review one table at a time", name, s.Made[0],
			s.Made[1])
	}
	if !g.given("as-of") {
		g.date = s.Made[0].AsOf
	}
	return &s.Made[0], nil
}

// chosen returns a filter for the rows that a sheet was made from. A name that the project no longer has matches none.
func chosen(name string, p *policy.Policy, made *review.Made) (func(*policy.Row) bool, error) {
	if made == nil {
		return func(*policy.Row) bool { return true }, nil
	}
	if now := (&render.Filter{}).Made(p); now.Product != made.Product {
		return nil, usage("%s is about %q, and this project about %q", name, made.Product, now.Product)
	}
	f := filterFlags{user: made.User, scope: made.Scope, permission: made.Permission, action: made.Action,
		role:        made.Role,
		affiliation: made.Affiliation, group: made.Group}
	filter, err := f.bind(p)
	if err != nil {
		return func(*policy.Row) bool { return false }, nil
	}
	return filter.Match, nil
}
