package main

import (
	"github.com/spf13/cobra"

	"permc.dev/permc/compiler/edit/change"
)

func removeCommand(g *globals) *cobra.Command {
	var c changeFlags
	cmd := &cobra.Command{
		Use:   "remove USER [PATH…]",
		Short: "remove a user from the declaration",
		Long: `Removes a user or an invitation, and everything that names the user: memberships,
ownerships of groups, waivers and expectations. Keeps comments and layout.
Compiles the result first: writes nothing if permc check would newly fail, for
example because a role would have too few holders. Prints what changes.`,
		Example: examples(`
			permc remove ana@contoso.example --diff
			permc remove ana@contoso.example`),
		Args: takes(1, unlimited),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := g.bound(cmd, args[1:])
			if err != nil {
				return err
			}
			n := names{policy: p.Policy}
			step := change.Step{User: n.user("USER", args[0]), Delete: true}
			if n.err != nil {
				g.stopProgress()
				return n.err
			}
			return g.change(cmd, p, args[1:], []change.Step{step}, &c)
		},
	}
	c.add(cmd)
	return cmd
}
