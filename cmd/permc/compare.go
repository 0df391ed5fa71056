package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/who"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// compareFlags are how two users or roles are compared.
type compareFlags struct {
	format string
	scope  string
	all    bool
}

func compareCommand(g *globals) *cobra.Command {
	var flags compareFlags
	cmd := &cobra.Command{
		Use:   "compare USER USER | ROLE ROLE [PATH…]",
		Short: "what one user or role has beyond another",
		Long: `compare shows side by side what one user has beyond another, scope by scope
with its sources, and, where they stand on different scopes, without regard to
them. Of two roles it shows what each gives; with --scope, what each gives
there to somebody who has nothing else.`,
		Args: cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(render.CompareFormats, flags.format) {
				return usage("-f %q: want one of %s", flags.format, strings.Join(render.CompareFormats, ", "))
			}
			p, err := g.bound(cmd, args[2:])
			if err != nil {
				return err
			}
			write, err := flags.compare(p, args[0], args[1])
			if err != nil {
				return err
			}
			findings, err := p.Table(cmd.Context(), nil, nil)
			if err != nil {
				return failed(err)
			}
			return g.answer(cmd, p, findings, flags.format, func(out *output) error { return write(out, styleOf(out.raw)) })
		},
	}
	f := cmd.Flags()
	f.StringVarP(&flags.format, "format", "f", "text", "`FORMAT` of the answer: "+strings.Join(render.CompareFormats, ", "))
	f.StringVarP(&flags.scope, "scope", "s", "", "only on this `SCOPE` and under it")
	f.BoolVar(&flags.all, "all", false, "list what both have alike, too")
	return cmd
}

// compare answers, and returns what writes the answer.
func (f *compareFlags) compare(p *compiler.Project, a, b string) (func(io.Writer, render.Style) error, error) {
	left, right, err := comparable(p.Policy, a, b)
	if err != nil {
		return nil, err
	}
	filter, err := (&filterFlags{scope: f.scope}).bind(p.Policy)
	if err != nil {
		return nil, err
	}
	c := &render.Compared{All: f.all}
	switch {
	case left.user != nil:
		c.Users = who.Compare(p, left.user, right.user, filter.Scope)
	case filter.Scope == nil:
		roles := who.CompareRoles(p.Policy.Catalog, left.role, right.role)
		return func(w io.Writer, style render.Style) error {
			return render.CompareRoles(w, p.Policy, roles, f.all, f.format, style)
		}, nil
	default:
		c.Roles = [2]*policy.Role{left.role, right.role}
		c.Users, c.Assigned = who.CompareRolesOn(p, left.role, right.role, filter.Scope)
		for i, at := range c.Assigned {
			if len(at) == 0 {
				return nil, usage("--scope %q: role %q cannot be assigned there, above or below", filter.Scope.Path, c.Roles[i].ID)
			}
		}
	}
	return func(w io.Writer, style render.Style) error {
		return render.CompareUsers(w, p.Policy, c, f.format, style)
	}, nil
}

// comparable looks two names up that must be of one kind.
func comparable(p *policy.Policy, a, b string) (left, right named, err error) {
	if left, err = lookUp(p, a, aUser, aRole); err != nil {
		return left, right, err
	}
	if right, err = lookUp(p, b, aUser, aRole); err != nil {
		return left, right, err
	}
	if (left.user == nil) != (right.user == nil) {
		say := func(name string, n named) string {
			if n.user != nil {
				return fmt.Sprintf("%q is a user", name)
			}
			return fmt.Sprintf("%q is a role", name)
		}
		return left, right, usage("%s and %s: compare two users, or two roles", say(a, left), say(b, right))
	}
	return left, right, nil
}
