package load

import (
	"fmt"
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
func (r *root) extensions() (texts []textFile, faults []diag.Diagnostic) {
	const dir, largest = "cue.mod/usr/permc.dev/schema", 1 << 20
	faults = r.links()
	names, _ := fs.Glob(r.fs, path.Join(dir, "*.cue"))
	for _, name := range names {
		info, err := fs.Stat(r.fs, name)
		if err == nil && info.Size() > largest {
			err = fmt.Errorf("%d bytes: it may have %d", info.Size(), largest)
		}
		var data []byte
		if err == nil {
			data, err = fs.ReadFile(r.fs, name)
		}
		if err != nil {
			faults = append(faults, badExtension(r.display(name), err.Error()))
			continue
		}
		texts = append(texts, textFile{Name: r.display(name), Data: data})
	}
	return texts, faults
}

func badExtension(name, message string) diag.Diagnostic {
	return diag.Stopf("schema", policy.Pos{}, "%s: %s", name, message).WithHelp("mend the extension of the schema, or remove it")
}

func parseExtensions(texts []textFile) (files []*ast.File, faults []diag.Diagnostic) {
	for _, t := range texts {
		f, err := parser.ParseFile(t.Name, t.Data, parser.ParseComments)
		switch {
		case err != nil:
			faults = append(faults, badExtension(t.Name, err.Error()))
		case f.PackageName() != "schema":
			faults = append(faults, badExtension(t.Name, fmt.Sprintf("package %q, where schema is wanted", f.PackageName())))
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
		faults = append(faults, diag.Stopf("syntax", policy.Pos{}, "%s: a symbolic link: permc reads only what is in the folder itself", r.display(name)).
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
