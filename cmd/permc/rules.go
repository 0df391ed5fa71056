package main

import (
	"github.com/spf13/cobra"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/render/rulebook"
)

var ruleFormats = []string{"text", "json", "markdown"}

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
			out, err := create("", cmd.OutOrStdout())
			if err != nil {
				return err
			}
			out.guard(format)
			if len(args) == 0 {
				return out.close(listRules(out, format))
			}
			d, err := g.ruleNamed(args[0])
			if err != nil {
				return err
			}
			return out.close(writeRule(out, d, format))
		},
	}
	addFormat(cmd.Flags(), &format, "format of the page", ruleFormats)
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

func listRules(out *output, format string) error {
	switch format {
	case "json":
		return render.RulesJSON(out, rulebook.List())
	case "markdown":
		return render.RulesMarkdown(out, rulebook.List())
	}
	return render.RulesText(out, rulebook.List(), styleOf(out.raw))
}

func writeRule(out *output, d *render.RuleDoc, format string) error {
	switch format {
	case "json":
		return render.RuleJSON(out, d)
	case "markdown":
		return render.RuleMarkdown(out, d)
	}
	return render.RuleText(out, d, styleOf(out.raw))
}
