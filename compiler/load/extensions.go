package load

import (
	"io/fs"
	"path"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// extensions are the fields that an organisation adds to the schema in
// cue.mod/usr/permc.dev/schema. A file there that is not read would be a check
// that is not made.
func (r *root) extensions() (files []*ast.File, faults []diag.Diagnostic) {
	const dir = "cue.mod/usr/permc.dev/schema"
	faults = r.links()
	names, _ := fs.Glob(r.fs, path.Join(dir, "*.cue"))
	for _, name := range names {
		fail := func(format string, args ...any) {
			faults = append(faults, diag.Errorf("schema", policy.Pos{}, r.display(name)+": "+format, args...).
				WithHelp("mend the extension of the schema, or remove it"))
		}
		data, err := fs.ReadFile(r.fs, name)
		if err != nil {
			fail("%v", err)
			continue
		}
		f, err := parser.ParseFile(r.display(name), data, parser.ParseComments)
		switch {
		case err != nil:
			fail("%v", err)
		case f.PackageName() != "schema":
			fail("package %q, where schema is wanted", f.PackageName())
		default:
			files = append(files, f)
		}
	}
	return files, faults
}

// links refuses symbolic links in cue.mod: what they stand for would not be
// read.
func (r *root) links() (faults []diag.Diagnostic) {
	refuse := func(name string) {
		faults = append(faults, diag.Errorf("syntax", policy.Pos{}, "%s: a symbolic link: permc reads only what is in the folder itself", r.display(name)).
			WithHelp("put the file or folder itself there"))
	}
	if info, err := fs.Lstat(r.fs, "cue.mod"); err != nil || info.Mode()&fs.ModeSymlink != 0 {
		if err == nil {
			refuse("cue.mod")
		}
		return faults
	}
	_ = fs.WalkDir(r.fs, "cue.mod", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type()&fs.ModeSymlink != 0 {
			refuse(name)
		}
		return nil
	})
	return faults
}
