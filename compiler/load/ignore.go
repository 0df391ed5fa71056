package load

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load/scan"
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// besideCatalog are the files that lie beside a catalog in the layout of those that
// permc ships: earlier versions, and examples of its rules.
var besideCatalog = []string{"????-??-??/**", "rules/*.fires.cue", "rules/*.fixed.cue"}

// hasCatalog reports whether a root has a catalog in the layout of those that permc ships.
func (f *finder) hasCatalog(r *root) bool {
	return slices.ContainsFunc(f.sources, func(s *source) bool { return s.root == r && s.rel == "catalog.cue" })
}

// ignore drops the files that the files at the top of a root ignore, and those
// that match further patterns.
func (f *finder) ignore(r *root, patterns []string) error {
	patterns = slices.Clone(patterns)
	for _, s := range f.sources {
		if s.root != r || !s.top() {
			continue
		}
		if err := s.read(); err != nil {
			return err
		}
		patterns = append(patterns, s.ignores()...)
	}
	if len(patterns) == 0 {
		return nil
	}
	f.obeyed = append(f.obeyed, patterns...)
	globs := policy.NewGlobs(patterns)
	drop := func(r2 *root, rel, name string) bool {
		p, ok := globs.Match(rel)
		if ok && r2 == r {
			f.skipped = append(f.skipped, Skipped{name, "ignored by " + p, rel})
		}
		return ok && r2 == r
	}
	f.sources = slices.DeleteFunc(f.sources, func(s *source) bool { return drop(s.root, s.rel, s.name) })
	f.alike = slices.DeleteFunc(f.alike, func(s *source) bool {
		_, ok := globs.Match(s.rel)
		return ok && s.root == r
	})
	f.refused = slices.DeleteFunc(f.refused, func(x refusal) bool {
		rel, ok := strings.CutPrefix(x.name, strings.TrimSuffix(r.display(""), ".")+"/")
		if !ok {
			rel = x.name
		}
		return drop(r, rel, x.name)
	})
	return nil
}

// ignores returns the patterns that are written out in a file's ignore. Other faults of the file are
// found later.
func (s *source) ignores() (patterns []string) {
	if s.ext == ".jsonl" || s.ext == ".csv" { // lines do not have this field
		return nil
	}
	if !bytes.Contains(s.data, []byte("gnore")) { // g is rarer than i, so it is faster to find
		return nil
	}
	var files policy.Files
	num := files.Add(s.name, s.data)
	file := files.File(num)
	var docs []tree.Tree
	switch out := splitFast(s.ext, num, file.Data); {
	case out != nil:
		docs = append(docs, out.Rest)
	case s.ext == ".cue":
		return cueIgnores(file.Data)
	default:
		docs, _ = parseFile(s, file, num)
	}
	for _, d := range docs {
		for _, r := range decodeRefs(d.Get("ignore")) {
			patterns = append(patterns, r.Name)
		}
	}
	return patterns
}

// splitFast splits a text of any format, or returns nil.
func splitFast(ext string, num int32, text string) (out *scan.Split) {
	if ext == ".cue" {
		out, _, _ = scan.CUE(num, text)
	} else if x, ok := splitters[ext]; ok {
		out, _ = x.split(num, text)
	}
	return out
}

func cueIgnores(text string) (patterns []string) {
	if scan.Deep(text) {
		return nil
	}
	f, err := parser.ParseFile("", text)
	if err != nil {
		return nil
	}
	for _, d := range f.Decls {
		field, ok := d.(*ast.Field)
		if !ok {
			continue
		}
		name, _, _ := ast.LabelName(field.Label)
		list, ok := field.Value.(*ast.ListLit)
		if name != "ignore" || !ok || field.Constraint != token.ILLEGAL {
			continue
		}
		for _, e := range list.Elts {
			if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if s, err := literal.Unquote(lit.Value); err == nil {
					patterns = append(patterns, s)
				}
			}
		}
	}
	return patterns
}

// misplacedIgnores reports an ignore that was not applied.
func (l *loader) misplacedIgnores(docs []doc) {
	tops := map[int32]bool{}
	for _, s := range l.finder.sources {
		tops[s.num] = s.top()
	}
	for _, d := range docs {
		if d.value == nil {
			continue
		}
		if t := d.value.Get("ignore"); t != nil && !tops[t[0].Pos.File] {
			l.faults = append(l.faults, diag.Stopf("schema", t[0].Pos,
				"ignore is allowed only in a file of the root folder").
				WithHelp("move it there, or check the folder as a project: permc check %s",
					path.Dir(l.files.File(t[0].Pos.File).Name)))
		} else {
			l.faults = append(l.faults, l.finder.disobeyed(decodeRefs(t))...)
		}
	}
}

// disobeyed reports patterns that are malformed or not written out.
func (f *finder) disobeyed(list []policy.Ref) (faults []diag.Finding) {
	obeyed := map[string]bool{}
	for _, p := range f.obeyed {
		obeyed[p] = true
	}
	for _, r := range list {
		if err := policy.CheckGlob(r.Name); err != nil {
			faults = append(faults, diag.Stopf("schema", r.Pos, "%s is not a valid pattern: %v", diag.Quote(r.Name),
				err))
		} else if !obeyed[r.Name] {
			faults = append(faults, diag.Stopf("schema", r.Pos, "ignore must be written out here").
				WithHelp("in a .cue file, use a plain list of strings: permc needs it before it evaluates anything"))
		}
	}
	return faults
}
