package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/compiler/ask/explain"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

func explainCommand(g *globals) *cobra.Command {
	var format, scope string
	cmd := &cobra.Command{
		Use:   "explain USER [PERMISSION [PATH]]",
		Short: "why somebody holds a permission, why not, and what would give it",
		Long: `explain answers one question about one person: through what a permission is
held; or what is missing, and the smallest legal changes that would give it,
each tried out before it is proposed. Without a permission it says which roles
and permissions the person has. It exits with 0 once the question is answered.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 3 {
				return usage("explain wants USER, and may have PERMISSION and PATH behind it; it has %d arguments", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(render.ExplainFormats, format) {
				return usage("-f %q: want one of %s", format, strings.Join(render.ExplainFormats, ", "))
			}
			p, err := g.load(cmd, args[min(len(args), 2):])
			if err != nil {
				return err
			}
			if p.Policy == nil {
				g.stopProgress()
				r := g.report(p, p.Stopped)
				if err := render.FindingsText(cmd.ErrOrStderr(), r, styleOf(cmd.ErrOrStderr())); err != nil {
					return failed(err)
				}
				return g.verdict(r)
			}
			q, err := question(p.Policy, args, scope)
			if err != nil {
				g.stopProgress()
				return err
			}
			a, err := explain.Ask(cmd.Context(), p, q)
			g.stopProgress()
			if err != nil {
				return failed(err)
			}
			out, err := create("", cmd.OutOrStdout())
			if err != nil {
				return err
			}
			out.guard(format)
			if err := out.close(render.Explain(out, a, format, g.verbose, styleOf(out.raw))); err != nil {
				return failed(err)
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&format, "format", "f", "text", "`FORMAT`: "+strings.Join(render.ExplainFormats, ", "))
	cmd.Flags().StringVarP(&scope, "scope", "s", "", "on this `SCOPE` and under it")
	return cmd
}

// question resolves the names in the arguments.
func question(p *policy.Policy, args []string, scope string) (explain.Question, error) {
	n := names{policy: p}
	q := explain.Question{User: n.user("USER", args[0])}
	if len(args) > 1 {
		q.Permission = n.permission("PERMISSION", args[1])
	}
	if scope != "" {
		q.Scope = n.scope("--scope", scope)
	}
	return q, n.err
}
