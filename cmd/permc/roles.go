package main

import (
	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler/ask/roles"
	"permc.dev/permc/compiler/render"
)

func rolesCommand(g *globals) *cobra.Command {
	var format string
	near := int(roles.DefaultNear * 100)
	var all bool
	cmd := &cobra.Command{
		Use:   "roles [USER] [PATH…]",
		Short: "list roles that overlap and assignments that add nothing",
		Long: `Lists roles that give the same, or nearly; roles that nobody or one person
holds; people who would have the same access with fewer assignments; grants that
could be a role; and groups with the same members. Nothing is proposed that could
change the table, or what a rule finds.`,
		Example: examples(`
			permc roles
			permc roles ben@contoso.example
			permc roles --near 90 access
			permc roles --all -f json`),
		Args: takes(0, unlimited),
		RunE: func(cmd *cobra.Command, args []string) error {
			q := roles.Question{Near: float64(near) / 100, All: all, Most: roles.DefaultMost}
			return g.printRoles(cmd, args, q, format)
		},
	}
	addFormat(cmd.Flags(), &format, "format of the answer", render.RolesFormats)
	cmd.Flags().Var(flags.WholeShare(&near), "near", "how much two roles must have in common to be listed, in percent")
	cmd.Flags().BoolVar(&all, "all", false, "also compare roles of the catalog that nobody holds")
	return cmd
}

func (g *globals) printRoles(cmd *cobra.Command, args []string, q roles.Question, format string) error {
	user, folders := splitUser(args)
	p, err := g.bound(cmd, folders)
	if err != nil {
		return err
	}
	f := render.Filter{}
	if user != "" {
		who, err := lookUp(p.Policy, user, aUser)
		if err != nil {
			return err
		}
		q.User, f.User = who.user, who.user.ID
	}
	a, findings, err := roles.Ask(cmd.Context(), p, q)
	if err != nil {
		return failed(err)
	}
	return g.answer(cmd, p, findings, aboutFilter(p.Policy, &f), format, func(out *output) error {
		return render.Roles(out, a, format, styleOf(out.raw))
	})
}
