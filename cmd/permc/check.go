package main

import (
	"cmp"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/render/rulebook"
	"permc.dev/permc/schema"
)

func checkCommand(g *globals) *cobra.Command {
	var outputs []flags.Output
	var watch bool
	var known baselineFlags
	cmd := &cobra.Command{
		Use:   "check [PATH…]",
		Short: "validate and lint a project",
		Long: `Validates and lints a project, and prints the findings. Ends with 1 if there are
findings at or above --fail-on. To accept one, end its line with a comment:
# permc:ignore RULE until 2027-01-31 -- REASON; or list it under waivers:
waivers: [{rule: RULE, user: USER, reason: REASON, approver: WHO, expires: DATE}]`,
		Example: examples(`
			permc check
			permc check --fail-on warning
			permc check -f text -f sarif=permc.sarif
			permc check --write-baseline baseline.json
			permc check --watch`),
		RunE: func(cmd *cobra.Command, paths []string) error {
			if err := known.read(watch); err != nil {
				return err
			}
			if watch {
				return g.watch(cmd, paths, func(p *compiler.Project, f *compiler.Findings) error {
					return writeFindings(cmd.OutOrStdout(), outputs, known.report(g.report(p, f.List)))
				})
			}
			return g.check(cmd, paths, outputs, &known)
		},
	}
	known.flags(cmd)
	f := cmd.Flags()
	f.Var(flags.NewFile(&known.target), "write-baseline",
		"write the findings to this file; with --baseline, those of the baseline that remain")
	f.BoolVar(&watch, "watch", false, "check again whenever a file changes, until interrupted")
	addOutputs(f, &outputs, "format of the findings", render.FindingFormats)
	return cmd
}

func (g *globals) check(cmd *cobra.Command, paths []string, outputs []flags.Output, known *baselineFlags) error {
	p, err := g.loadPassing(cmd, paths, nil)
	if err != nil {
		return err
	}
	findings, err := p.Findings(cmd.Context())
	if err != nil {
		return failed(err)
	}
	g.stopProgress()
	r := known.report(g.report(p, findings))
	if slices.ContainsFunc(outputs, func(o flags.Output) bool { return o.Format == "text" }) {
		r.Fixable = g.countFixable(cmd.Context(), paths, r)
	}
	if err := writeFindings(cmd.OutOrStdout(), outputs, r); err != nil {
		return err
	}
	known.printFixed(cmd.ErrOrStderr(), r)
	if done, err := known.write(cmd.ErrOrStderr(), r); done || err != nil {
		return err
	}
	return g.verdict(r)
}

func writeFindings(stdout io.Writer, outputs []flags.Output, r *render.Findings) error {
	return writeOutputs(stdout, outputs, func(out *output, format string) error {
		return render.WriteFindings(out, r, format, render.With{
			Style:   styleOf(out.raw),
			Tool:    func() render.Tool { return tool(r.Policy) },
			Summary: withSummary,
		})
	})
}

// tool returns permc with its rules and those of the project's product.
func tool(p *policy.Policy) render.Tool {
	var products []string
	if p != nil && slices.Contains(schema.Products(), cmp.Or(p.Catalog.Extends, p.Catalog.Product)) {
		products = append(products, cmp.Or(p.Catalog.Extends, p.Catalog.Product))
	}
	return render.Tool{Version: versionText(), Rules: rulebook.ListOf(products...)}
}
