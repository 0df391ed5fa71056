package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/who"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/render/parquet"
	"permc.dev/permc/compiler/render/xlsx"
)

func compileCommand(g *globals) *cobra.Command {
	var format, path string
	var forReview bool
	var filters filterFlags
	var known baselineFlags
	cmd := &cobra.Command{
		Use:   "compile [PATH…]",
		Short: "print the effective-permission table",
		RunE: func(cmd *cobra.Command, paths []string) error {
			if err := checkFormat(format, path, cmd.OutOrStdout()); err != nil {
				return err
			}
			if forReview {
				if format != "csv" && format != "xlsx" {
					return usage("--review goes with -f xlsx or -f csv, which reviewers can fill")
				}
				if format == "csv" {
					format = render.ReviewCSV
				}
			}
			if err := known.read(false); err != nil {
				return err
			}
			p, err := g.load(cmd, paths)
			if err != nil {
				return err
			}
			findings := p.Stopped
			if p.Policy != nil {
				filter, err := filters.bind(p.Policy)
				if err != nil {
					return err
				}
				mark := func(found []diag.Diagnostic) { known.report(g.report(p, found)) }
				t := table{project: p, format: format, filter: filter, mark: mark}
				if findings, err = t.write(cmd.Context(), path, cmd.OutOrStdout()); err != nil {
					return failed(err)
				}
				t.notes = append(t.notes, t.upcoming()...)
				t.tell(cmd.ErrOrStderr())
			}
			g.stopProgress()
			r := known.report(g.report(p, findings))
			if len(findings) > 0 {
				if err := render.FindingsText(cmd.ErrOrStderr(), r, styleOf(cmd.ErrOrStderr())); err != nil {
					return failed(err)
				}
			}
			known.tell(cmd.ErrOrStderr(), r)
			return g.verdict(r)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&format, "format", "f", "text", "`FORMAT` of the table: "+strings.Join(tableFormats, ", "))
	f.StringVarP(&path, "output", "o", "", "write the table to `FILE`, whole or not at all")
	f.BoolVar(&forReview, "review", false, "with columns that a reviewer fills, for permc review (xlsx has them anyway)")
	filters.flags(cmd)
	known.flags(cmd)
	return cmd
}

// tableFormats are the formats of tables: those that are text, and files that
// other programs open.
var tableFormats = append(slices.Clone(render.TableFormats), "xlsx", "parquet")

// checkFormat refuses a format that is not known, and one that is no text where
// people would read it.
func checkFormat(format, path string, stdout io.Writer) error {
	switch {
	case !slices.Contains(tableFormats, format):
		return usage("-f %q: want one of %s", format, strings.Join(tableFormats, ", "))
	case slices.Contains(render.TableFormats, format) || path != "" && path != "-" || !isTerminal(stdout):
		return nil
	}
	return usage("-f %s is not text: write it to a file, as in -o access.%s", format, format)
}

// table is one to be written.
type table struct {
	project *compiler.Project
	format  string
	filter  render.Filter
	mark    func([]diag.Diagnostic) // those in the baseline
	notes   []string                // what the reader should know of what was written
}

// upcoming says in a line that entries begin later, of those the filter is about.
func (t *table) upcoming() []string {
	f := &t.filter
	q := who.Question{Permission: f.Permission, Scope: f.Scope, Through: f.Role, User: f.User, Affiliation: f.Affiliation}
	if text := render.UpcomingText(q.Upcoming(t.project.Policy)); text != "" {
		return []string{text}
	}
	return nil
}

func (t *table) tell(stderr io.Writer) {
	for _, note := range t.notes {
		fmt.Fprintf(stderr, "permc: %s\n", render.Safe(note))
	}
}

// write writes the table and returns all findings.
func (t *table) write(ctx context.Context, path string, stdout io.Writer) (findings []diag.Diagnostic, err error) {
	out, err := create(path, stdout)
	if err != nil {
		return nil, err
	}
	out.guard(t.format)
	switch t.format {
	case "xlsx":
		in := &xlsx.Input{Policy: t.project.Policy, Filter: t.filter, Table: t.project.Table, Known: t.mark,
			Note: func(text string) { t.notes = append(t.notes, text) }}
		for _, s := range t.project.Skipped {
			in.Skipped = append(in.Skipped, s.Name)
		}
		findings, err = xlsx.Write(ctx, out, in)
	case "parquet":
		findings, err = parquet.Write(ctx, out, t.project.Policy, t.filter, t.project.Table)
	default:
		findings, err = t.writeText(ctx, out)
	}
	return findings, out.close(err)
}

func (t *table) writeText(ctx context.Context, out *output) ([]diag.Diagnostic, error) {
	x := render.NewTable(t.project.Policy, t.format, t.filter, styleOf(out.raw))
	if _, err := out.Write(x.Head(nil)); err != nil {
		return nil, err
	}
	findings, err := t.project.Table(ctx, x.User, x.Writer(out))
	if err != nil {
		return nil, err
	}
	_, err = out.Write(x.Tail(nil))
	return findings, err
}

// filterFlags select rows.
type filterFlags struct{ user, scope, permission, role, affiliation string }

func (f *filterFlags) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.user, "user", "", "only rows of this `USER`")
	flags.StringVarP(&f.scope, "scope", "s", "", "only rows on this `SCOPE` and under it")
	flags.StringVar(&f.permission, "permission", "", "only rows of this `PERMISSION`")
	flags.StringVar(&f.role, "role", "", "only rows that come through this `ROLE`")
	flags.StringVar(&f.affiliation, "affiliation", "", "only rows of users of this `AFFILIATION`")
}

// bind resolves the names; an unknown one is a wrong use of the command.
func (f *filterFlags) bind(p *policy.Policy) (out render.Filter, err error) {
	n := names{policy: p}
	if f.user != "" {
		n.user("--user", f.user)
	}
	if f.scope != "" {
		out.Scope = n.scope("--scope", f.scope)
	}
	if f.permission != "" {
		out.Permission = n.permission("--permission", f.permission)
	}
	if f.role != "" {
		out.Role = n.role("--role", f.role)
	}
	if f.affiliation != "" {
		n.affiliation("--affiliation", f.affiliation)
	}
	out.User, out.Affiliation = f.user, f.affiliation
	return out, n.err
}
