package main

import (
	"os"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/explain"
	"permc.dev/permc/compiler/edit/change"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// explainFlags are those of permc explain.
type explainFlags struct {
	format, scope, action string
	proposal              int
	changeFlags
}

func explainCommand(g *globals) *cobra.Command {
	var opts explainFlags
	cmd := &cobra.Command{
		Use:   "explain USER|group:GROUP [PERMISSION [PATH]]",
		Short: "say why a user holds a permission, why not, and how to get it",
		Long: `Says through what a user holds a permission. If the user does not hold it, says
what is missing, and proposes the smallest legal changes that would give it;
each is verified first. Without a permission, lists the roles and permissions of
the user. For a group, says what it gives to a member. Ends with 0 once the
question is answered. With --apply, makes a proposal as permc grant would.`,
		Example: examples(`
			permc explain ana@contoso.example manage-users
			permc explain ana@contoso.example manage-users --scope contoso/emea
			permc explain ana@contoso.example view-open-canvas --action export
			permc explain ana@contoso.example manage-users --apply 1 --diff
			permc explain ana@contoso.example -C access`),
		Args: takes(1, 3),
		RunE: func(cmd *cobra.Command, args []string) error { return g.explain(cmd, args, &opts) },
	}
	f := cmd.Flags()
	addFormat(f, &opts.format, "format of the answer", render.ExplainFormats)
	f.VarP(flags.Scope(&opts.scope), "scope", "s", "only on this scope and the scopes below")
	f.Var(flags.Action(&opts.action), "action", "only this action of the permission")
	f.Var(flags.Number(&opts.proposal), "apply", "make this proposal, and print what changes for people")
	opts.add(cmd)
	return cmd
}

func (g *globals) explain(cmd *cobra.Command, args []string, opts *explainFlags) error {
	paths := args[min(len(args), 2):]
	if len(args) == 2 && g.isPath(args[1]) {
		args, paths = args[:1], args[1:]
	}
	p, err := g.bound(cmd, paths)
	if err != nil {
		return err
	}
	q, err := question(p.Policy, args, opts.scope, opts.action)
	if err != nil {
		g.stopProgress()
		return err
	}
	a, err := explain.Ask(cmd.Context(), p, q)
	g.stopProgress()
	if err != nil {
		return failed(err)
	}
	if cmd.Flags().Changed("apply") {
		return g.apply(cmd, p, paths, a, opts.proposal, &opts.changeFlags)
	}
	if opts.diff {
		return usage("--diff: add --apply N, the number of a proposal")
	}
	return g.answer(cmd, p, nil, &about{}, opts.format, func(out *output) error {
		return render.Explain(out, a, opts.format, g.verbose, styleOf(out.raw))
	})
}

// apply makes the n-th proposal that no rule forbids.
func (g *globals) apply(cmd *cobra.Command, p *compiler.Project, paths []string, a *explain.Answer, n int,
	c *changeFlags) error {
	var legal []explain.Proposal
	for _, x := range a.How {
		if x.ForbiddenBy == "" {
			legal = append(legal, x)
		}
	}
	switch {
	case a.Permission == nil:
		return usage("--apply %d: name a permission", n)
	case len(legal) == 0:
		return usage("--apply %d: there is no proposal", n)
	case n < 1 || n > len(legal):
		return usage("--apply %d: the last proposal is %d", n, len(legal))
	}
	steps, err := change.Steps(a.User, legal[n-1].Changes)
	if err != nil {
		return usage("--apply %d: %w", n, err)
	}
	return g.change(cmd, p, paths, steps, c)
}

// question resolves the names in the arguments.
func question(p *policy.Policy, args []string, scope, action string) (explain.Question, error) {
	n := names{policy: p}
	var q explain.Question
	if strings.HasPrefix(args[0], "group:") {
		if q.Group = n.group("GROUP", strings.TrimPrefix(args[0], "group:")); q.Group != nil {
			q.User = q.Group.AsMember()
		}
	} else {
		q.User = n.user("USER", args[0])
	}
	if len(args) > 1 {
		q.Permission = n.permission("PERMISSION", args[1])
	}
	if action != "" {
		n.action("--action", action, q.Permission)
		q.Action = action
	}
	if scope != "" {
		q.Scope = n.scope("--scope", scope)
	}
	return q, n.err
}

// isPath reports whether an argument in the place of a permission is a folder or a file of a declaration: it is written
// as one, or no permission has its name.
func (g *globals) isPath(arg string) bool {
	info, err := os.Stat(arg)
	if err != nil || !info.IsDir() && !load.Wanted(arg) {
		return false
	}
	if strings.ContainsAny(arg, "./"+string(os.PathSeparator)) {
		return true
	}
	p := g.quickly(nil)
	if p == nil {
		return true
	}
	known, _ := p.Catalog.PermissionNamed(arg)
	return known == nil
}
