package catalogdiff

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/diff"
	"permc.dev/permc/compiler/ask/diff/revision"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/schema"
)

// ErrName is the error for a name that names no catalog.
type ErrName struct{ Text string }

func (e *ErrName) Error() string { return e.Text }

// Broken is the error for a catalog that cannot be read, with what is wrong with it.
type Broken struct {
	Name     string
	Files    *policy.Files
	Findings []diag.Finding
}

func (b *Broken) Error() string { return "the catalog of " + b.Name + " cannot be read" }

// Where says how to read what a name means.
type Where struct {
	Revisions revision.Where
	Options   compiler.Options
}

// Open finds the catalog that a name means: PRODUCT, PRODUCT@VERSION, a file or folder
// with a catalog, or REF:PATH. A name with a colon is a path only if it begins as one:
// a change must not choose by the name of a file what is compared.
func (w *Where) Open(ctx context.Context, name string) (*compiler.CatalogSource, error) {
	product, version, pinned := schema.SplitVersion(name)
	switch {
	case schema.Ships(name):
		if !pinned {
			version = schema.Versions(product)[0]
		}
		return &compiler.CatalogSource{Name: product + "@" + version, Product: product + "@" + version}, nil
	case slices.Contains(schema.Products(), product):
		return nil, &ErrName{compiler.NoVersion(product,
			version) + "; use one of " + strings.Join(schema.Versions(product), ", ")}
	}
	opts := w.Options
	opts.Paths = []string{name}
	if strings.Contains(name, ":") && !diff.IsPath(name) {
		var err error
		if opts, err = diff.AtRevision(ctx, w.Revisions, name, opts); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	} else if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		return nil, &ErrName{fmt.Sprintf("%s is neither a product, a path nor REF:PATH; %s", diag.Quote(name),
			diag.Suggest(product, schema.Products()))}
	}
	return w.read(ctx, name, opts)
}

func (w *Where) read(ctx context.Context, name string, opts compiler.Options) (*compiler.CatalogSource, error) {
	s, files, faults, err := compiler.LoadCatalog(ctx, opts)
	if err != nil {
		return nil, err
	}
	if len(faults) > 0 {
		return nil, &Broken{name, files, diag.Sort(faults)}
	}
	s.Name = name
	return s, nil
}

// Sides loads a project with one catalog and with the other.
func (w *Where) Sides(ctx context.Context, before, after *compiler.CatalogSource, paths []string) (*diff.Sides, error) {
	s := &diff.Sides{BaseName: before.Name, HeadName: after.Name}
	s.Commits.Folders = true // the same files are on both sides
	opts := w.Options
	opts.Paths, opts.Catalog = paths, after
	var err error
	if s.Head, err = compiler.Load(ctx, opts); err != nil || s.Head.Policy == nil {
		return s, err
	}
	old := *before
	old.Known = after
	opts.Catalog = &old
	s.Base, err = compiler.Load(ctx, opts)
	return s, err
}
