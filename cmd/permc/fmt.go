package main

import (
	"errors"
	"fmt"
	"io"

	cueerrors "cuelang.org/go/cue/errors"
	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler/edit/fix"
	"permc.dev/permc/compiler/edit/layout"
	"permc.dev/permc/compiler/edit/source"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

func fmtCommand(g *globals) *cobra.Command {
	var check, diff bool
	var path string
	cmd := &cobra.Command{
		Use:   "fmt [PATH…]",
		Short: "format CUE and YAML files",
		Long: `Formats the declarations of the project, and lists the files that it wrote: CUE as
cue fmt does; YAML with two spaces, without needless quotes, and with the fields
of users, groups and entries in the order of the language. Keeps comments, blank
lines and what declarations mean. Does not change files of other formats or of
other programs.`,
		Example: examples(`
			permc fmt
			permc fmt --check
			permc fmt --diff access`),
		RunE: func(cmd *cobra.Command, paths []string) error {
			if len(paths) == 0 {
				paths = []string{"."}
			}
			if path != "" && !diff {
				return usage("-o %s: add --diff; without it, permc fmt edits the files themselves", path)
			}
			return g.fmt(cmd, paths, check, diff, path)
		},
	}
	f := cmd.Flags()
	f.BoolVarP(&check, "check", "l", false,
		"list the files that would change, write nothing, and exit 1 if there are any")
	f.BoolVarP(&diff, "diff", "d", false, "print a unified diff, write nothing, and exit 1 if anything would change")
	f.VarP(flags.File(&path, ""), "output", "o", "write the diff to this file, exactly as patch and git apply need it")
	return cmd
}

func (g *globals) fmt(cmd *cobra.Command, paths []string, check, diff bool, path string) error {
	files, skipped, err := load.Sources(paths, ".cue", ".yaml")
	if err != nil {
		return failed(err)
	}
	if g.verbose {
		for _, s := range skipped {
			fmt.Fprintf(cmd.ErrOrStderr(), "skipped %s: %s\n", render.Safe(s.Name), s.Reason)
		}
	}
	if len(files.All()) == 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "permc: nothing to format: no declaration in CUE or YAML here\n")
	}
	changed, broken := formatted(cmd.ErrOrStderr(), files)
	if diff {
		err = writeDiffs(cmd, path, changed)
	} else {
		if !check {
			err = replace(changed)
		}
		if err == nil {
			err = printNames(cmd.OutOrStdout(), changed)
		}
	}
	switch {
	case err != nil:
		return failed(err)
	case broken:
		return exit{code: exitUnreadable}
	case (check || diff) && len(changed) > 0:
		return exit{code: exitFindings}
	}
	return nil
}

func printNames(stdout io.Writer, files []fix.File) error {
	out, err := create("", stdout)
	if err != nil {
		return err
	}
	out.guard("text")
	for _, f := range files {
		fmt.Fprintln(out, render.Safe(f.Name))
	}
	return out.close(nil)
}

// formatted returns the files that formatting changes. It reports a file that cannot be formatted with the place of
// the error.
func formatted(stderr io.Writer, files *policy.Files) (changed []fix.File, broken bool) {
	for i, f := range files.All() {
		out, err := formatFile(f)
		if err != nil {
			broken = true
			printBroken(stderr, files, int32(i+1), err)
			continue
		}
		if string(out) != string(f.Raw()) {
			changed = append(changed, fix.File{Name: f.Name, Old: f.Raw(), New: out})
		}
	}
	return changed, broken
}

func formatFile(f *policy.File) ([]byte, error) {
	if source.SyntaxOf(f.Name) == source.YAML {
		return layout.YAML(f.Raw())
	}
	return layout.CUE(f.Name, f.Raw())
}

func printBroken(stderr io.Writer, files *policy.Files, num int32, err error) {
	name := render.Safe(files.File(num).Name)
	var list cueerrors.Error
	if !errors.As(err, &list) {
		fmt.Fprintf(stderr, "%s: error: %s\n", name, render.Safe(err.Error()))
		return
	}
	for _, e := range cueerrors.Errors(cueerrors.Sanitize(list)) {
		format, args := e.Msg()
		at := files.Position(policy.Pos{File: num, Off: uint32(e.Position().Offset())})
		fmt.Fprintf(stderr, "%s:%d:%d: error: %s\n", name, at.Line, at.Column,
			render.Safe(fmt.Sprintf(format, args...)))
	}
}
