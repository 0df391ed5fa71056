package main

import (
	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/render/rulebook"
)

func rulesCommand(g *globals) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "rules [ID]",
		Short: "list the rules, or explain one",
		Long: `Lists what permc checks. With ID, explains one rule: what it flags, why, what to
do, an example with its output, and the same example fixed.`,
		Example: examples(`
			permc rules
			permc rules not-grantable
			permc rules -f markdown`),
		Args: takes(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			write := func(out *output) error { return render.Rules(out, rulebook.List(), format, styleOf(out.raw)) }
			if len(args) > 0 {
				d, err := g.ruleNamed(args[0])
				if err != nil {
					return err
				}
				write = func(out *output) error { return render.Rule(out, d, format, styleOf(out.raw)) }
			}
			return writeOutput(cmd.OutOrStdout(), flags.Output{Format: format}, write)
		},
	}
	addFormat(cmd.Flags(), &format, "format of the page", render.RuleFormats)
	return cmd
}

// ruleNamed returns the page of a rule with what permc prints for its example. For a rule of the project at hand, it
// returns what the rule says about itself.
func (g *globals) ruleNamed(id string) (*render.RuleDoc, error) {
	list := rulebook.List()
	var ids []string
	for i := range list {
		if ids = append(ids, list[i].ID); list[i].ID == id {
			if err := rulebook.AddOutput(&list[i]); err != nil {
				return nil, failed(err)
			}
			return &list[i], nil
		}
	}
	if p := g.quickly(nil); p != nil {
		if d := rulebook.FindDeclared(p, id); d != nil {
			return d, nil
		}
	}
	return nil, usage("no rule %q; %s", id, diag.Suggest(id, ids))
}
