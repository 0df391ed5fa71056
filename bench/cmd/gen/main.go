// Command gen writes a declaration of a product to measure with.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"permc.dev/permc/bench/gen"
)

func main() {
	product := pflag.StringP("product", "p", gen.Products[0], "one of "+strings.Join(gen.Products, ", ")+
		"; a shipped one but the first may be pinned: PRODUCT@VERSION")
	users := pflag.IntP("users", "n", 10_000, "number of users")
	seed := pflag.Uint64("seed", 1, "the same seed gives the same users")
	format := pflag.StringP("format", "f", "jsonl", "one of "+strings.Join(gen.Formats, ", "))
	files := pflag.Int("files", 1, "number of files the users are spread over")
	out := pflag.StringP("out", "o", "", "folder to write to")
	catalog := pflag.String("catalog", "", "file to write the catalog to, for the peers")
	pflag.Parse()
	if *out == "" {
		pflag.Usage()
		os.Exit(2)
	}
	p, c, err := gen.Make(*product, *users, *seed)
	if err == nil {
		err = p.Write(*out, *format, *files)
	}
	if err == nil && *catalog != "" {
		if err = os.MkdirAll(filepath.Dir(*catalog), 0o755); err == nil {
			err = gen.WriteCatalog(*catalog, c)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
