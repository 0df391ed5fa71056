package main

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

func compileCommand(g *globals) *cobra.Command {
	var format, path string
	var filters filterFlags
	cmd := &cobra.Command{
		Use:   "compile [PATH…]",
		Short: "print the effective-permission table",
		RunE: func(cmd *cobra.Command, paths []string) error {
			if !slices.Contains(render.TableFormats, format) {
				return usage("-f %q: want one of %s", format, strings.Join(render.TableFormats, ", "))
			}
			p, err := g.load(cmd, paths)
			if err != nil {
				return err
			}
			findings := p.Stopped
			if p.Policy != nil {
				filter, err := filters.bind(p.Policy)
				if err != nil {
					return err
				}
				if findings, err = writeTable(cmd.Context(), p, format, path, filter, cmd.OutOrStdout()); err != nil {
					return failed(err)
				}
			}
			g.stopProgress()
			r := g.report(p, findings)
			if len(findings) > 0 {
				if err := render.FindingsText(cmd.ErrOrStderr(), r, styleOf(cmd.ErrOrStderr())); err != nil {
					return failed(err)
				}
			}
			return g.verdict(r)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&format, "format", "f", "text", "`FORMAT` of the table: "+strings.Join(render.TableFormats, ", "))
	f.StringVarP(&path, "output", "o", "", "write the table to `FILE`, whole or not at all")
	filters.flags(cmd)
	return cmd
}

func writeTable(ctx context.Context, p *compiler.Project, format, path string, filter render.Filter, stdout io.Writer) ([]diag.Diagnostic, error) {
	out, err := create(path, stdout)
	if err != nil {
		return nil, err
	}
	t := render.NewTable(p.Policy, format, filter, styleOf(out.raw))
	_, err = out.Write(t.Head(nil))
	var findings []diag.Diagnostic
	if err == nil {
		findings, err = p.Table(ctx, t.User, t.Writer(out))
	}
	if err == nil {
		_, err = out.Write(t.Tail(nil))
	}
	return findings, out.close(err)
}

// filterFlags select rows.
type filterFlags struct{ user, scope, permission, role, affiliation string }

func (f *filterFlags) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.user, "user", "", "only rows of this `USER`")
	flags.StringVarP(&f.scope, "scope", "s", "", "only rows on this `SCOPE` and under it")
	flags.StringVar(&f.permission, "permission", "", "only rows of this `PERMISSION`")
	flags.StringVar(&f.role, "role", "", "only rows that come through this `ROLE`")
	flags.StringVar(&f.affiliation, "affiliation", "", "only rows of users of this `AFFILIATION`")
}

// bind resolves the names; an unknown one is a wrong use of the command.
func (f *filterFlags) bind(p *policy.Policy) (out render.Filter, err error) {
	unknown := func(what, name string, candidates []string) error {
		help := diag.Suggest(name, candidates)
		if help == "" {
			help = "this project has none"
		}
		return usage("--%s %q: there is no such %s; %s", what, name, what, help)
	}
	if f.user != "" && !slices.ContainsFunc(p.Users, func(u *policy.User) bool { return policy.Fold(u.ID) == policy.Fold(f.user) }) {
		var ids []string
		for _, u := range p.Users {
			ids = append(ids, u.ID)
		}
		return out, unknown("user", f.user, ids)
	}
	if out.Scope = p.ScopeByPath[f.scope]; f.scope != "" && out.Scope == nil {
		var paths []string
		for _, s := range p.Scopes {
			paths = append(paths, s.Path)
		}
		return out, unknown("scope", f.scope, paths)
	}
	if out.Permission = p.Catalog.PermissionByID[f.permission]; f.permission != "" && out.Permission == nil {
		return out, unknown("permission", f.permission, p.Catalog.PermissionIDs())
	}
	if out.Role = p.Catalog.RoleByID[f.role]; f.role != "" && out.Role == nil {
		return out, unknown("role", f.role, p.Catalog.RoleIDs())
	}
	var affiliations []string
	for _, a := range p.Catalog.Affiliations {
		affiliations = append(affiliations, a.ID.Name)
	}
	if f.affiliation != "" && !slices.Contains(affiliations, f.affiliation) {
		return out, unknown("affiliation", f.affiliation, affiliations)
	}
	out.User, out.Affiliation = f.user, f.affiliation
	return out, nil
}
