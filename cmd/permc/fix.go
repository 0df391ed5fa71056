package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/compiler/edit/fix"
	"permc.dev/permc/compiler/render"
)

func fixCommand(g *globals) *cobra.Command {
	var rules []string
	var diff bool
	var path string
	cmd := &cobra.Command{
		Use:   "fix [PATH…]",
		Short: "mend what can be mended safely",
		Long: `Removes entries that stand there twice, for nothing, or after their end, and
renames what is misspelt where only one name can be meant. Comments and layout
stay. Each edit has been tried before anything is written: the table stays as it
is, and findings become fewer.`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			if path != "" && !diff {
				return usage("-o %s: goes with --diff, which writes nothing else", path)
			}
			return g.fix(cmd, paths, rules, diff, path)
		},
	}
	f := cmd.Flags()
	f.BoolVarP(&diff, "diff", "d", false, "print what would change as a unified diff, and write nothing")
	f.StringVarP(&path, "output", "o", "", "write the diff to `FILE`, exactly as patch and git apply want it")
	f.StringArrayVar(&rules, "rule", nil, "mend findings of this `RULE` only; may be repeated")
	return cmd
}

func (g *globals) fix(cmd *cobra.Command, paths, rules []string, diff bool, path string) error {
	for _, id := range rules {
		if known := slices.Concat(fix.Removed, fix.Renamed); !slices.Contains(known, id) {
			return usage("--rule %q: permc fix mends %s", id, strings.Join(known, ", "))
		}
	}
	result, err := g.mend(cmd, fix.Options{Options: g.options(paths), Rules: rules})
	if err != nil {
		return failed(err)
	}
	r := g.report(result.Project, result.Findings)
	if diff {
		if err := writeDiffs(cmd, path, result.Files); err != nil {
			return failed(err)
		}
		sayFixes(cmd.ErrOrStderr(), result, r, "can be mended")
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
	sayFixes(out, result, r, "mended")
	if err := out.close(nil); err != nil {
		return failed(err)
	}
	return g.verdict(r)
}

// writeDiffs writes how files change, and says where that cannot be shown as it
// is: a pipe may lead to a build's log.
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
		fmt.Fprintf(cmd.ErrOrStderr(), "permc: the diff does not apply: %s could be a command to a build server or steer a terminal, and has characters written as \\u{…}\nhelp: -o FILE writes the diff exactly\n",
			render.Plural(changed, "line"))
	}
	return out.close(nil)
}

// mend is what can be interrupted: nothing is written in it.
func (g *globals) mend(cmd *cobra.Command, opts fix.Options) (*fix.Result, error) {
	defer g.begin(cmd)()
	result, err := fix.Project(cmd.Context(), opts)
	g.stopProgress()
	return result, err
}

// sayFixes lists what was done, and what was not and why.
func sayFixes(w io.Writer, r *fix.Result, report *render.Findings, mended string) {
	say := func(f fix.Fix, text string) {
		fmt.Fprintf(w, "%s:%d:%d: %s [%s]\n", render.Safe(f.Pos.File), f.Pos.Line, f.Pos.Column, render.Safe(text), f.Rule)
	}
	for _, f := range r.Done {
		say(f, f.Text)
	}
	for _, f := range r.Left {
		say(f, "left: "+f.Text)
	}
	done := "nothing to mend"
	if len(r.Done) > 0 {
		done = fmt.Sprintf("%d %s in %s", len(r.Done), mended, render.Plural(len(r.Files), "file"))
	}
	if len(r.Left) > 0 {
		done += fmt.Sprintf(", %d left", len(r.Left))
	}
	if len(r.Done) > 0 && r.Done[0].Renamed {
		done += "; look at what was renamed"
	}
	s := report.Summary()
	fmt.Fprintf(w, "%s; permc check has %s, %s\n", done, render.Plural(s.Errors, "error"), render.Plural(s.Warnings, "warning"))
}
