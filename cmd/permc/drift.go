package main

import (
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler/ask/drift"
	"permc.dev/permc/compiler/observe"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/render/html"
)

func driftCommand(g *globals) *cobra.Command {
	var outputs []flags.Output
	var in observeFlags
	maxAge := -1
	cmd := &cobra.Command{
		Use:   "drift KIND FILE… [DIR…]",
		Short: "compare the declaration with exports of the system",
		Long: `Reads files that administrators export, and lists what is there and not declared,
what ended and is still there, and what is declared and not there. Fetches
nothing. KIND is one of ` + strings.Join(observe.Kinds, ", ") + `.
Ends with 3 if an export is not complete; --partial compares only what is.`,
		Example: examples(`
			permc drift entra support-members.csv
			permc drift table users.xlsx --map call-manager.map.yaml
			permc drift services-hub emea.json apac.json -f json
			permc drift dataverse --how`),
		Args: takes(1, unlimited),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.drift(cmd, args, &in, outputs, maxAge)
		},
	}
	f := cmd.Flags()
	addOutputs(f, &outputs, "format of the answer", render.DriftFormats)
	in.flags(f)
	f.Var(flags.Days(&maxAge), "max-age", "end with 3 if the files are older, e.g. 7d")
	return cmd
}

func (g *globals) drift(cmd *cobra.Command, args []string, in *observeFlags, outputs []flags.Output, maxAge int) error {
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
	if err := in.fresh(files, g.date, maxAge); err != nil {
		return err
	}
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
	g.stopProgress()
	with := render.With{Summary: withSummary, Tool: func() render.Tool { return tool(p.Policy) }}
	err = writeOutputs(cmd.OutOrStdout(), outputs, func(out *output, format string) error {
		with.Style = styleOf(out.raw)
		return render.WriteDrift(out, d, format, with, html.WriteDrift)
	})
	if err != nil {
		return err
	}
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
