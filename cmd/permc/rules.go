package main

import (
	"slices"
	"strings"

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
		Short: "what is checked: what, why, what to do, an example and its fix",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(ruleFormats, format) {
				return usage("-f %q: want one of %s", format, strings.Join(ruleFormats, ", "))
			}
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
	cmd.Flags().StringVarP(&format, "format", "f", "text", "`FORMAT`: "+strings.Join(ruleFormats, ", "))
	return cmd
}

// ruleNamed is the page of a rule, with what permc says of its example; of one
// of the project at hand, what the rule says of itself.
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
	return nil, usage("there is no rule %q; %s", id, diag.Suggest(id, ids))
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
