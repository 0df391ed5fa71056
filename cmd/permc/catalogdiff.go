package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/catalogdiff"
	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/ask/diff/revision"
	"permc.dev/permc/compiler/render"
)

func catalogDiffCommand(g *globals) *cobra.Command {
	opts := diffFlags{gates: diff.Gates{MaxLost: -1}}
	cmd := &cobra.Command{
		Use:   "diff OLD NEW [PATH…]",
		Short: "compare two versions of a catalog",
		Long: `Compares two catalogs: roles, permissions, cells, rules and sources that were
added, removed, widened or narrowed, and cells that are surer now. With PATH,
shows which people of that project change if it is compiled with NEW in place of
OLD, as permc diff does, with its formats, gates and exit codes.
OLD and NEW are PRODUCT, PRODUCT@VERSION, a file or folder with a catalog, or
REF:PATH.`,
		Example: examples(`
			permc catalog diff services-hub@2026-11-22 services-hub
			permc catalog diff services-hub@2026-11-22 services-hub access --forbid sensitivity=critical
			permc catalog diff main:catalog.yaml ./catalog.yaml -f markdown`),
		Args: takes(2, unlimited),
		RunE: func(cmd *cobra.Command, args []string) error { return g.catalogDiff(cmd, args, &opts) },
	}
	f := cmd.Flags()
	addOutputs(f, &opts.outputs, "format of the diff", catalogDiffFormats())
	opts.add(f)
	cmd.ValidArgsFunction = func(_ *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 1 {
			return nil, cobra.ShellCompDirectiveDefault
		}
		return catalogNames(start), cobra.ShellCompDirectiveDefault
	}
	return cmd
}

// catalogDiffFormats returns the formats of both kinds of answer.
func catalogDiffFormats() []string {
	list := slices.Clone(render.CatalogDiffFormats)
	for _, f := range render.DiffFormats {
		if !slices.Contains(list, f) {
			list = append(list, f)
		}
	}
	return list
}

func (g *globals) catalogDiff(cmd *cobra.Command, args []string, opts *diffFlags) error {
	if err := opts.fit(cmd, len(args) > 2); err != nil {
		return err
	}
	defer g.begin(cmd)()
	where := &catalogdiff.Where{
		Revisions: revision.Where{Started: g.started, Dir: g.dir, Top: os.Getenv("PERMC_REPOSITORY")},
		Options:   g.options(nil),
	}
	var found [2]*compiler.CatalogSource
	for i := range found {
		var err error
		if found[i], err = where.Open(cmd.Context(), args[i]); err != nil {
			return g.noCatalog(cmd, err)
		}
	}
	if len(args) == 2 {
		return g.compareCatalogs(cmd.OutOrStdout(), found, opts.outputs)
	}
	return g.catalogPeople(cmd, where, found, args[2:], opts)
}

// fit refuses flags that do not go with a PATH, or with none.
func (opts *diffFlags) fit(cmd *cobra.Command, people bool) error {
	formats := render.CatalogDiffFormats
	if people {
		formats = render.DiffFormats
	}
	for _, o := range opts.outputs {
		switch {
		case slices.Contains(formats, o.Format):
		case people:
			return usage("-f %s compares catalogs, without a PATH; use one of %s", o.Format,
				strings.Join(formats, ", "))
		default:
			return usage("-f %s needs a PATH; use one of %s", o.Format, strings.Join(formats, ", "))
		}
	}
	for _, name := range []string{"fail-on-gain", "forbid", "forbid-path", "paths", "max-lost", "link-base",
		"fail-on-policy-change"} {
		if !people && cmd.Flags().Changed(name) {
			return usage("--%s needs a PATH: it is about people", name)
		}
	}
	return nil
}

// noCatalog reports why there is no catalog to compare.
func (g *globals) noCatalog(cmd *cobra.Command, err error) error {
	g.stopProgress()
	if name, ok := errors.AsType[*catalogdiff.ErrName](err); ok {
		return usage("%s", name.Text)
	}
	broken, ok := errors.AsType[*catalogdiff.Broken](err)
	if !ok {
		return failed(err)
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "permc: %s\n", render.Safe(broken.Error()))
	return g.stopped(cmd, &compiler.Project{Files: broken.Files, Stopped: broken.Findings})
}

func (g *globals) compareCatalogs(stdout io.Writer, found [2]*compiler.CatalogSource, outputs []flags.Output) error {
	d := &render.CatalogDiff{OldName: found[0].Name, NewName: found[1].Name, Verbose: g.verbose}
	before, err := found[0].Bind()
	if err != nil {
		return failed(err)
	}
	after, err := found[1].Bind()
	if err != nil {
		return failed(err)
	}
	d.Diff = catalogdiff.Compare(before, after)
	g.stopProgress()
	return writeOutputs(stdout, outputs, func(out *output, format string) error {
		return render.WriteCatalogDiff(out, d, format, styleOf(out.raw))
	})
}

// catalogPeople shows which people of a project change.
func (g *globals) catalogPeople(cmd *cobra.Command, where *catalogdiff.Where, found [2]*compiler.CatalogSource,
	paths []string, opts *diffFlags) error {
	s, err := where.Sides(cmd.Context(), found[0], found[1], paths)
	if err != nil {
		return failed(err)
	}
	if g.verbose {
		list(cmd.ErrOrStderr(), s.Head)
	}
	for i, p := range []*compiler.Project{s.Base, s.Head} {
		if p != nil && p.Policy == nil {
			g.stopProgress()
			fmt.Fprintf(cmd.ErrOrStderr(), "permc: %s cannot be evaluated with %s\n",
				render.Safe(strings.Join(paths, " ")), render.Safe(found[i].Name))
			return g.stopped(cmd, p)
		}
	}
	s.Notes = append(s.Notes,
		fmt.Sprintf("%s with the catalog %s in place of %s, in which names that only the new one has give nothing",
			strings.Join(paths, " "), s.HeadName, s.BaseName))
	return g.showSides(cmd, s, opts)
}
