package main

import (
	"os"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler/ask/paths"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/render/html"
)

func pathsCommand(g *globals) *cobra.Command {
	var format, to string
	cmd := &cobra.Command{
		Use:   "paths [USER] [PATH…]",
		Short: "list what people could give themselves and others",
		Long: `Lists what each user, or one, could make of their access by giving themselves or
others what the product lets them give: alone, with the help of somebody else,
and for others. Each path is a shortest one, step by step. The catalog says
under delegates who can give what.`,
		Example: examples(`
			permc paths
			permc paths ben@contoso.example
			permc paths --to manage-users
			permc paths ben@contoso.example access --to role:global-administrator`),
		Args: takes(0, unlimited),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.printPaths(cmd, args, to, format)
		},
	}
	addFormat(cmd.Flags(), &format, "format of the answer", render.PathsFormats)
	cmd.Flags().Var(flags.PermissionOrRole(&to), "to", "only paths to this permission or role")
	return cmd
}

func (g *globals) printPaths(cmd *cobra.Command, args []string, to, format string) error {
	user, folders := splitUser(args)
	p, err := g.bound(cmd, folders)
	if err != nil {
		return err
	}
	q, err := pathsQuestion(p.Policy, user, to)
	if err != nil {
		return err
	}
	a, findings, err := paths.Ask(cmd.Context(), p, q)
	if err != nil {
		return failed(err)
	}
	f := render.Filter{Role: q.Role, Permission: q.Permission}
	if q.User != nil {
		f.User = q.User.ID
	}
	return g.answer(cmd, p, findings, aboutFilter(p.Policy, &f), format, func(out *output) error {
		return render.Paths(cmd.Context(), out, a, format, styleOf(out.raw), html.WritePaths)
	})
}

// splitUser splits the name of a user from the paths behind it: the first argument, unless there is such a file.
func splitUser(args []string) (user string, paths []string) {
	if len(args) == 0 {
		return "", nil
	}
	if _, err := os.Stat(args[0]); err == nil {
		return "", args
	}
	return args[0], args[1:]
}

func pathsQuestion(p *policy.Policy, user, to string) (q paths.Question, err error) {
	if user != "" {
		who, err := lookUp(p, user, aUser)
		if err != nil {
			return q, err
		}
		q.User = who.user
	}
	if to != "" {
		what, err := lookUp(p, to, aPermission, aRole)
		if err != nil {
			return q, err
		}
		q.Role, q.Permission = what.role, what.permission
	}
	return q, nil
}
