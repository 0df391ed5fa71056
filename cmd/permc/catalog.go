package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/schema"
)

func catalogCommand(g *globals) *cobra.Command {
	var format string
	var sources bool
	cmd := &cobra.Command{
		Use:   "catalog [PRODUCT|PATH]",
		Short: "what a product can give: the matrix, conditions and sources",
		Long: `catalog prints what can be given: of a shipped product, or of the project at
PATH with its additions and corrections. Without an argument it lists the
shipped products, or, with -C, prints the catalog of that project.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(render.CatalogFormats, format) {
				return usage("-f %q: want one of %s", format, strings.Join(render.CatalogFormats, ", "))
			}
			if sources && len(args) == 0 && g.dir == "" {
				return usage("--sources: say of which catalog, such as permc catalog %s --sources", schema.Products()[0])
			}
			if len(args) == 0 && g.dir == "" {
				return listProducts(cmd)
			}
			c, err := g.catalog(cmd, args)
			if err != nil {
				return err
			}
			out, err := create("", cmd.OutOrStdout())
			if err != nil {
				return err
			}
			out.guard(format)
			write := render.Catalog
			if sources {
				write = render.CatalogSources
			}
			if err := out.close(write(out, c, format, styleOf(out.raw))); err != nil {
				return failed(err)
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&format, "format", "f", "text", "`FORMAT`: "+strings.Join(render.CatalogFormats, ", "))
	cmd.Flags().BoolVar(&sources, "sources", false, "list the sources with their dates, and what rests on each")
	return cmd
}

func listProducts(cmd *cobra.Command) error {
	for _, product := range schema.Products() {
		c, err := compiler.Catalog(&policy.Files{}, product)
		if err != nil {
			return failed(err)
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%-30s  %s: %d roles, %d permissions\n", product, c.Title, len(c.Roles), len(c.Permissions))
	}
	return nil
}

// catalog is that of a shipped product, or of a project.
func (g *globals) catalog(cmd *cobra.Command, args []string) (*policy.Catalog, error) {
	if len(args) > 0 && slices.Contains(schema.Products(), args[0]) {
		c, err := compiler.Catalog(&policy.Files{}, args[0])
		if err != nil {
			return nil, failed(err)
		}
		return c, nil
	}
	if len(args) > 0 {
		if _, err := os.Stat(args[0]); err != nil {
			return nil, usage("no product %q, and no such path; %s", args[0], diag.Suggest(args[0], schema.Products()))
		}
	}
	p, err := g.load(cmd, args)
	if err != nil {
		return nil, err
	}
	if p.Policy != nil {
		return p.Policy.Catalog, nil
	}
	r := g.report(p, p.Stopped)
	if err := render.FindingsText(cmd.ErrOrStderr(), r, styleOf(cmd.ErrOrStderr())); err != nil {
		return nil, failed(err)
	}
	return nil, g.verdict(r)
}
