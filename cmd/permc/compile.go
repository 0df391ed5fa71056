package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
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
		Long: `Prints the effective-permission table: one row for each user, scope and
permission. Findings go to standard error.`,
		Example: examples(`
			permc compile
			permc compile -f csv --scope contoso/emea
			permc compile -f xlsx -o access.xlsx
			permc compile -f csv --review -o review.csv`),
		RunE: func(cmd *cobra.Command, paths []string) error {
			if err := refuseTerminal(format, path, cmd.OutOrStdout()); err != nil {
				return err
			}
			if forReview {
				if format != "csv" && format != "xlsx" {
					return usage("--review needs -f xlsx or -f csv, which reviewers can fill in")
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
				mark := func(found []diag.Finding) { known.report(g.report(p, found)) }
				t := table{project: p, format: format, filter: filter, mark: mark}
				if findings, err = t.write(cmd.Context(), path, cmd.OutOrStdout()); err != nil {
					return failed(err)
				}
				t.notes = append(t.notes, t.upcoming()...)
				t.printNotes(cmd.ErrOrStderr())
			}
			g.stopProgress()
			r := known.report(g.report(p, findings))
			if len(findings) > 0 {
				if err := render.FindingsText(cmd.ErrOrStderr(), r, styleOf(cmd.ErrOrStderr())); err != nil {
					return failed(err)
				}
			}
			known.printFixed(cmd.ErrOrStderr(), r)
			return g.verdict(r)
		},
	}
	f := cmd.Flags()
	addFormat(f, &format, "format of the table", tableFormats)
	f.VarP(flags.File(&path, ""), "output", "o", "write the table to this file, whole or not at all")
	f.BoolVar(&forReview, "review", false, "add the columns that permc review reads (xlsx always has them)")
	filters.flags(cmd)
	known.flags(cmd)
	return cmd
}

// tableFormats lists the formats of tables: text, and files that other programs open.
var tableFormats = append(slices.Clone(render.TableFormats), "xlsx", "parquet")

// refuseTerminal refuses to write a format that is not text to a terminal.
func refuseTerminal(format, path string, stdout io.Writer) error {
	if slices.Contains(render.TableFormats, format) || path != "" && path != "-" || !isTerminal(stdout) {
		return nil
	}
	return usage("-f %s is not text: write it to a file, e.g. -o access.%s", format, format)
}

// table writes the table of a project.
type table struct {
	project *compiler.Project
	format  string
	filter  render.Filter
	mark    func([]diag.Finding) // those in the baseline
	notes   []string             // for the reader of what was written
}

// upcoming returns a line about entries that begin later, among those that the filter is about.
func (t *table) upcoming() []string {
	f := &t.filter
	q := who.Question{Permission: f.Permission, Scope: f.Scope, Through: f.Role, User: f.User, Affiliation: f.Affiliation}
	if text := render.UpcomingText(q.Upcoming(t.project.Policy)); text != "" {
		return []string{text}
	}
	return nil
}

func (t *table) printNotes(stderr io.Writer) {
	for _, note := range t.notes {
		fmt.Fprintf(stderr, "permc: %s\n", render.Safe(note))
	}
}

// write writes the table and returns all findings.
func (t *table) write(ctx context.Context, path string, stdout io.Writer) (findings []diag.Finding, err error) {
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

func (t *table) writeText(ctx context.Context, out *output) ([]diag.Finding, error) {
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
	set := cmd.Flags()
	set.Var(flags.User(&f.user), "user", "only rows of this user")
	set.VarP(flags.Scope(&f.scope), "scope", "s", "only rows on this scope and the scopes below")
	set.Var(flags.Permission(&f.permission), "permission", "only rows of this permission")
	set.Var(flags.Role(&f.role), "role", "only rows that come through this role")
	set.Var(flags.Affiliation(&f.affiliation), "affiliation", "only rows of users with this affiliation")
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
