package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/wholefile"
	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/diff/revision"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/edit/starter"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/schema"
)

// initFlags are those of permc init.
type initFlags struct {
	product, from, ci, format string
	upgrade                   bool
}

func initCommand(g *globals) *cobra.Command {
	var flags initFlags
	cmd := &cobra.Command{
		Use:   "init [DIR] --product PRODUCT",
		Short: "begin a project, or refresh what permc put into it",
		Long: `Writes a first declaration that passes permc check, and the schema for plain
CUE (cue vet, cue lsp) and for editors of YAML and JSON. It overwrites nothing.
With --upgrade it refreshes the schemas of a project, and nothing else.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "."
			if len(args) > 0 {
				dir = args[0]
			}
			if flags.upgrade {
				return g.upgrade(cmd, dir, &flags)
			}
			return begin(guarded(cmd.OutOrStdout()), dir, &flags)
		},
	}
	f := cmd.Flags()
	f.StringVar(&flags.product, "product", "", "the `PRODUCT`: "+strings.Join(schema.Products(), ", "))
	f.StringVar(&flags.from, "from", "", "take the users from a CSV `FILE`, such as an export")
	f.StringVar(&flags.ci, "ci", "", "also write what runs permc in the `CI` of github or gitlab")
	f.StringVar(&flags.format, "format", "cue", "`FORMAT` of the declaration: cue, yaml")
	f.BoolVar(&flags.upgrade, "upgrade", false, "refresh the schemas of the project")
	return cmd
}

func (f *initFlags) check() error {
	switch {
	case f.product == "":
		return usage("--product is missing: one of %s", strings.Join(schema.Products(), ", "))
	case !slices.Contains(schema.Products(), f.product):
		return usage("--product %q: there is no such product; %s", f.product, diag.Suggest(f.product, schema.Products()))
	case f.format != "cue" && f.format != "yaml":
		return usage("--format %q: want cue or yaml", f.format)
	case f.ci != "" && f.ci != "github" && f.ci != "gitlab":
		return usage("--ci %q: want github or gitlab", f.ci)
	}
	return nil
}

// begin writes the files of a new project, all of them or none.
func begin(out io.Writer, dir string, flags *initFlags) error {
	if err := flags.check(); err != nil {
		return err
	}
	c, err := compiler.Catalog(&policy.Files{}, flags.product)
	if err != nil {
		return failed(err)
	}
	people, err := flags.people(c, dir)
	if err != nil {
		return err
	}
	files, err := flags.files(c, people)
	if err != nil {
		return failed(err)
	}
	top, workflows, err := flags.workflows(dir)
	if err != nil {
		return err
	}
	other := flags.otherFile(dir)
	for _, part := range []struct {
		dir   string
		files map[string][]byte
	}{{dir, files}, {top, workflows}} {
		if err := writeNew(part.dir, part.files); err != nil {
			return err
		}
		said(out, "wrote", part.dir, slices.Sorted(maps.Keys(part.files)))
	}
	if people != nil {
		for _, n := range people.Notes {
			fmt.Fprintf(out, "note: %s: %s\n", render.Safe(flags.from), render.Safe(n))
		}
	}
	if other != "" {
		fmt.Fprintf(out, "note: permc reads every CUE, YAML, JSON and CSV file in %s, so also %s: name in ignore what is no declaration, or use a folder of its own\n",
			render.Safe(dir), render.Safe(other))
	}
	fmt.Fprintf(out, "\nnext: permc check %s\n", render.Safe(dir))
	return nil
}

func (f *initFlags) files(c *policy.Catalog, people *starter.People) (map[string][]byte, error) {
	files, err := starter.Files(c, f.format, people)
	if err != nil {
		return nil, err
	}
	vendored, err := starter.Vendor(c)
	maps.Copy(files, vendored)
	if people != nil && people.CSV != nil {
		files[people.File] = people.CSV
	}
	return files, err
}

// otherFile returns a file that permc will read beside those of the project, if
// there is one.
func (f *initFlags) otherFile(dir string) (other string) {
	_ = fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		base := path.Base(name)
		switch {
		case err != nil || name == ".":
		case strings.HasPrefix(base, ".") || base == "cue.mod":
			if d.IsDir() {
				return fs.SkipDir
			}
		case d.Type().IsRegular() && load.Wanted(name) && !sameFile(filepath.Join(dir, filepath.FromSlash(name)), f.from):
			other = name
			return fs.SkipAll
		}
		return nil
	})
	return other
}

func sameFile(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}

// workflows returns what runs permc in CI, and the folder that it is for: the top
// of the repository, since it is read nowhere else. It fails before anything is
// written if one is there.
func (f *initFlags) workflows(dir string) (top string, files map[string][]byte, err error) {
	if f.ci == "" {
		return dir, nil, nil
	}
	top, folder, err := revision.Around(dir)
	if err != nil {
		return "", nil, failed(err)
	}
	if files, err = starter.CI(f.ci, folder); err != nil {
		return "", nil, usage("--ci %s: %v", f.ci, err)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if _, err := os.Lstat(filepath.Join(top, filepath.FromSlash(name))); err == nil {
			return "", nil, usage("%s is here already: nothing was written; leave --ci out", filepath.Join(top, name))
		}
	}
	return top, files, nil
}

// people reads the export. One that stands in the project is named in ignore.
func (f *initFlags) people(c *policy.Catalog, dir string) (*starter.People, error) {
	if f.from == "" {
		return nil, nil
	}
	text, err := os.ReadFile(f.from)
	if err != nil {
		return nil, failed(err)
	}
	p, err := starter.Read(text, c)
	if err != nil {
		return nil, usage("--from %s: %v", f.from, err)
	}
	p.File = "users.csv"
	base, err1 := filepath.Abs(dir)
	file, err2 := filepath.Abs(f.from)
	if rel, err := filepath.Rel(base, file); err1 == nil && err2 == nil && err == nil && filepath.IsLocal(rel) {
		p.Ignore = filepath.ToSlash(rel)
	}
	if p.Ignore == p.File {
		p.File = "people.csv"
	}
	return p, nil
}

// writeNew writes files where there are none. It looks at every name before it
// writes the first, and takes back what it wrote if one fails.
func writeNew(dir string, files map[string][]byte) (err error) {
	var exist []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		_, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(name)))
		switch {
		case err == nil && name == starter.Module: // the user's own module serves
			delete(files, name)
		case err == nil:
			exist = append(exist, name)
		case !errors.Is(err, fs.ErrNotExist):
			return usage("%v", err)
		}
	}
	if len(exist) > 0 {
		return usage("%s: %s here already: nothing was written; permc init --upgrade refreshes the schemas", dir, strings.Join(exist, ", ")+map[bool]string{true: " is", false: " are"}[len(exist) == 1])
	}
	into, err := newProject(dir)
	if err != nil {
		return failed(err)
	}
	defer into.close()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := into.write(name, files[name]); err != nil {
			into.takeBack()
			return failed(err)
		}
	}
	return nil
}

func said(out io.Writer, what, dir string, names []string) {
	for _, name := range names {
		fmt.Fprintf(out, "%s %s\n", what, render.Safe(path.Join(filepath.ToSlash(dir), name)))
	}
}

// upgrade refreshes what is vendored: the schema first, since a project with
// another one cannot be read, and then the editors', which has the project's
// own catalog.
func (g *globals) upgrade(cmd *cobra.Command, dir string, flags *initFlags) error {
	if flags.product != "" || flags.from != "" || flags.ci != "" || cmd.Flags().Changed("format") {
		return usage("--upgrade goes alone: it refreshes the schemas and nothing else")
	}
	root, err := wholefile.OpenFolder(dir)
	if err != nil {
		return failed(err)
	}
	defer root.Close()
	out := &changes{out: guarded(cmd.OutOrStdout()), into: &projectFolder{dir: dir, root: root}}
	if err := out.vendored(); err != nil {
		return failed(err)
	}
	p, err := g.load(cmd, []string{dir})
	if err != nil {
		return err
	}
	g.stopProgress()
	if p.Policy == nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "permc: %s stays as it was: it has the names of the project's catalog, and the project cannot be evaluated\n", starter.Editor)
		return g.stopped(cmd, p)
	}
	text, err := starter.JSONSchema(p.Policy.Catalog)
	if err == nil {
		err = out.refresh(starter.Editor, text)
	}
	if err != nil {
		return failed(err)
	}
	if out.n == 0 {
		fmt.Fprintln(cmd.OutOrStdout(), "everything is up to date")
	}
	return nil
}

// changes are what an upgrade does, said as it is done.
type changes struct {
	out  io.Writer
	into *projectFolder
	n    int
}

// vendored writes the schema, and removes files of older ones: CUE would merge
// them into it.
func (c *changes) vendored() error {
	files := schema.Vendored()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := c.refresh(path.Join(starter.Vendored, name), files[name]); err != nil {
			return err
		}
	}
	folder, err := wholefile.EnterFolder(c.into.root, starter.Vendored, nil) // not through a link: files are removed here
	if err != nil {
		return err
	}
	defer folder.Close()
	return fs.WalkDir(folder.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".cue" {
			return err
		}
		if _, ours := files[name]; ours {
			return nil
		}
		c.n++
		said(c.out, "removed", c.into.dir, []string{path.Join(starter.Vendored, name)})
		return folder.Remove(name)
	})
}

func (c *changes) refresh(name string, text []byte) error {
	what := "updated" // where it is a link, in place of it
	switch info, err := c.into.root.Lstat(name); {
	case errors.Is(err, fs.ErrNotExist):
		what = "added"
	case err == nil && info.Mode().IsRegular() && c.holds(name, text):
		return nil
	}
	c.n++
	if err := c.into.write(name, text); err != nil {
		return err
	}
	said(c.out, what, c.into.dir, []string{name})
	return nil
}

// holds reports whether a file holds a text.
func (c *changes) holds(name string, text []byte) bool {
	old, err := c.into.root.ReadFile(name)
	return err == nil && bytes.Equal(old, text)
}
