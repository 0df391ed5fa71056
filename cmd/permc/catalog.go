package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/render/html"
	"permc.dev/permc/schema"
)

func catalogCommand(g *globals) *cobra.Command {
	var format string
	var sources bool
	cmd := &cobra.Command{
		Use:   "catalog [PRODUCT[@VERSION]|PATH]",
		Short: "print what a product can give",
		Long: `Prints what a shipped product can give: the matrix with its conditions and
sources. For a PATH, prints the catalog of that project with its additions and
corrections. Without an argument, lists the shipped products with their versions,
or with -C prints the catalog of that project.`,
		Example: examples(`
			permc catalog
			permc catalog services-hub
			permc catalog services-hub@2026-11-22
			permc catalog call-manager -f csv
			permc catalog .`),
		Args: takes(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) > 0 || g.dir != "":
				return g.printCatalog(cmd, args, format, sources)
			case sources:
				return usage("--sources needs a catalog, such as permc catalog %s --sources", schema.Products()[0])
			}
			return listProducts(cmd)
		},
	}
	addFormat(cmd.Flags(), &format, "format of the catalog", render.CatalogFormats)
	cmd.AddCommand(catalogDiffCommand(g))
	cmd.Flags().BoolVar(&sources, "sources", false, "list the sources with their dates, and what rests on each")
	return cmd
}

func (g *globals) printCatalog(cmd *cobra.Command, args []string, format string, sources bool) error {
	c, err := g.catalog(cmd, args)
	if err != nil {
		return err
	}
	write := render.Catalog
	if sources {
		write = render.CatalogSources
	}
	if format == "html" {
		write = func(w io.Writer, c *policy.Catalog, _ string, _ render.Style) error { return html.WriteCatalog(w, c) }
	}
	err = writeOutput(cmd.OutOrStdout(), flags.Output{Format: format}, func(out *output) error {
		return write(out, c, format, styleOf(out.raw))
	})
	if err != nil {
		return failed(err)
	}
	return nil
}

func listProducts(cmd *cobra.Command) error {
	for _, product := range schema.Products() {
		c, err := compiler.Catalog(&policy.Files{}, product)
		if err != nil {
			return failed(err)
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%-30s  %s: %d roles, %d permissions; versions %s\n", product, c.Title,
			len(c.Roles), len(c.Permissions),
			strings.Join(schema.Versions(product), ", "))
	}
	return nil
}

// catalog returns the catalog of a shipped product, or of a project.
func (g *globals) catalog(cmd *cobra.Command, args []string) (*policy.Catalog, error) {
	if len(args) > 0 && isProduct(args[0]) {
		if !schema.Ships(args[0]) {
			return nil, noVersion(args[0])
		}
		c, err := compiler.Catalog(&policy.Files{}, args[0])
		if err != nil {
			return nil, failed(err)
		}
		return c, nil
	}
	if len(args) > 0 {
		if _, err := os.Stat(args[0]); err != nil {
			return nil, usage("%q is neither a product nor a path; %s", args[0], suggestProduct(args[0]))
		}
	}
	p, err := g.bound(cmd, args)
	if err != nil {
		return nil, err
	}
	return p.Policy.Catalog, nil
}

// isProduct reports whether an argument names a shipped product, in whatever version.
func isProduct(name string) bool {
	product, _, _ := schema.SplitVersion(name)
	return slices.Contains(schema.Products(), product)
}

// noVersion returns the error for a version of a product that permc does not have.
func noVersion(name string) error {
	product, version, _ := schema.SplitVersion(name)
	return usage("%s; %s", compiler.NoVersion(product, version), compiler.VersionHelp(product))
}

func suggestProduct(name string) string {
	product, _, _ := schema.SplitVersion(name)
	return diag.Suggest(product, schema.Products())
}
