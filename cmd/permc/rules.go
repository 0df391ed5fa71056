package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/lint/rules"
)

func rulesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "rules [ID]",
		Short: "what is checked",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			out := cmd.OutOrStdout()
			if len(args) == 0 {
				for _, r := range rules.All {
					fmt.Fprintf(out, "%-21s  %-7s  %s\n", r.ID, weight(r), r.Doc.What)
				}
				fmt.Fprintln(out, "\nproducts and projects declare more: permc catalog PRODUCT lists a product's")
				return nil
			}
			var ids []string
			for _, r := range rules.All {
				if ids = append(ids, r.ID); r.ID == args[0] {
					explainRule(out, r)
					return nil
				}
			}
			return usage("no built-in rule %q; %s (rules of products: permc catalog PRODUCT)", args[0], diag.Suggest(args[0], ids))
		},
	}
}

// weight is the severity, or that the rule stops the table.
func weight(r *lint.Rule) string {
	if r.Stops {
		return "stops"
	}
	return r.Severity.String()
}

func explainRule(out interface{ Write([]byte) (int, error) }, r *lint.Rule) {
	fmt.Fprintf(out, "%s (%s)\n\n%s\n\nWhy: %s\nWhat to do: %s\n\nFires on:\n  %s\n", r.ID, weight(r), r.Doc.What, r.Doc.Why, r.Doc.Do,
		strings.ReplaceAll(r.Doc.Example, "\n", "\n  "))
	if r.Doc.Gaps != "" {
		fmt.Fprintf(out, "\nNot found: %s\n", r.Doc.Gaps)
	}
	if !r.Stops {
		fmt.Fprintf(out, "\nTo change its severity: settings: severity: %q: \"error\", \"warning\" or \"off\".\n", r.ID)
	}
}
