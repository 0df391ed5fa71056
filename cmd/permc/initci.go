package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"permc.dev/permc/compiler/ask/diff/revision"
	"permc.dev/permc/compiler/edit/starter"
	"permc.dev/permc/compiler/load"
)

// addCI writes the files for CI of a project that exists.
func (g *globals) addCI(cmd *cobra.Command, dir string, flags *initFlags) error {
	if cmd.Flags().Changed("map") || cmd.Flags().Changed("format") {
		return noProduct()
	}
	p, err := g.load(cmd, []string{dir})
	if errors.Is(err, load.ErrNoDeclaration) || errors.Is(err, fs.ErrNotExist) {
		return noProduct()
	}
	if err != nil {
		return err
	}
	g.stopProgress()
	if p.Policy == nil {
		fmt.Fprintln(cmd.ErrOrStderr(), "permc: nothing was written because of the findings below")
		return g.stopped(cmd, p)
	}
	top, files, err := flags.workflows(cmd.Context(), dir)
	if err != nil {
		return err
	}
	if err := writeNew(top, files); err != nil {
		return err
	}
	out := guarded(cmd.OutOrStdout())
	printFiles(out, "wrote", top, slices.Sorted(maps.Keys(files)))
	flags.printNext(out, dir)
	return nil
}

// workflows returns the files that run permc in CI, and their folder: the top of the repository, since CI reads them
// nowhere else. It overwrites none: those of a second project get names of their own.
func (f *initFlags) workflows(ctx context.Context, dir string) (top string, files map[string][]byte, err error) {
	if f.ci == "" {
		if f.permc != "" {
			return "", nil, usage("--permc needs --ci: it says where CI gets permc")
		}
		return dir, nil, nil
	}
	from, err := f.source(dir)
	if err != nil {
		return "", nil, err
	}
	if text := sayUnknown(from); text != "" {
		f.left = append(f.left, text)
	}
	top, folder, err := revision.Around(dir)
	if err != nil {
		return "", nil, failed(err)
	}
	w := starter.Workflows{Which: f.ci, Folder: folder, Branch: revision.MainBranch(ctx, top), From: from}
	if taken := findTaken(top, w); taken != "" {
		if runsFor(top, taken, folder) {
			return "", nil, usage("%s runs permc for %s already: nothing was written; leave --ci out, or delete it first",
				filepath.Join(top, taken), folder)
		}
		w.Beside = true
		f.left = append(f.left, sayBeside(top, taken, w)...)
	}
	if taken := findTaken(top, w); taken != "" {
		return "", nil, usage("%s exists already: nothing was written; leave --ci out", filepath.Join(top, taken))
	}
	if files, err = starter.CI(w); err != nil {
		return "", nil, usage("--ci %s: %v", f.ci, err)
	}
	return top, files, nil
}

// findTaken returns the first of the files that exists, or "".
func findTaken(top string, w starter.Workflows) string {
	for _, name := range slices.Sorted(maps.Keys(w.Places())) {
		if _, err := os.Lstat(filepath.Join(top, filepath.FromSlash(name))); err == nil {
			return name
		}
	}
	return ""
}

// runsFor reports whether a file for CI runs permc for a folder.
func runsFor(top, name, folder string) bool {
	text, err := os.ReadFile(filepath.Join(top, filepath.FromSlash(name)))
	return err == nil && bytes.Contains(text, []byte(starter.FolderLine(folder)))
}

// sayBeside says what GitLab needs to read a second file.
func sayBeside(top, taken string, w starter.Workflows) (lines []string) {
	if w.Which != "gitlab" {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(w.Places())) {
		lines = append(lines, path.Join(filepath.ToSlash(top), taken)+" exists: for it to run the new job, add to it "+
			"include: [{local: "+name+"}]")
	}
	return lines
}
