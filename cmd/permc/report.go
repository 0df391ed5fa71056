package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/lint/rules"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/render/html"
)

func reportCommand(g *globals) *cobra.Command {
	var path string
	var filters filterFlags
	var known baselineFlags
	cmd := &cobra.Command{
		Use:   "report [PATH…]",
		Short: "write one HTML page for auditors and managers",
		Long: `Writes one HTML page that needs no other file: the whole table, the sources of
all access, what expires when, and every finding. Findings do not make the
command fail; they are on the page.`,
		Example: examples(`
			permc report
			permc report access -o access-2026-q2.html
			permc report --scope contoso/emea -o emea.html`),
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
			w := &reporter{globals: g, project: p, filter: filter, known: &known, path: path}
			if err := w.write(cmd); err != nil {
				return failed(err)
			}
			return nil
		},
	}
	cmd.Flags().VarP(flags.File(&path, "access.html"), "output", "o", "write the page to this file, whole or not at all")
	filters.flags(cmd)
	known.flags(cmd)
	return cmd
}

// reporter writes the page of a project, or the pages of a large one.
type reporter struct {
	*globals
	project *compiler.Project
	filter  render.Filter
	known   *baselineFlags
	path    string
	size    atomic.Int64 // of what was written
}

func (w *reporter) write(cmd *cobra.Command) error {
	page, err := w.page(cmd.Context())
	if err != nil {
		return err
	}
	if page.TooLarge() {
		err = w.split(cmd, page)
	} else {
		w.stopProgress()
		err = w.file(w.path, cmd.OutOrStdout(), page)
	}
	if err != nil || isStandardOutput(w.path) {
		return err
	}
	_, err = fmt.Fprintf(cmd.ErrOrStderr(), "permc: wrote %s: %s\n", render.Safe(w.path), html.Sum(page, int(w.size.Load())))
	return err
}

// page goes through all users once. Rows that would be too many for one page are left to the parts.
func (w *reporter) page(ctx context.Context) (*html.Page, error) {
	p, words := w.project, w.filter.String()
	var shows report.Shows
	if words != "" {
		shows = func(user, role, permission, scope string) bool {
			return w.filter.Shows(p.Policy, user, role, permission, scope)
		}
	}
	collect, table := report.Collect(p.Policy, shows), html.NewRows(p.Policy)
	crowd := len(p.Policy.Users) > report.Crowd
	findings, err := p.Table(ctx, func() func([]byte, *policy.Access) []byte {
		look, put := collect.Worker(), table.Worker()
		return func(b []byte, a *policy.Access) []byte {
			if a = w.filter.Access(a); words != "" && len(a.Rows) == 0 {
				return b
			}
			if look(a); crowd && words == "" {
				return b
			}
			return put(b, a)
		}
	}, table.Write)
	if err != nil {
		return nil, err
	}
	w.known.report(w.report(p, findings))
	r := collect.Report(findings, w.skipped())
	r.Filter = words
	return &html.Page{Report: r, Table: table, BuiltIn: rules.All}, nil
}

// skipped lists the skipped files, each with the reason. It leaves out files of an earlier report.
func (w *reporter) skipped() (list []string) {
	parts := partsFolder(w.path) + "/"
	for _, s := range w.project.Skipped {
		name := filepath.ToSlash(filepath.Clean(s.Name))
		if name != filepath.ToSlash(filepath.Clean(w.path)) && !strings.HasPrefix(name, filepath.ToSlash(parts)) {
			list = append(list, s.Name+": "+s.Reason)
		}
	}
	return list
}

// file writes one page, whole or not at all.
func (w *reporter) file(path string, stdout io.Writer, page *html.Page) error {
	out, err := create(path, stdout)
	if err != nil {
		return err
	}
	return w.pageTo(out, page)
}

func (w *reporter) pageTo(out *output, page *html.Page) error {
	size := counter{w: out}
	err := out.close(html.Write(&size, page))
	w.size.Add(int64(size.n))
	return err
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
