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
	var known baselineFlags
	cmd := &cobra.Command{
		Use:   "compile [PATH…]",
		Short: "print the effective-permission table",
		RunE: func(cmd *cobra.Command, paths []string) error {
			if !slices.Contains(render.TableFormats, format) {
				return usage("-f %q: want one of %s", format, strings.Join(render.TableFormats, ", "))
			}
			if err := known.read(false); err != nil {
				return err
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
			r := known.report(g.report(p, findings))
			if len(findings) > 0 {
				if err := render.FindingsText(cmd.ErrOrStderr(), r, styleOf(cmd.ErrOrStderr())); err != nil {
					return failed(err)
				}
			}
			known.tell(cmd.ErrOrStderr(), r)
			return g.verdict(r)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&format, "format", "f", "text", "`FORMAT` of the table: "+strings.Join(render.TableFormats, ", "))
	f.StringVarP(&path, "output", "o", "", "write the table to `FILE`, whole or not at all")
	filters.flags(cmd)
	known.flags(cmd)
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
	n := names{policy: p}
	if f.user != "" {
		n.user("--user", f.user)
	}
	if f.scope != "" {
		out.Scope = n.scope("--scope", f.scope)
	}
	if f.permission != "" {
		out.Permission = n.permission("--permission", f.permission)
	}
	if f.role != "" {
		out.Role = n.role("--role", f.role)
	}
	if f.affiliation != "" {
		n.affiliation("--affiliation", f.affiliation)
	}
	out.User, out.Affiliation = f.user, f.affiliation
	return out, n.err
}
