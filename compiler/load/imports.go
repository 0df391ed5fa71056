package load

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load/scan"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/schema"
)

// importPath is an unquoted import, split at the package name.
type importPath struct{ path, pkg string }

func astImport(spec *ast.ImportSpec) (importPath, error) {
	s, err := strconv.Unquote(spec.Path.Value)
	return splitImport(s), err
}

func splitImport(s string) importPath {
	p, pkg, ok := strings.Cut(s, ":")
	if dir, _, version := strings.Cut(p, "@"); version {
		p = dir
	}
	if !ok {
		pkg = path.Base(p)
	}
	return importPath{p, pkg}
}

// module returns the path of the root's own CUE module, or "".
func (r *root) module() string {
	if r.path == nil {
		path := r.findModule()
		r.path = &path
	}
	return *r.path
}

func (r *root) findModule() string {
	data, err := fs.ReadFile(r.fs, "cue.mod/module.cue")
	if err != nil || scan.Deep(string(data)) {
		return ""
	}
	f, err := parser.ParseFile("cue.mod/module.cue", data)
	if err != nil {
		return ""
	}
	for _, d := range f.Decls {
		if field, ok := d.(*ast.Field); ok {
			if name, _, _ := ast.LabelName(field.Label); name == "module" {
				if lit, ok := field.Value.(*ast.BasicLit); ok {
					s, _ := literal.Unquote(lit.Value)
					return splitImport(s).path
				}
			}
		}
	}
	return ""
}

// builder makes CUE instances of a project's packages without CUE's loader, which would use the
// network and skip files silently.
type builder struct {
	project   *cueProject
	ctx       *build.Context
	instances map[string]*build.Instance
	faults    []diag.Finding
}

func (b *builder) importer() build.LoadFunc {
	return func(pos token.Pos, s string) *build.Instance {
		imp := splitImport(s)
		if first, _, _ := strings.Cut(imp.path, "/"); !strings.Contains(first, ".") {
			return nil // CUE's standard library
		}
		if inst, ok := b.instances[s]; ok {
			if inst == nil {
				b.fail(pos, "%q imports itself, directly or through other packages", s)
			}
			return inst
		}
		b.instances[s] = nil
		files := b.files(pos, imp)
		inst := b.ctx.NewInstance(imp.path, b.importer())
		for _, f := range files {
			if err := inst.AddSyntax(f); err != nil {
				b.faults = append(b.faults, b.project.convertErrors("syntax", err)...)
			}
		}
		inst.ImportPath = s
		if err := inst.Complete(); err != nil {
			b.faults = append(b.faults, b.project.convertErrors("syntax", err)...)
		}
		b.instances[s] = inst
		return inst
	}
}

func (b *builder) fail(pos token.Pos, format string, args ...any) {
	b.faults = append(b.faults, diag.Stopf("syntax", b.project.pos(pos), format, args...))
}

// files returns the files of an imported package.
func (b *builder) files(pos token.Pos, imp importPath) (files []*ast.File) {
	if imp.path == "permc.dev/schema" {
		return []*ast.File{schemaStub(b.project.extensions)}
	}
	if rel, ok := strings.CutPrefix(imp.path, "permc.dev/"); ok {
		if files = parseAll(schema.FS, rel, imp.pkg, ""); len(files) == 0 {
			b.fail(pos, "no package %q, only permc.dev/schema and permc.dev/catalogs/{%s}", imp.path,
				strings.Join(schema.Products(), ","))
		}
		return files
	}
	for _, r := range b.project.roots {
		if module := r.module(); module != "" && (imp.path == module || strings.HasPrefix(imp.path, module+"/")) {
			files = append(files, b.library(r, strings.TrimPrefix(strings.TrimPrefix(imp.path, module), "/"),
				imp.pkg)...)
		}
		for _, dir := range []string{"gen", "pkg", "usr"} {
			files = append(files, b.vendor(r, path.Join("cue.mod", dir, imp.path), imp.pkg)...)
		}
	}
	if len(files) == 0 {
		b.fail(pos, "no package %q in this project, and permc downloads nothing", imp.path)
	}
	return files
}

// library returns the files of a package in one of the project's folders.
func (b *builder) library(r *root, rel, pkg string) (files []*ast.File) {
	dir := r.display(rel)
	for _, f := range b.project.all {
		if path.Dir(f.name) == path.Clean(dir) && f.syntax.PackageName() == pkg {
			files = append(files, f.syntax)
		}
	}
	return files
}

// vendor returns the files of a package under cue.mod. A file there that cannot be read is an error,
// as the declaration may rely on it.
func (b *builder) vendor(r *root, dir, pkg string) (files []*ast.File) {
	names, _ := fs.Glob(r.fs, path.Join(dir, "*.cue"))
	for _, name := range names {
		data, err := fs.ReadFile(r.fs, name)
		var f *ast.File
		if err == nil {
			f, err = parser.ParseFile(r.display(name), data)
		}
		switch {
		case err != nil:
			b.faults = append(b.faults, diag.Stopf("syntax", policy.Pos{}, "%s: %v", r.display(name), err))
		case f.PackageName() == pkg:
			b.faults = append(b.faults, b.project.refuseAttributes(f)...)
			files = append(files, f)
		}
	}
	return files
}

// parseAll parses the files of one package in a folder. A file that does not parse becomes an empty
// one with the error.
func parseAll(fsys fs.FS, dir, pkg, prefix string) (files []*ast.File) {
	names, _ := fs.Glob(fsys, path.Join(dir, "*.cue"))
	slices.Sort(names)
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			continue
		}
		f, err := parser.ParseFile(prefix+name, data, parser.ParseComments)
		if err == nil && f.PackageName() == pkg {
			files = append(files, f)
		}
	}
	return files
}

// schemaStub stands in for permc.dev/schema in a project's files. The data is checked against the
// schema later, in full and with places in the user's files, so CUE need not do it too.
func schemaStub(extensions []*ast.File) *ast.File {
	f := &ast.File{Filename: "permc.dev/schema", Decls: []ast.Decl{&ast.Package{Name: ast.NewIdent("schema")}}}
	for _, src := range append(parseAll(schema.FS, "schema", "schema", ""), extensions...) {
		for _, d := range src.Decls {
			if field, ok := d.(*ast.Field); ok {
				if name, _, err := ast.LabelName(field.Label); err == nil {
					f.Decls = append(f.Decls, &ast.Field{Label: ast.NewIdent(name), Value: ast.NewIdent("_")})
				}
			}
		}
	}
	return f
}

// Schema evaluates the embedded schema with a project's extensions from cue.mod/usr/permc.dev/schema.
func Schema(extensions ...*ast.File) (cue.Value, error) {
	ctx := build.NewContext()
	inst := ctx.NewInstance("permc.dev/schema", func(token.Pos, string) *build.Instance { return nil })
	for _, f := range append(parseAll(schema.FS, "schema", "schema", ""), extensions...) {
		if err := inst.AddSyntax(f); err != nil {
			return cue.Value{}, err
		}
	}
	if err := inst.Complete(); err != nil {
		return cue.Value{}, err
	}
	v := cuecontext.New().BuildInstance(inst)
	if err := v.Err(); err != nil {
		return v, fmt.Errorf("schema: %s", errors.Details(err, nil))
	}
	return v, nil
}

// vendored checks the copy of the schema that a project may carry: if it differs, plain CUE and permc
// disagree.
func (r *root) vendored() (faults []diag.Finding) {
	const dir = "cue.mod/pkg/permc.dev"
	if _, err := fs.Stat(r.fs, dir); err != nil {
		return nil
	}
	want := schema.Vendored() // hashes all of it
	have := map[string]bool{}
	folder := ""
	if at := strings.TrimSuffix(strings.TrimSuffix(r.display(dir), dir), "/"); at != "" && at != "." {
		folder = " " + at
	}
	wrong := func(name, format string) {
		faults = append(faults, diag.Stopf("schema", policy.Pos{}, format, r.display(path.Join(dir, name))).
			WithHelp("run permc init%s --upgrade, or remove %s", folder, r.display(dir)))
	}
	_ = fs.WalkDir(r.fs, dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		name = strings.TrimPrefix(name, dir+"/")
		text, ours := want[name]
		have[name] = true
		switch data, err := fs.ReadFile(r.fs, dir+"/"+name); {
		case ours && (err != nil || string(data) != string(text)), !ours && path.Ext(name) == ".cue":
			wrong(name, "%s differs from the schema of this permc")
		}
		return nil
	})
	// A copy made by hand has no digest, and may contain only the schema.
	if !have[schema.DigestFile] {
		return faults
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if !have[name] {
			wrong(name, "%s is missing from the vendored schema")
		}
	}
	return faults
}
