package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/who"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

func whoCommand(g *globals) *cobra.Command {
	var format, action string
	var filters filterFlags
	cmd := &cobra.Command{
		Use:   "who PERMISSION|ROLE|group:GROUP [PATH…]",
		Short: "list everyone who holds a permission or role, or is in a group",
		Long: `Lists everyone who holds a permission, with an action left, or a role: assigned,
through a group, by default, or included in another role. With group:GROUP, lists
everyone who is in the group, and through which group inside it. For an action of
any permission, use permc compile --action ACTION.`,
		Example: examples(`
			permc who manage-users
			permc who services-admin --scope contoso/emea
			permc who view-open-canvas --action export -f csv
			permc who role:csam access
			permc who group:on-call`),
		Args: takes(1, unlimited),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.printHolders(cmd, args[0], args[1:], action, &filters, format)
		},
	}
	f := cmd.Flags()
	addFormat(f, &format, "format of the answer", render.WhoFormats)
	f.VarP(flags.Scope(&filters.scope), "scope", "s", "only on this scope and the scopes below")
	f.Var(flags.Action(&action), "action", "only users who have this action of the permission left")
	f.Var(flags.Role(&filters.role), "role", "only users who hold the permission through this role")
	f.Var(flags.User(&filters.user), "user", "only this user")
	f.Var(flags.Affiliation(&filters.affiliation), "affiliation", "only users with this affiliation")
	f.Var(flags.Group(&filters.group), "group", "only users who hold it through this group")
	return cmd
}

// printMembers answers who is in a group.
func (g *globals) printMembers(cmd *cobra.Command, p *compiler.Project, name, format, action string,
	filters *filterFlags) error {
	n := names{policy: p.Policy}
	group := n.group("GROUP", strings.TrimPrefix(name, "group:"))
	if group == nil {
		return n.err
	}
	if action != "" || filters.scope != "" || filters.role != "" || filters.user != "" || filters.group != "" {
		return usage("of a group, only --affiliation narrows the members; permc explain %s says what they hold", name)
	}
	f, err := filters.bind(p.Policy)
	if err != nil {
		return err
	}
	findings, err := p.Findings(cmd.Context())
	if err != nil {
		return failed(err)
	}
	members := who.MembersOf(p.Policy, group, f.Affiliation)
	about := &about{policy: p.Policy, groups: []string{group.ID}}
	return g.answer(cmd, p, findings, about, format, func(out *output) error {
		return render.Members(out, p.Policy, members, format, styleOf(out.raw))
	})
}

func (g *globals) printHolders(cmd *cobra.Command, name string, paths []string, action string, filters *filterFlags,
	format string) error {
	p, err := g.bound(cmd, paths)
	if err != nil {
		return err
	}
	if strings.HasPrefix(name, "group:") {
		return g.printMembers(cmd, p, name, format, action, filters)
	}
	q, err := whoQuestion(p.Policy, name, action, filters)
	if err != nil {
		return err
	}
	who, findings, err := who.Ask(cmd.Context(), p, q)
	if err != nil {
		return failed(err)
	}
	return g.answer(cmd, p, findings, aboutWho(p.Policy, &q), format, func(out *output) error {
		return render.Who(out, p.Policy, who, format, styleOf(out.raw))
	})
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
	q = who.Question{Role: what.role, Permission: what.permission, Scope: f.Scope, Through: f.Role, User: f.User,
		Affiliation: f.Affiliation,
		Group:       f.Group}
	switch {
	case what.role != nil && action != "":
		return q, usage("--action: %q is a role; only permissions have actions", name)
	case what.role != nil && f.Role != nil:
		return q, usage("--role: %q is a role itself; use --role with a permission", name)
	case action != "":
		i := slices.Index(what.permission.Actions, action)
		if i < 0 {
			return q, usage("--action %q: %q has no such action; %s", action, what.permission.ID,
				suggest(action, what.permission.Actions))
		}
		q.Actions = 1 << i
	}
	return q, nil
}

// aboutWho returns what the answer is about.
func aboutWho(p *policy.Policy, q *who.Question) *about {
	f := render.Filter{Scope: q.Scope, Permission: q.Permission, Role: q.Role, User: q.User, Affiliation: q.Affiliation,
		Group: q.Group}
	a := aboutFilter(p, &f)
	if q.Through != nil {
		a.roles = append(a.roles, q.Through.ID)
	}
	return a
}
