// Command peers runs permc, the near limit, and what people would write or use
// instead, on the same declarations, one after the other in rounds. It checks
// that all give the same rows, and prints medians as a table.
package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/pflag"

	"permc.dev/permc/bench/alone"
	"permc.dev/permc/bench/gen"
)

type options struct {
	products []string
	users    []int
	runs     int
	limit    time.Duration
	only     []string
	write    string
	folder   string
}

// usual are the numbers of users that a product is measured with.
var usual = map[string][]int{"services-hub": {10_000, 100_000}, "call-manager": {100_000},
	"dynamics-365-customer-service": {20_000}, gen.Own: {20_000}}

func main() {
	alone.Serve()
	var o options
	pflag.StringSliceVarP(&o.products, "product", "p", gen.Products, "products, of which one may be pinned: "+
		"PRODUCT@VERSION; programs other than permc and the near limit know the first one alone")
	pflag.IntSliceVarP(&o.users, "users", "n", nil, "numbers of users, smallest first (default: those "+
		"usual for the product)")
	pflag.IntVar(&o.runs, "runs", 5, "rounds, of which the median counts")
	pflag.DurationVar(&o.limit, "limit", 20*time.Second, "one run alone of a program that takes longer")
	pflag.StringSliceVar(&o.only, "only", nil, "names of programs, by their beginning; all without")
	pflag.StringVar(&o.write, "write", "", "page to write the results to, between its markers")
	pflag.StringVar(&o.folder, "folder", "", "where to build and to make the declarations; a new one without")
	pflag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

// run measures all products, and prints and writes the tables.
func run(ctx context.Context, o options) error {
	if o.folder == "" {
		dir, err := os.MkdirTemp("", "permc-peers-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		o.folder = dir
	}
	var text strings.Builder
	for _, product := range o.products {
		list := choose(o, product)
		if err := build(ctx, o.folder, list); err != nil {
			return err
		}
		sizes := o.users
		if sizes == nil {
			name, _, _ := strings.Cut(product, "@")
			sizes = usual[name]
		}
		for _, n := range sizes {
			if err := measure(ctx, o, product, n, list); err != nil {
				return err
			}
			writeTable(&text, o, product, n, list)
		}
	}
	if err := writeVersions(ctx, &text); err != nil {
		return err
	}
	fmt.Fprintf(&text, ".\n\nMade by `%s`.\n", o.commandLine())
	fmt.Print(text.String())
	if o.write == "" {
		return nil
	}
	return replace(o.write, text.String())
}

// choose returns the programs to measure with a product, the near limit first.
func choose(o options, product string) []*program {
	return slices.DeleteFunc(programs(o.folder), func(p *program) bool {
		switch {
		case p.name == nearLimit:
			return false
		case product != "services-hub" && !p.permc:
			return true
		}
		return len(o.only) > 0 && !slices.ContainsFunc(o.only,
			func(s string) bool { return strings.HasPrefix(p.name, s) })
	})
}

// measure runs every program with n users: once for its rows, then in rounds.
func measure(ctx context.Context, o options, product string, n int, list []*program) error {
	dir := filepath.Join(o.folder, fmt.Sprint(product, "-", n))
	defer os.RemoveAll(dir)
	if err := declarations(dir, product, n); err != nil {
		return err
	}
	if err := compareRows(ctx, n, dir, list); err != nil {
		return err
	}
	for i := range o.runs {
		if err := runRound(ctx, o, n, dir, list); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%s, %d users: round %d of %d\n", product, n, i+1, o.runs)
	}
	return nil
}

// compareRows runs every program once: all must print the same rows.
func compareRows(ctx context.Context, n int, dir string, list []*program) error {
	wanted := ""
	for _, p := range list {
		if p.tooSlow(n) {
			continue
		}
		fmt.Fprintf(os.Stderr, "%d users: %s: ", n, p.name)
		got, rows, err := check(ctx, p, dir)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return fmt.Errorf("%s: %w", p.name, err)
		case p.rowless:
			fmt.Fprintln(os.Stderr, "prints no rows")
		case wanted == "":
			wanted = got
			fallthrough
		case got == wanted:
			fmt.Fprintf(os.Stderr, "%d rows, %.12s\n", rows, got)
			p.at(n).rows = rows
		default:
			return fmt.Errorf("%s: its %d rows with %d users are not those of %s", p.name, rows, n, list[0].name)
		}
		p.at(n)
	}
	return nil
}

// runRound measures every program once more, but not those that take longer than the limit.
func runRound(ctx context.Context, o options, n int, dir string, list []*program) error {
	for _, p := range list {
		m := p.sizes[n]
		if m == nil || len(m.runs) > 0 && m.runs[0].Wall > o.limit {
			continue
		}
		r, err := alone.Measure(ctx, p.command(ctx, dir), false, p.failed)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		m.runs = append(m.runs, r)
	}
	return nil
}

// declarations makes those of n users in every format, and a folder for the peers.
func declarations(dir, product string, n int) error {
	p, catalog, err := gen.Make(product, n, 1)
	if err != nil {
		return err
	}
	for _, format := range gen.Formats {
		if err := p.Write(filepath.Join(dir, format), format, 1); err != nil {
			return err
		}
	}
	peer := filepath.Join(dir, "peer")
	if err := p.Write(peer, "jsonl", 1); err != nil {
		return err
	}
	cue, err := os.ReadFile(filepath.Join(dir, "cue", "users.cue"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(peer, "users.cue"), cue, 0o644); err != nil {
		return err
	}
	return gen.WriteCatalog(filepath.Join(peer, "catalog.json"), catalog)
}

// failed returns the error of a run. permc ends with 1 where it has findings.
func (p *program) failed(err error, said *bytes.Buffer) error {
	var exit *exec.ExitError
	if err == nil || p.permc && errors.As(err, &exit) && exit.ExitCode() == 1 {
		return nil
	}
	text := said.String()
	return fmt.Errorf("%w: %s", err, text[max(0, len(text)-2000):])
}

func median[T cmp.Ordered](list []T) T {
	list = slices.Sorted(slices.Values(list))
	return list[len(list)/2]
}
