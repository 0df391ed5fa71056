package main

import (
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/drift"
	"permc.dev/permc/compiler/load/observe"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/render/html"
)

func driftCommand(g *globals) *cobra.Command {
	var outputs []flags.Output
	var in driftFlags
	cmd := &cobra.Command{
		Use:   "drift KIND FILE… [DIR…]",
		Short: "compare the declaration with exports of the system",
		Long: `Reads files that administrators export, and lists what is there and not declared,
what ended and is still there, and what is declared and not there. Fetches
nothing. KIND is one of ` + strings.Join(observe.Kinds, ", ") + `.
Ends with 3 if an export is not complete; --partial compares only what is.
--fix removes from the declaration what is not there, and disables who is disabled
there. It declares nothing new, and writes nothing if permc check would newly
fail.`,
		Example: examples(`
			permc drift entra support-members.csv
			permc drift table users.xlsx --map call-manager.map.yaml
			permc drift services-hub emea.json apac.json -f json
			permc drift services-hub emea.json --fix --diff
			permc drift dataverse --how`),
		Args: takes(1, unlimited),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := in.checkFix(cmd); err != nil {
				return err
			}
			return g.drift(cmd, args, &in, outputs)
		},
	}
	f := cmd.Flags()
	addOutputs(f, &outputs, "format of the answer", render.DriftFormats)
	in.flags(f)
	in.maxAge = -1
	f.Var(flags.Days(&in.maxAge), "max-age", "end with 3 if the files are older, e.g. 7d")
	f.BoolVar(&in.fix, "fix", false, "remove from the declaration what is not there; declare nothing new")
	f.BoolVarP(&in.change.diff, "diff", "d", false, "with --fix: print a unified diff, and write nothing")
	return cmd
}

// driftFlags are those of permc drift.
type driftFlags struct {
	observeFlags
	maxAge int
	fix    bool
	change changeFlags
}

// checkFix checks the flags that belong to --fix.
func (in *driftFlags) checkFix(cmd *cobra.Command) error {
	switch {
	case in.change.diff && !in.fix:
		return usage("--diff: add --fix; without it, permc drift edits nothing")
	case in.fix && cmd.Flags().Changed("format"):
		return usage("--fix prints what it edits: leave out -f")
	}
	return nil
}

func (g *globals) drift(cmd *cobra.Command, args []string, in *driftFlags, outputs []flags.Output) error {
	kind := args[0]
	if err := checkKind(kind); err != nil {
		return err
	}
	if in.how {
		return printHow(cmd, kind)
	}
	files, paths := splitFiles(args[1:])
	if err := in.check(kind, files); err != nil {
		return err
	}
	if err := in.fresh(files, g.date, in.maxAge); err != nil {
		return err
	}
	g.leaveOutExports(files...)
	g.leaveOutExports(in.mapFile)
	p, err := g.bound(cmd, paths)
	if err != nil {
		return err
	}
	seen, err := in.observe(cmd, kind, files, p)
	if err != nil {
		return err
	}
	d, err := drift.Ask(cmd.Context(), p, seen, drift.Options{Map: in.names, Scope: in.scope})
	if err != nil {
		return failed(err)
	}
	if in.fix {
		return g.fixDrift(cmd, p, paths, d, &in.change)
	}
	if err := g.writeDrift(cmd, p, d, outputs); err != nil {
		return err
	}
	return g.driftVerdict(p, d)
}

func (g *globals) writeDrift(cmd *cobra.Command, p *compiler.Project, d *drift.Drift, outputs []flags.Output) error {
	g.stopProgress()
	with := render.With{Summary: withSummary, Tool: func() render.Tool { return tool(p.Policy) }}
	return writeOutputs(cmd.OutOrStdout(), outputs, func(out *output, format string) error {
		with.Style = styleOf(out.raw)
		return render.WriteDrift(out, d, format, with, html.WriteDrift)
	})
}

// driftVerdict returns the exit that some differences call for.
func (g *globals) driftVerdict(p *compiler.Project, d *drift.Drift) error {
	failOn := g.failLevel(p.Policy)
	if errs, warnings := d.Errors(); failOn != "never" && errs > 0 || failOn == "warning" && warnings > 0 {
		return exit{code: exitFindings}
	}
	return nil
}

// printHow prints how to make the files of a kind.
func printHow(cmd *cobra.Command, kind string) error {
	return writeOutput(cmd.OutOrStdout(), flags.Output{Format: "text"}, func(out *output) error {
		_, err := out.WriteString(observe.How(kind))
		return err
	})
}
