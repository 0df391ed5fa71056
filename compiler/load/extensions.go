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

// extensions reads the fields that an organisation adds to the schema in cue.mod/usr/permc.dev/schema.
// An unread file there would be a missing check.
func (r *root) extensions() (texts []textFile, faults []diag.Finding) {
	const dir, largest = "cue.mod/usr/permc.dev/schema", 1 << 20
	faults = r.links()
	names, _ := fs.Glob(r.fs, path.Join(dir, "*.cue"))
	for _, name := range names {
		info, err := fs.Stat(r.fs, name)
		if err == nil && info.Size() > largest {
			err = fmt.Errorf("%d bytes, at most %d allowed", info.Size(), largest)
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

func badExtension(name, message string) diag.Finding {
	return diag.Stopf("schema", policy.Pos{}, "%s: %s", name, message).
		WithHelp("fix the extension of the schema, or remove it")
}

func parseExtensions(texts []textFile) (files []*ast.File, faults []diag.Finding) {
	for _, t := range texts {
		f, err := parser.ParseFile(t.Name, t.Data, parser.ParseComments)
		switch {
		case err != nil:
			faults = append(faults, badExtension(t.Name, err.Error()))
		case f.PackageName() != "schema":
			faults = append(faults, badExtension(t.Name, fmt.Sprintf("package %q, expected schema", f.PackageName())))
		default:
			files = append(files, f)
		}
	}
	return files, faults
}

// links reports symbolic links in cue.mod, since permc does not read their targets.
func (r *root) links() (faults []diag.Finding) {
	refuse := func(name string) {
		faults = append(faults, diag.Stopf("syntax", policy.Pos{},
			"%s: a symbolic link, but permc reads only files in the folder itself", r.display(name)).
			WithHelp("replace it with the file or folder"))
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
