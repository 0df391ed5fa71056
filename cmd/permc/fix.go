package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler/edit/fix"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

func fixCommand(g *globals) *cobra.Command {
	var ids []string
	var diff bool
	var path string
	cmd := &cobra.Command{
		Use:   "fix [PATH…]",
		Short: "fix findings that can be fixed safely",
		Long: `Removes duplicate, redundant and expired entries, corrects misspelt names if only
one name can be meant, and makes the edits that permc check asks for where only
one is possible, such as missing quotes. Keeps comments and layout. Verifies each
edit before it writes anything: the table stays the same, and there are fewer
findings.`,
		Example: examples(`
			permc fix --diff
			permc fix
			permc fix --rule expired --rule duplicate-grant
			permc fix --diff -o permc.patch`),
		RunE: func(cmd *cobra.Command, paths []string) error {
			if path != "" && !diff {
				return usage("-o %s: add --diff; without it, permc fix edits the files themselves", path)
			}
			return g.fix(cmd, paths, ids, diff, path)
		},
	}
	f := cmd.Flags()
	f.BoolVarP(&diff, "diff", "d", false, "print a unified diff, and write nothing")
	f.VarP(flags.File(&path, ""), "output", "o", "write the diff to this file, exactly as patch and git apply need it")
	f.Var(flags.Choices(&ids, "RULE", fix.Rules()...), "rule", "fix findings of this rule only; may be repeated")
	return cmd
}

func (g *globals) fix(cmd *cobra.Command, paths, rules []string, diff bool, path string) error {
	result, err := g.findFixes(cmd, fix.Options{Options: g.options(paths), Rules: rules})
	if err != nil {
		return failed(err)
	}
	if err := oneProject(result.Project, paths, "fix"); err != nil && !diff {
		return err
	}
	r := g.report(result.Project, result.Findings)
	if diff {
		if err := writeDiffs(cmd, path, result.Files); err != nil {
			return failed(err)
		}
		printFixes(cmd.ErrOrStderr(), result, r, "Can fix")
		return g.verdict(r)
	}
	if err := replace(result.Files); err != nil {
		return failed(err)
	}
	out, err := create("", cmd.OutOrStdout())
	if err != nil {
		return err
	}
	out.guard("text")
	printFixes(out, result, r, "Fixed")
	if err := out.close(nil); err != nil {
		return failed(err)
	}
	return g.verdict(r)
}

// writeDiffs writes how files change. If some lines cannot be shown as they are, because a pipe may lead to a build's
// log, it says so.
func writeDiffs(cmd *cobra.Command, path string, files []fix.File) error {
	out, err := create(path, cmd.OutOrStdout())
	if err != nil {
		return err
	}
	reader := render.PatchPipe
	switch {
	case out.temp != nil:
		reader = render.PatchFile
	case isTerminal(out.raw):
		reader = render.PatchTerminal
	}
	changed := 0
	for _, f := range files {
		n, err := render.Patch(out, f.Name, f.Old, f.New, reader, styleOf(out.raw))
		if err != nil {
			return out.close(err)
		}
		changed += n
	}
	if changed > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(),
			"permc: this diff does not apply: %s could be a command to a build server or steer a terminal, so some "+
				"characters are written as \\u{…}\nhelp: -o FILE writes the exact diff\n",
			render.Plural(changed, "line"))
	}
	return out.close(nil)
}

// findFixes finds what can be fixed. It writes nothing, so it can be interrupted.
func (g *globals) findFixes(cmd *cobra.Command, opts fix.Options) (*fix.Result, error) {
	defer g.begin(cmd)()
	result, err := fix.Project(cmd.Context(), opts)
	g.stopProgress()
	return result, err
}

// printFixes lists what was fixed, and what was not and why.
func printFixes(w io.Writer, r *fix.Result, report *render.Findings, fixed string) {
	say := func(f fix.Fix, text string) {
		fmt.Fprintf(w, "%s:%d:%d: %s [%s]\n", render.Safe(f.Pos.File), f.Pos.Line, f.Pos.Column, render.Safe(text),
			f.Rule)
	}
	for _, f := range r.Done {
		say(f, f.Text)
	}
	for _, f := range r.Left {
		say(f, "not fixed: "+f.Text)
	}
	done := "Nothing to fix"
	if len(r.Done) > 0 {
		done = fmt.Sprintf("%s %d in %s", fixed, len(r.Done), render.Plural(len(r.Files), "file"))
	}
	if n := len(r.Left); n > 0 {
		done += fmt.Sprintf(", %d %s you", n, map[bool]string{true: "needs", false: "need"}[n == 1])
	}
	if len(r.Done) > 0 && r.Done[0].Renamed {
		done += ". Check the renames"
	}
	s := report.Summary()
	fmt.Fprintf(w, "%s. permc check: %s, %s\n", done, render.Plural(s.Errors, "error"),
		render.Plural(s.Warnings, "warning"))
}

// mostTried limits the bytes of a project that check tries to fix: some thousand users, more than people write by hand.
// Trying takes about as long as checking.
const mostTried = 1 << 18

// mostTries limits how often it tries edits: each loads the project again.
const mostTries = 250

// countFixable tries to fix the findings of a project, and returns how many can be fixed. It tries nothing if no
// finding is of a kind that can be, or if trying would take long.
func (g *globals) countFixable(ctx context.Context, paths []string, r *render.Findings) (n int) {
	size := 0
	for _, f := range r.Files.Own() {
		if !f.Shipped {
			size += len(f.Data)
		}
	}
	if size > mostTried {
		return 0
	}
	open := map[string]bool{}
	key := func(at policy.Position, rule string) string {
		return fmt.Sprintf("%s:%d:%d %s", at.File, at.Line, at.Column, rule)
	}
	for i := range r.Findings {
		d := &r.Findings[i]
		if fix.CanFix(d) && !d.Baseline {
			open[key(r.Files.Position(d.Pos), d.Rule)] = true
		}
	}
	if len(open) == 0 {
		return 0
	}
	opts := g.options(paths)
	opts.Progress = nil
	result, err := fix.Project(ctx, fix.Options{Options: opts, MostTries: mostTries})
	if err != nil {
		return 0
	}
	for _, f := range result.Done {
		if k := key(f.Pos, f.Rule); open[k] {
			open[k] = false
			n++
		}
	}
	return n
}
