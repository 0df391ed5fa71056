package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/revision"
)

// base loads what a project is compared with. Without one it is nil, and the
// note says so.
func (g *globals) base(cmd *cobra.Command, against string, paths []string) (p *compiler.Project, note string, err error) {
	opts := g.options(paths)
	nothing := "there is no declaration in the base " + against + ": it counts as an empty table"
	if revision.Empty(against) {
		return nil, nothing, nil
	}
	tree, err := g.revision(cmd.Context(), against, opts.Paths)
	switch {
	case err != nil:
		return nil, "", err
	case tree != nil:
		opts.Tree = tree
		opts.Paths = slices.DeleteFunc(slices.Clone(opts.Paths), func(p string) bool {
			at, err := tree.At(p)
			return err == nil && !revision.Has(tree.FS, at)
		})
		if len(opts.Paths) == 0 {
			return nil, nothing, nil
		}
	default:
		opts.Paths = []string{against}
	}
	p, err = compiler.Load(cmd.Context(), opts)
	if errors.Is(err, load.ErrNoDeclaration) {
		return nil, nothing, nil
	}
	if err != nil {
		return nil, "", failed(fmt.Errorf("the base %s: %w", against, err))
	}
	return p, "", nil
}

// revision is the tree of a revision, or nil where the base is a folder. What
// begins like a path is one; else a revision comes first.
func (g *globals) revision(ctx context.Context, against string, paths []string) (*load.Tree, error) {
	info, err := os.Stat(against)
	folder := err == nil && info.IsDir()
	if folder && (path.IsAbs(against) || strings.HasPrefix(against, "./") || strings.HasPrefix(against, "../") || against == "." || against == "..") {
		return nil, nil
	}
	repo, err := revision.Open(ctx, paths[0])
	if err == nil {
		var commit string
		if commit, err = repo.Resolve(ctx, against); err == nil {
			return treeOf(ctx, repo, commit, paths)
		}
	}
	switch {
	case ctx.Err() != nil:
		return nil, failed(ctx.Err())
	case folder:
		return nil, nil
	case errors.Is(err, revision.ErrNoRepository):
		return nil, failed(fmt.Errorf("--against %s: neither a folder, nor a revision: %w", against, err))
	}
	return nil, failed(fmt.Errorf("--against %s: no such folder, and %w", against, err))
}

func treeOf(ctx context.Context, repo *revision.Repository, commit string, paths []string) (*load.Tree, error) {
	var below []string
	for _, p := range paths {
		at, err := repo.At(p)
		if err != nil {
			return nil, failed(err)
		}
		below = append(below, at)
	}
	files, err := repo.Tree(ctx, commit, below, load.Wanted)
	if err != nil {
		return nil, failed(err)
	}
	return &load.Tree{FS: files, At: repo.At}, nil
}
