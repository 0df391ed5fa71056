package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/render/html"
)

func reportCommand(g *globals) *cobra.Command {
	var path string
	var filters filterFlags
	var known baselineFlags
	var observed observedFlags
	var options html.Options
	var printed string
	cmd := &cobra.Command{
		Use:   "report [PATH…]",
		Short: "write one HTML page for auditors and managers",
		Long: `Writes one HTML page that needs no other file: the whole table, the sources of
all access, what expires when, and every finding. Findings do not make the
command fail; they are on the page. Printed, the page has an overview, the
findings, the matrix, the people and what expires; --print full adds the pages of
each person, role, permission and group. settings.report names the organization,
a logo, and how confidential the page is. With --observed, the page says whether
what is declared is really there.`,
		Example: examples(`
			permc report
			permc report access -o access-2026-q2.html
			permc report --scope contoso/emea -o emea.html
			permc report --observed entra=support-members.csv --read 2026-11-30`),
		RunE: func(cmd *cobra.Command, paths []string) error {
			options.PrintAll = printed == "full"
			w := &reporter{globals: g, path: path, options: options}
			return w.run(cmd, paths, &filters, &known, &observed)
		},
	}
	cmd.Flags().VarP(flags.File(&path, "access.html"), "output", "o",
		"write the page to this file, whole or not at all")
	cmd.Flags().Var(flags.Choice(&printed, "HOW", "brief", "brief", "full"), "print",
		"what a printout has: brief or full")
	cmd.Flags().BoolVar(&options.Sign, "signature", false, "leave room for a reviewer's signature")
	observed.flags(cmd)
	filters.flags(cmd)
	known.flags(cmd)
	return cmd
}

// reporter writes the page of a project, or the pages of a large one.
type reporter struct {
	*globals
	job     *render.TableJob
	path    string
	options html.Options
	size    atomic.Int64 // bytes written
}

// run reads the project, and the exports to compare it with, and writes its page.
func (w *reporter) run(cmd *cobra.Command, paths []string, filters *filterFlags, known *baselineFlags,
	observed *observedFlags) error {
	if err := observed.check(cmd); err != nil {
		return err
	}
	if err := known.read(false); err != nil {
		return err
	}
	observed.leaveOut(w.globals)
	p, err := w.bound(cmd, paths)
	if err != nil {
		return err
	}
	filter, err := filters.bind(p.Policy)
	if err != nil {
		return err
	}
	if w.options.Logo, err = readLogo(p.Policy); err != nil {
		return err
	}
	there, err := observed.compare(cmd, w.globals, p)
	if err != nil {
		return err
	}
	mark := func(found []diag.Finding) { known.report(w.report(p, found)) }
	w.job = &render.TableJob{Project: p, Filter: filter, Known: mark, Observed: there}
	if err := w.write(cmd); err != nil {
		return failed(err)
	}
	return nil
}

func (w *reporter) write(cmd *cobra.Command) error {
	page, err := html.NewPage(cmd.Context(), w.job, w.skipped())
	if err != nil {
		return err
	}
	page.Options = w.options
	if page.TooLarge() {
		err = w.split(cmd, page)
	} else {
		w.stopProgress()
		err = w.file(w.path, cmd.OutOrStdout(), page)
	}
	if err != nil || isStandardOutput(w.path) {
		return err
	}
	_, err = fmt.Fprintf(cmd.ErrOrStderr(), "permc: wrote %s: %s\n", render.Safe(w.path),
		html.Sum(page, int(w.size.Load())))
	return err
}

// skipped lists the skipped files, each with the reason. It leaves out files of an earlier report, and the logo.
func (w *reporter) skipped() (list []string) {
	parts, logo := partsFolder(w.path)+"/", ""
	if at := w.job.Project.Policy.Report.Logo; at.Name != "" {
		logo = filepath.ToSlash(logoPath(w.job.Project.Policy))
	}
	for _, s := range w.job.Project.Skipped {
		name := filepath.ToSlash(filepath.Clean(s.Name))
		if name != filepath.ToSlash(filepath.Clean(w.path)) && name != logo &&
			!strings.HasPrefix(name, filepath.ToSlash(parts)) {
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
