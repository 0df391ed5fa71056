package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"permc.dev/permc/schema"
)

// version is set by release builds: -ldflags "-X main.version=v1.2.3".
var version = ""

func versionCommand(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "print the version",
		Long: `Prints the version of permc; with -v also the versions of the shipped catalogs,
each with its SHA-256: that of its CUE files, one after the other.`,
		Example: examples(`
			permc version
			permc version -v
			permc --version`),
		Args: takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := printVersion(cmd.OutOrStdout()); err != nil || !g.verbose {
				return err
			}
			return printCatalogs(cmd.OutOrStdout())
		},
	}
}

// printCatalogs prints the versions of the shipped catalogs, each with its checksum.
func printCatalogs(w io.Writer) error {
	for _, product := range schema.Products() {
		for _, v := range schema.Versions(product) {
			sum := schema.CatalogSum(product + "@" + v)
			if _, err := fmt.Fprintf(w, "catalog %s %s sha256:%s\n", product, v, sum); err != nil {
				return failed(err)
			}
		}
	}
	return nil
}

// printVersion prints the version, and what it was built from and with.
func printVersion(w io.Writer) error {
	revision := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = " " + s.Value[:min(12, len(s.Value))]
			}
		}
	}
	_, err := fmt.Fprintf(w, "permc %s%s %s %s/%s\n", versionText(), revision, runtime.Version(), runtime.GOOS,
		runtime.GOARCH)
	if err != nil {
		return failed(err)
	}
	return nil
}

// versionText returns the version that was built, as far as it is known.
func versionText() string {
	v := version
	if info, ok := debug.ReadBuildInfo(); ok && v == "" {
		v = info.Main.Version
	}
	if v == "" {
		v = "(devel)"
	}
	return v
}
