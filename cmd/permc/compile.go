package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/review"
	"permc.dev/permc/compiler/ask/who"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/render/parquet"
	"permc.dev/permc/compiler/render/xlsx"
)

// compileFlags holds the flags of permc compile.
type compileFlags struct {
	format, path string
	review       string
	reviewer     string
	filters      filterFlags
	known        baselineFlags
	shard        shardFlags
}

func compileCommand(g *globals) *cobra.Command {
	var opts compileFlags
	cmd := &cobra.Command{
		Use:   "compile [PATH…]",
		Short: "print the effective-permission table",
		Long: `Prints the effective-permission table: one row for each user, scope and
permission. Findings go to standard error.`,
		Example: examples(`
			permc compile
			permc compile -f csv --scope contoso/emea
			permc compile --action export
			permc compile -f xlsx -o access.xlsx
			permc compile -f csv --review -o review.csv
			permc compile --shard 1/8 -f parquet -o part-1.parquet --state 1.json`),
		RunE: func(cmd *cobra.Command, paths []string) error { return g.compile(cmd, paths, &opts) },
	}
	f := cmd.Flags()
	addFormat(f, &opts.format, "format of the table", tableFormats)
	f.VarP(flags.File(&opts.path, ""), "output", "o", "write the table to this file, whole or not at all")
	f.Var(flags.Choice(&opts.review, "KIND", "", render.Reviews...), "review",
		"make a sheet that permc review reads: one row per assignment, grant and membership, or (rows) per permission")
	f.Lookup("review").NoOptDefVal = render.ByDecision
	f.Var(flags.User(&opts.reviewer), "reviewer", "with --review: only what this user should decide about, or nobody")
	opts.filters.flags(cmd)
	opts.known.flags(cmd)
	opts.shard.flags(cmd)
	return cmd
}

func (g *globals) compile(cmd *cobra.Command, paths []string, opts *compileFlags) error {
	switch {
	case opts.format == "xlsx":
		collectEarly(40)
	// The library for Parquet keeps a group of rows; reading every user leaves more behind than the users of a shard.
	case opts.format == "parquet", opts.shard.share.Of > 0:
		collectEarly(100)
	}
	if err := refuseTerminal(opts.format, opts.path, cmd.OutOrStdout()); err != nil {
		return err
	}
	if err := opts.check(); err != nil {
		return err
	}
	if err := opts.known.read(false); err != nil {
		return err
	}
	load := g.loadPassing
	if opts.looksUp() {
		load = g.loadShare
	}
	p, err := load(cmd, paths, opts.share())
	if err != nil {
		return err
	}
	if opts.shard.share.Of > 0 {
		return g.compileShard(cmd, p, opts)
	}
	findings, subject := p.Stopped, &about{}
	if p.Policy != nil {
		filter, err := opts.filters.bind(p.Policy)
		if err != nil {
			return err
		}
		subject = aboutFilter(p.Policy, &filter)
		if findings, err = g.table(cmd, p, opts); err != nil {
			return err
		}
	}
	g.stopProgress()
	r := opts.known.report(g.report(p, findings))
	if len(findings) > 0 {
		if err := g.findingsAbout(cmd, r, subject); err != nil {
			return err
		}
	}
	opts.known.printFixed(cmd.ErrOrStderr(), r)
	return g.verdict(r)
}

// looksUp reports whether users are looked up besides being visited.
func (opts *compileFlags) looksUp() bool {
	f := &opts.filters
	return f.user+f.group+f.affiliation+opts.review+opts.reviewer != "" || opts.format == "xlsx"
}

// check refuses flags that do not go together.
func (opts *compileFlags) check() error {
	if opts.review != "" && opts.format != "csv" && opts.format != "xlsx" {
		return usage("--review needs -f xlsx or -f csv, which reviewers can fill in")
	}
	if opts.reviewer != "" && opts.review != render.ByDecision {
		return usage("--reviewer needs --review, the sheet by decision")
	}
	return opts.shard.check(opts)
}

// table writes the table and notes for its reader, and returns all findings.
func (g *globals) table(cmd *cobra.Command, p *compiler.Project, opts *compileFlags) ([]diag.Finding, error) {
	filter, err := opts.filters.bind(p.Policy)
	if err != nil {
		return nil, err
	}
	var notes []string
	job := &render.TableJob{
		Project: p,
		Filter:  filter,
		Known:   func(found []diag.Finding) { opts.known.report(g.report(p, found)) },
		Note:    func(text string) { notes = append(notes, text) },
		Review:  opts.review,
		Made:    filter.Made(p.Policy),
	}
	if job.Made.Reviewer, err = reviewerID(p.Policy, opts.reviewer); err != nil {
		return nil, err
	}
	findings, err := writeTable(cmd.Context(), flags.Output{Format: opts.format, Path: opts.path}, cmd.OutOrStdout(),
		job)
	if err != nil {
		return nil, failed(err)
	}
	if text := upcoming(p.Policy, &filter); text != "" {
		notes = append(notes, text)
	}
	for _, note := range notes {
		fmt.Fprintf(cmd.ErrOrStderr(), "permc: %s\n", render.Safe(note))
	}
	return findings, nil
}

// reviewerID returns the id of a user, or the word for items without a reviewer.
func reviewerID(p *policy.Policy, name string) (string, error) {
	if name == "" || name == review.Unassigned {
		return name, nil
	}
	n := names{policy: p}
	if u := n.user("--reviewer", name); u != nil {
		return u.ID, nil
	}
	return "", n.err
}

func writeTable(ctx context.Context, o flags.Output, stdout io.Writer,
	job *render.TableJob) (findings []diag.Finding, err error) {
	err = writeOutput(stdout, o, func(out *output) (err error) {
		findings, err = render.WriteTable(ctx, out, job, o.Format, styleOf(out.raw), binaryTables)
		return err
	})
	return findings, err
}

// binaryTables are the formats of tables that are not text.
var binaryTables = map[string]render.TableWriter{"xlsx": xlsx.Write, "parquet": parquet.Write}

// tableFormats lists the formats of tables: text, and files that other programs open.
var tableFormats = append(slices.Clone(render.TableFormats), "xlsx", "parquet")

// refuseTerminal refuses to write a format that is not text to a terminal.
func refuseTerminal(format, path string, stdout io.Writer) error {
	if slices.Contains(render.TableFormats, format) || path != "" && path != "-" || !isTerminal(stdout) {
		return nil
	}
	return usage("-f %s is not text: write it to a file, e.g. -o access.%s", format, format)
}

// upcoming returns a line about entries that begin later, among those that the filter is about, or "".
func upcoming(p *policy.Policy, f *render.Filter) string {
	q := who.Question{
		Permission: f.Permission, Scope: f.Scope, Through: f.Role, User: f.User, Affiliation: f.Affiliation,
		Group: f.Group,
	}
	if f.Permission != nil && f.Action != "" {
		q.Actions = f.Permission.Set(f.Action)
	}
	return render.UpcomingText(q.Upcoming(p))
}

// filterFlags select rows.
type filterFlags struct{ user, scope, permission, action, role, affiliation, group string }

func (f *filterFlags) flags(cmd *cobra.Command) {
	set := cmd.Flags()
	set.Var(flags.User(&f.user), "user", "only rows of this user")
	set.VarP(flags.Scope(&f.scope), "scope", "s", "only rows on this scope and the scopes below")
	set.Var(flags.Permission(&f.permission), "permission", "only rows of this permission")
	set.Var(flags.Action(&f.action), "action", "only rows with this action left")
	set.Var(flags.Role(&f.role), "role", "only rows that come through this role")
	set.Var(flags.Affiliation(&f.affiliation), "affiliation", "only rows of users with this affiliation")
	set.Var(flags.Group(&f.group), "group", "only rows that come through this group")
}

// bind resolves the names; an unknown one is a wrong use of the command.
func (f *filterFlags) bind(p *policy.Policy) (out render.Filter, err error) {
	n := names{policy: p}
	if f.user != "" {
		if u := n.user("--user", f.user); u != nil {
			out.User = u.ID
		}
	}
	if f.scope != "" {
		out.Scope = n.scope("--scope", f.scope)
	}
	if f.permission != "" {
		out.Permission = n.permission("--permission", f.permission)
	}
	if f.action != "" {
		n.action("--action", f.action, out.Permission)
	}
	if f.role != "" {
		out.Role = n.role("--role", f.role)
	}
	if f.affiliation != "" {
		n.affiliation("--affiliation", f.affiliation)
	}
	if f.group != "" {
		if g := n.group("--group", f.group); g != nil {
			out.Group = g.ID
		}
	}
	out.Affiliation, out.Action = f.affiliation, f.action
	return out, n.err
}
