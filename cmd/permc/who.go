package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/compiler/ask/who"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

func whoCommand(g *globals) *cobra.Command {
	var format, action string
	var filters filterFlags
	cmd := &cobra.Command{
		Use:   "who PERMISSION|ROLE [PATH…]",
		Short: "everyone who holds a permission or role, and through what",
		Long: `who lists everyone who holds a permission, with an action left, or a role:
assigned, through a group, by default, or included in another.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(render.WhoFormats, format) {
				return usage("-f %q: want one of %s", format, strings.Join(render.WhoFormats, ", "))
			}
			p, err := g.bound(cmd, args[1:])
			if err != nil {
				return err
			}
			q, err := whoQuestion(p.Policy, args[0], action, &filters)
			if err != nil {
				return err
			}
			who, findings, err := who.Ask(cmd.Context(), p, q)
			if err != nil {
				return failed(err)
			}
			return g.answer(cmd, p, findings, format, func(out *output) error {
				return render.Who(out, p.Policy, who, format, styleOf(out.raw))
			})
		},
	}
	f := cmd.Flags()
	f.StringVarP(&format, "format", "f", "text", "`FORMAT` of the answer: "+strings.Join(render.WhoFormats, ", "))
	f.StringVarP(&filters.scope, "scope", "s", "", "only on this `SCOPE` and under it")
	f.StringVar(&action, "action", "", "only who has this `ACTION` of the permission left")
	f.StringVar(&filters.role, "role", "", "only what comes through this `ROLE`")
	f.StringVar(&filters.user, "user", "", "only this `USER`")
	f.StringVar(&filters.affiliation, "affiliation", "", "only users of this `AFFILIATION`")
	return cmd
}

func whoQuestion(p *policy.Policy, name, action string, filters *filterFlags) (q who.Question, err error) {
	what, err := lookUp(p, name, aPermission, aRole)
	if err != nil {
		return q, err
	}
	f, err := filters.bind(p)
	if err != nil {
		return q, err
	}
	q = who.Question{Role: what.role, Permission: what.permission, Scope: f.Scope, Through: f.Role, User: f.User, Affiliation: f.Affiliation}
	switch {
	case what.role != nil && action != "":
		return q, usage("--action: %q is a role; actions are those of permissions", name)
	case what.role != nil && f.Role != nil:
		return q, usage("--role: %q is a role itself; --role goes with a permission", name)
	case action != "":
		i := slices.Index(what.permission.Actions, action)
		if i < 0 {
			return q, usage("--action %q: %q has no such action; %s", action, what.permission.ID, suggest(action, what.permission.Actions))
		}
		q.Actions = 1 << i
	}
	return q, nil
}
