package main

import (
	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler/ask/ends"
	"permc.dev/permc/compiler/render"
)

func endsCommand(g *globals) *cobra.Command {
	var format string
	var within int
	cmd := &cobra.Command{
		Use:   "ends [PATH…]",
		Short: "list what expires soon",
		Long: `Lists the roles, permissions and memberships that expire within some days, also
those of invited people, the waivers and comments that stop silencing findings,
and what has to be reviewed again: for a monthly mail. What has expired or is
overdue already is a finding of permc check.`,
		Example: examples(`
			permc ends
			permc ends --within 60d
			permc ends --within 60d -f markdown
			permc ends access -f csv`),
		RunE: func(cmd *cobra.Command, paths []string) error {
			p, err := g.bound(cmd, paths)
			if err != nil {
				return err
			}
			if !cmd.Flags().Changed("within") {
				within = p.Policy.HorizonDays
			}
			a := ends.Ask(p.Policy, within)
			return g.answer(cmd, p, nil, &about{}, format, func(out *output) error {
				return render.Ends(out, a, format, styleOf(out.raw))
			})
		},
	}
	addFormat(cmd.Flags(), &format, "format of the list", render.EndsFormats)
	cmd.Flags().Var(flags.Days(&within), "within",
		"how far to look ahead, e.g. 60d (default: settings.horizon of the project, or 30d)")
	return cmd
}
