package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/cmd/permc/internal/flags"
	"permc.dev/permc/cmd/permc/internal/wholefile"
	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/edit/starter"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/schema"
)

// initFlags are those of permc init.
type initFlags struct {
	product, from, ci, format, permc string
	upgrade                          bool
	columns                          map[string]string // permc's names, by those of the export

	left []string // what the CI files still need
}

func initCommand(g *globals) *cobra.Command {
	var opts initFlags
	cmd := &cobra.Command{
		Use:   "init [DIR] --product PRODUCT",
		Short: "create the first files of a project",
		Long: `Writes a first declaration that passes permc check, and a schema: for editors of
YAML and JSON and, in a project in CUE, for plain CUE (cue vet, cue lsp).
Overwrites nothing. Files in the folder that permc would take for a broken
declaration are listed in ignore. In a project that exists, --ci without
--product writes the files for CI alone, and --upgrade refreshes the schemas.
A product that permc does not ship needs no init: write a file with a catalog,
as in examples/own-product.`,
		Example: examples(`
			permc init --product services-hub
			permc init access --product call-manager --format yaml
			permc init --product services-hub --from users.csv --ci github
			permc init access --ci github
			permc init --product services-hub --ci github --permc github.com/contoso/permc@v0.1.0
			permc init --upgrade`),
		Args: takes(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "."
			if len(args) > 0 {
				dir = args[0]
			}
			if opts.upgrade {
				return g.upgrade(cmd, dir, &opts)
			}
			if opts.product+opts.from == "" && opts.ci != "" {
				return g.addCI(cmd, dir, &opts)
			}
			return begin(cmd.Context(), guarded(cmd.OutOrStdout()), dir, &opts, g.options(nil))
		},
	}
	opts.add(cmd)
	return cmd
}

// add adds the flags of permc init.
func (opts *initFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.Var(flags.ChoiceOr(&opts.product, "PRODUCT", compiler.OwnProductHelp("NAME"), schema.Products()...), "product",
		"the product: "+strings.Join(schema.Products(), ", "))
	f.Var(flags.File(&opts.from, ""), "from", "take the users from this CSV file or .xlsx workbook, e.g. an export")
	f.StringToStringVar(&opts.columns, "map", nil,
		"which columns of the export are which: `TITLE=COLUMN`, e.g. \"User Name=user,Company=customer\"")
	f.Var(flags.Choice(&opts.ci, "CI", "", "github", "gitlab"), "ci",
		"also write the files that run permc in this CI: github, gitlab")
	f.StringVar(&opts.permc, "permc", "",
		"the `SOURCE` from which CI gets permc: MODULE@VERSION, docker://IMAGE, a file of the repository, or "+
			"https://ADDRESS#sha256=SUM (default: what this permc was built from)")
	f.Var(flags.Choice(&opts.format, "FORMAT", "cue", "cue", "yaml"), "format", "format of the declaration: cue, yaml")
	f.BoolVar(&opts.upgrade, "upgrade", false, "refresh the schemas of the project")
}

// begin writes the files of a new project, all of them or none.
func begin(ctx context.Context, out io.Writer, dir string, flags *initFlags, opts compiler.Options) error {
	if flags.product == "" {
		return noProduct()
	}
	c, err := compiler.Catalog(&policy.Files{}, flags.product)
	if err != nil {
		return failed(err)
	}
	people, err := flags.people(c, dir)
	if err != nil {
		return err
	}
	files, others, err := flags.fitting(ctx, dir, c, people, opts)
	if err != nil {
		return failed(err)
	}
	top, workflows, err := flags.workflows(ctx, dir)
	if err != nil {
		return err
	}
	for _, part := range []struct {
		dir   string
		files map[string][]byte
	}{{dir, files}, {top, workflows}} {
		if err := writeNew(part.dir, part.files); err != nil {
			return err
		}
		printFiles(out, "wrote", part.dir, slices.Sorted(maps.Keys(part.files)))
	}
	flags.printNotes(out, people)
	others.print(out, dir)
	flags.printNext(out, dir)
	return nil
}

// noProduct says which products there are.
func noProduct() error {
	return usage("--product is missing: use one of %s; %s", strings.Join(schema.Products(), ", "),
		compiler.OwnProductHelp("NAME"))
}

// printNext prints the next steps.
func (f *initFlags) printNext(out io.Writer, dir string) {
	for _, text := range f.left {
		fmt.Fprintf(out, "note: %s\n", render.Safe(text))
	}
	if strings.Contains(dir, " ") {
		dir = strconv.Quote(dir)
	}
	fmt.Fprintf(out, "\nnext: permc check %s\n", render.Safe(dir))
}

// printNotes prints what people should know about the export.
func (f *initFlags) printNotes(out io.Writer, people *starter.People) {
	if people == nil {
		return
	}
	const most = 40
	for i, n := range people.Notes {
		if i == most {
			fmt.Fprintf(out, "note: %s: %d more notes\n", render.Safe(f.from), len(people.Notes)-most)
			return
		}
		fmt.Fprintf(out, "note: %s: %s\n", render.Safe(f.from), render.Safe(n))
	}
}

// fitting returns the files of a project that passes in its folder, and what else is in the folder.
func (f *initFlags) fitting(ctx context.Context, dir string, c *policy.Catalog, people *starter.People,
	opts compiler.Options) (map[string][]byte, *others, error) {
	files, err := f.files(c, people, nil)
	if err != nil {
		return nil, nil, err
	}
	beside := findOthers(ctx, dir, files, opts)
	ignore := beside.ignore
	if people != nil && people.Ignore != "" {
		beside.forget(people.Ignore)
		ignore = append(ignore, escapeGlob(people.Ignore))
		slices.Sort(ignore)
	}
	if len(ignore) > 0 {
		files, err = f.files(c, people, slices.Compact(ignore))
	}
	return files, beside, err
}

func (f *initFlags) files(c *policy.Catalog, people *starter.People, ignore []string) (map[string][]byte, error) {
	files, err := starter.Files(c, f.format, people, ignore)
	if err == nil && people != nil && people.CSV != nil {
		files[people.File] = people.CSV
	}
	return files, err
}

// people reads the export. If it is inside the project, the declaration lists it in ignore.
func (f *initFlags) people(c *policy.Catalog, dir string) (*starter.People, error) {
	if f.from == "" {
		return nil, nil
	}
	text, err := os.ReadFile(f.from)
	if err != nil {
		return nil, failed(err)
	}
	if err := starter.CheckColumns(f.columns, c); err != nil {
		return nil, usage("--map: %v", err)
	}
	p, err := readExport(text, c, f.columns)
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
		return usage("%s: %s already: nothing was written; permc init --upgrade refreshes the schemas, and permc "+
			"init --ci without --product adds the files for CI", dir, sayExist(exist))
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

// sayExist says that files exist: the first three, and how many more.
func sayExist(names []string) string {
	switch n := len(names); {
	case n == 1:
		return names[0] + " exists"
	case n > 4:
		names = append(names[:3:3], fmt.Sprintf("%d more", n-3))
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last] + " exist"
}

func printFiles(out io.Writer, what, dir string, names []string) {
	for _, name := range names {
		fmt.Fprintf(out, "%s %s\n", what, render.Safe(path.Join(filepath.ToSlash(dir), name)))
	}
}

// upgrade refreshes the vendored files: first the schema, since a project with another one cannot be read, then the
// JSON Schema for editors, which has the names of the project's catalog.
func (g *globals) upgrade(cmd *cobra.Command, dir string, flags *initFlags) error {
	if flags.product+flags.from+flags.ci+flags.permc != "" || cmd.Flags().Changed("format") {
		return usage("--upgrade cannot be combined with other flags: it only refreshes the schemas")
	}
	root, err := wholefile.OpenFolder(dir)
	if err != nil {
		return failed(err)
	}
	defer root.Close()
	out := &changes{out: guarded(cmd.OutOrStdout()), into: &projectFolder{dir: dir, root: root}}
	if hasVendored(root) {
		if err := out.vendored(); err != nil {
			return failed(err)
		}
	}
	p, err := g.load(cmd, []string{dir})
	if err != nil {
		return err
	}
	g.stopProgress()
	if p.Policy == nil {
		fmt.Fprintf(cmd.ErrOrStderr(),
			"permc: %s was not changed: it needs the names of the project's catalog, and the project cannot be "+
				"evaluated\n", starter.Editor)
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

// hasVendored reports whether the project has the schema for plain CUE, or CUE files that may want it.
func hasVendored(root *os.Root) bool {
	if _, err := root.Lstat("cue.mod"); err == nil {
		return true
	}
	list, err := fs.Glob(root.FS(), "*.cue")
	return err != nil || len(list) > 0
}

// changes are the files that an upgrade changes, printed one by one.
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
	// not through a link: files are removed here
	folder, err := wholefile.EnterFolder(c.into.root, starter.Vendored, nil)
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
		printFiles(c.out, "removed", c.into.dir, []string{path.Join(starter.Vendored, name)})
		return folder.Remove(name)
	})
}

func (c *changes) refresh(name string, text []byte) error {
	what := "updated" // a link is replaced
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
	printFiles(c.out, what, c.into.dir, []string{name})
	return nil
}

// holds reports whether a file holds a text.
func (c *changes) holds(name string, text []byte) bool {
	old, err := c.into.root.ReadFile(name)
	return err == nil && bytes.Equal(old, text)
}
