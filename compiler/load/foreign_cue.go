package load

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"

	"permc.dev/permc/compiler/load/scan"
)

// foreignCUE returns the CUE files that are plainly no part of the declaration: of another package than
// the declaration, imported by none of its files, and with fields of other names only.
func foreignCUE(sources []*source, fields []string) []*source {
	declared := regexp.MustCompile(`(?m)^"?(?:` + strings.Join(fields, "|") + `)"?[?!]?[ \t]*:`)
	ours, doubtful := map[string]bool{}, map[*source]*ast.File{}
	var read []*ast.File
	for _, s := range sources {
		if s.ext != ".cue" || s.root.only != "" {
			continue
		}
		if declared.Match(s.data) {
			continue
		}
		if f := parsePlain(s); f != nil && othersFields(f, fields) {
			doubtful[s] = f
		}
	}
	if len(doubtful) == 0 {
		return nil
	}
	for _, s := range sources {
		if s.ext == ".cue" && doubtful[s] == nil {
			f, _ := parser.ParseFile(s.name, s.data, parser.ImportsOnly)
			ours[f.PackageName()] = true
			read = append(read, f)
		}
	}
	return unused(sources, doubtful, ours, read)
}

// unused returns the doubtful files that no file of the declaration needs.
func unused(sources []*source, doubtful map[*source]*ast.File, ours map[string]bool,
	read []*ast.File) (list []*source) {
	for len(read) > 0 { // the imports of what is read may make a doubtful file part of it
		f := read[0]
		read = read[1:]
		for spec := range f.ImportSpecs() {
			imp, err := astImport(spec)
			for s, lib := range doubtful {
				if err != nil || lib.PackageName() == imp.pkg || path.Base(path.Dir(s.rel)) == path.Base(imp.path) {
					delete(doubtful, s)
					read = append(read, lib)
				}
			}
		}
	}
	for _, s := range sources {
		if f := doubtful[s]; f != nil && !ours[f.PackageName()] && (f.PackageName() != "" || hasRegular(f)) {
			list = append(list, s)
		}
	}
	return list
}

func parsePlain(s *source) *ast.File {
	if scan.Deep(string(s.data)) {
		return nil
	}
	f, err := parser.ParseFile(s.name, s.data)
	if err != nil {
		return nil
	}
	return f
}

// othersFields reports whether everything at the top of a file is a field with a fixed name that no
// declaration has. An expression there may give any field.
func othersFields(f *ast.File, fields []string) bool {
	for spec := range f.ImportSpecs() {
		if imp, err := astImport(spec); err != nil || strings.HasPrefix(imp.path+"/", "permc.dev/") {
			return false
		}
	}
	return !slices.ContainsFunc(f.Decls, func(d ast.Decl) bool {
		switch d := d.(type) {
		case *ast.Field:
			name, _, err := ast.LabelName(d.Label)
			return err != nil || near(name, fields)
		case *ast.Package, *ast.ImportDecl, *ast.LetClause, *ast.CommentGroup:
			return false
		}
		return true
	})
}

// hasRegular reports whether the file has a field that would be part of the data.
func hasRegular(f *ast.File) bool {
	return slices.ContainsFunc(f.Decls, func(d ast.Decl) bool {
		field, ok := d.(*ast.Field)
		if !ok || field.Constraint != token.ILLEGAL {
			return false
		}
		name, _, _ := ast.LabelName(field.Label)
		return !strings.HasPrefix(name, "_") && !strings.HasPrefix(name, "#")
	})
}
