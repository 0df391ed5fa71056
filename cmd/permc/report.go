package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/lint/rules"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/render/html"
	"permc.dev/permc/compiler/report"
)

func reportCommand(g *globals) *cobra.Command {
	var path string
	var filters filterFlags
	var known baselineFlags
	cmd := &cobra.Command{
		Use:   "report [PATH…]",
		Short: "one page of who can do what, and why, for people who do not read declarations",
		Long: `Writes one HTML page that needs nothing else: the whole table, why everybody
has what they have, what ends when, and every finding. Findings do not make the
command fail: they are on the page.`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			if err := known.read(false); err != nil {
				return err
			}
			p, err := g.bound(cmd, paths)
			if err != nil {
				return err
			}
			filter, err := filters.bind(p.Policy)
			if err != nil {
				return err
			}
			page, err := g.page(cmd, p, &filter, &known)
			if err != nil {
				return failed(err)
			}
			g.stopProgress()
			return writePage(cmd, path, page)
		},
	}
	cmd.Flags().StringVarP(&path, "output", "o", "access.html", "write the page to `FILE`, whole or not at all")
	filters.flags(cmd)
	known.flags(cmd)
	return cmd
}

// page looks at everybody once.
func (g *globals) page(cmd *cobra.Command, p *compiler.Project, filter *render.Filter, known *baselineFlags) (*html.Page, error) {
	words := filter.String()
	var shows report.Shows
	if words != "" {
		shows = func(user, role, permission, scope string) bool {
			return filter.Shows(p.Policy, user, role, permission, scope)
		}
	}
	collect, table := report.Collect(p.Policy, shows), html.NewRows(p.Policy)
	findings, err := p.Table(cmd.Context(), func() func([]byte, *policy.Access) []byte {
		look, put := collect.Worker(), table.Worker()
		return func(b []byte, a *policy.Access) []byte {
			if a = filter.Access(a); words != "" && len(a.Rows) == 0 {
				return b
			}
			look(a)
			return put(b, a)
		}
	}, table.Write)
	if err != nil {
		return nil, err
	}
	known.report(g.report(p, findings))
	r := collect.Report(findings)
	r.Filter = words
	for _, s := range p.Skipped {
		r.Skipped = append(r.Skipped, s.Name)
	}
	return &html.Page{Report: r, Table: table, BuiltIn: rules.All}, nil
}

// writePage writes the page and says how large it is.
func writePage(cmd *cobra.Command, path string, page *html.Page) error {
	out, err := create(path, cmd.OutOrStdout())
	if err != nil {
		return err
	}
	size := counter{w: out}
	if err := out.close(html.Write(&size, page)); err != nil {
		return failed(err)
	}
	if out.temp != nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "permc: wrote %s: %s\n", render.Safe(path), html.Sum(page, size.n))
	}
	return nil
}

// counter counts what is written.
type counter struct {
	w io.Writer
	n int
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += n
	return n, err
}
