package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/who"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// compareFlags holds the flags of permc compare.
type compareFlags struct {
	format string
	scope  string
	all    bool
}

func compareCommand(g *globals) *cobra.Command {
	var opts compareFlags
	cmd := &cobra.Command{
		Use:   "compare USER USER | ROLE ROLE | group:GROUP group:GROUP [PATH…]",
		Short: "list what one user or role has beyond another",
		Long: `Lists side by side what one user has beyond another, scope by scope with its
sources. If they have different scopes, also compares them regardless of scope.
For two groups, lists what each gives to a member. For two roles, lists what each
gives; with --scope, what each gives there to a user who has nothing else.`,
		Example: examples(`
			permc compare ana@contoso.example bo@contoso.example
			permc compare services-admin workspace-administrator --all
			permc compare group:support group:on-call
			permc compare csam csm --scope contoso/emea -f json`),
		Args: takes(2, unlimited),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := g.bound(cmd, args[2:])
			if err != nil {
				return err
			}
			write, about, err := opts.compare(p, args[0], args[1])
			if err != nil {
				return err
			}
			findings, err := p.Findings(cmd.Context())
			if err != nil {
				return failed(err)
			}
			return g.answer(cmd, p, findings, about, opts.format,
				func(out *output) error { return write(out, styleOf(out.raw)) })
		},
	}
	f := cmd.Flags()
	addFormat(f, &opts.format, "format of the answer", render.CompareFormats)
	f.VarP(flags.Scope(&opts.scope), "scope", "s", "only on this scope and the scopes below")
	f.BoolVar(&opts.all, "all", false, "also list what both have")
	return cmd
}

// compare compares two users or roles, and returns the function that writes the answer, and what that is about.
func (f *compareFlags) compare(p *compiler.Project, a, b string) (func(io.Writer, render.Style) error, *about, error) {
	left, right, err := comparable(p.Policy, a, b)
	if err != nil {
		return nil, nil, err
	}
	filter, err := (&filterFlags{scope: f.scope}).bind(p.Policy)
	if err != nil {
		return nil, nil, err
	}
	c := &render.Compared{All: f.all}
	subject := aboutSides(p.Policy, filter.Scope, left, right)
	switch {
	case left.user != nil:
		c.Users = who.Compare(p, left.user, right.user, filter.Scope)
	case filter.Scope == nil:
		roles := who.CompareRoles(p.Policy.Catalog, left.role, right.role)
		return func(w io.Writer, style render.Style) error {
			return render.CompareRoles(w, p.Policy, roles, f.all, f.format, style)
		}, subject, nil
	default:
		c.Roles = [2]*policy.Role{left.role, right.role}
		c.Users, c.Assigned = who.CompareRolesOn(p, left.role, right.role, filter.Scope)
		for i, at := range c.Assigned {
			if len(at) == 0 {
				return nil, nil, usage("--scope %q: role %q cannot be assigned there, above or below",
					filter.Scope.Path, c.Roles[i].ID)
			}
		}
	}
	return func(w io.Writer, style render.Style) error {
		return render.CompareUsers(w, p.Policy, c, f.format, style)
	}, subject, nil
}

// aboutSides returns what a comparison is about.
func aboutSides(p *policy.Policy, scope *policy.Scope, sides ...named) *about {
	a := &about{policy: p, scope: scope}
	for _, x := range sides {
		switch {
		case x.group != nil:
			a.groups = append(a.groups, x.group.ID)
		case x.user != nil:
			a.users = append(a.users, x.user.ID)
		default:
			a.roles = append(a.roles, x.role.ID)
		}
	}
	return a
}

// lookUpSide looks up a user, a group as a member of it, or a role.
func lookUpSide(p *policy.Policy, name string) (named, error) {
	if !strings.HasPrefix(name, "group:") {
		return lookUp(p, name, aUser, aRole)
	}
	n := names{policy: p}
	g := n.group("GROUP", strings.TrimPrefix(name, "group:"))
	if g == nil {
		return named{}, n.err
	}
	return named{user: g.AsMember(), group: g}, nil
}

// comparable looks up two names that must be of one kind.
func comparable(p *policy.Policy, a, b string) (left, right named, err error) {
	if left, err = lookUpSide(p, a); err != nil {
		return left, right, err
	}
	if right, err = lookUpSide(p, b); err != nil {
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
