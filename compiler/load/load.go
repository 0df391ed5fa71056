package load

import (
	"context"
	"fmt"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/shape"
	"permc.dev/permc/compiler/tree"
	"permc.dev/permc/schema"
)

// Project is what was loaded.
type Project struct {
	*policy.Declared
	Skipped []Skipped // files found and not read, by name
}

// DefaultLimits bound the evaluation of a project's CUE.
var DefaultLimits = Limits{Time: 10 * time.Second, Memory: 4 << 30, Nodes: 20_000_000}

// Dirs loads the project that the paths make together: folders, or single
// files. Diagnostics that stop the table come without a declaration; an error
// is a file or folder that cannot be read, or an evaluation over its limits.
func Dirs(ctx context.Context, paths []string, limits Limits) (*Project, []diag.Diagnostic, error) {
	l := &loader{files: &policy.Files{}, numbers: map[string]int32{}, limits: limits}
	defer l.close()
	if err := l.open(paths); err != nil {
		return nil, nil, err
	}
	p := &Project{Skipped: l.finder.skipped}
	schemaFaults, err := l.schema(ctx)
	if err != nil || len(schemaFaults) > 0 {
		return p.with(l), schemaFaults, err
	}
	docs, err := l.read(ctx)
	if err != nil || len(l.faults) > 0 {
		return p.with(l), diag.Sort(l.faults), err
	}
	if len(docs) == 0 {
		return nil, nil, fmt.Errorf("%s: no declaration here: permc reads .cue, .yaml, .json, .jsonl and .csv files", strings.Join(paths, ", "))
	}
	all, faults := whole(docs)
	faults = append(faults, l.shape.Check(all)...)
	if len(faults) > 0 {
		return p.with(l), diag.Sort(faults), nil
	}
	p.Declared = declaration(all)
	return p.with(l), nil, nil
}

func (p *Project) with(l *loader) *Project {
	if p.Declared == nil {
		p.Declared = &policy.Declared{}
	}
	p.Files = l.files
	return p
}

type loader struct {
	roots    []*root
	finder   finder
	files    *policy.Files
	numbers  map[string]int32
	limits   Limits
	shape    *shape.Type
	extended []*ast.File // what the project adds to the schema

	mu     sync.Mutex
	faults []diag.Diagnostic
}

func (l *loader) close() {
	for _, r := range l.roots {
		r.fs.Close()
	}
}

// open finds the files of every path, less those that are ignored.
func (l *loader) open(paths []string) error {
	for _, p := range paths {
		r, err := openRoot(p)
		if err != nil {
			return err
		}
		l.roots = append(l.roots, r)
		if err := l.finder.find(r); err != nil {
			return err
		}
	}
	f := &l.finder
	slices.SortFunc(f.sources, func(a, b *source) int { return strings.Compare(a.name, b.name) })
	f.sources = slices.CompactFunc(f.sources, func(a, b *source) bool { return a.name == b.name })
	for _, r := range l.roots {
		if err := f.ignore(r); err != nil {
			return err
		}
	}
	slices.SortFunc(f.skipped, func(a, b Skipped) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

// ignore drops what the files at the top of a root say is no declaration.
func (f *finder) ignore(r *root) error {
	var patterns []string
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
	drop := func(r2 *root, rel, name string) bool {
		p, ok := ignored(rel, patterns)
		if ok && r2 == r {
			f.skipped = append(f.skipped, Skipped{name, "ignored by " + p})
		}
		return ok && r2 == r
	}
	f.sources = slices.DeleteFunc(f.sources, func(s *source) bool { return drop(s.root, s.rel, s.name) })
	f.refused = slices.DeleteFunc(f.refused, func(x refusal) bool {
		rel, ok := strings.CutPrefix(x.name, strings.TrimSuffix(r.display(""), ".")+"/")
		if !ok {
			rel = x.name
		}
		return drop(r, rel, x.name)
	})
	return nil
}

// ignores are the patterns that a file names in ignore, as far as they are
// written out. The file may have other faults; they are found later.
func (s *source) ignores() (patterns []string) {
	text := strings.TrimPrefix(string(s.data), "\ufeff")
	if !strings.Contains(text, "ignore") {
		return nil
	}
	if s.ext == ".cue" {
		return cueIgnores(text)
	}
	var files policy.Files
	num := files.Add(s.name, s.data)
	docs, _ := parse(s, files.File(num), num)
	for _, d := range docs {
		for _, r := range refs(d.Get("ignore")) {
			patterns = append(patterns, r.Name)
		}
	}
	return patterns
}

func cueIgnores(text string) (patterns []string) {
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

// read reads every file into trees: one of CUE, and one of each document of
// the others.
func (l *loader) read(ctx context.Context) ([]doc, error) {
	for _, x := range l.finder.refused {
		num := l.files.Add(x.name, nil)
		l.faults = append(l.faults, diag.Errorf("syntax", policy.Pos{File: num}, "%s", x.message).WithHelp("%s", x.help))
	}
	var cues, others []*source
	for _, s := range l.finder.sources {
		if s.data == nil {
			if err := s.read(); err != nil {
				return nil, err
			}
		}
		s.num = l.files.Add(s.name, s.data)
		l.numbers[s.name] = s.num
		if d := s.textFault(l.files.File(s.num)); d != nil {
			l.faults = append(l.faults, *d)
			continue
		}
		s.data = nil
		if s.ext == ".cue" {
			cues = append(cues, s)
		} else {
			others = append(others, s)
		}
	}
	docs := l.documents(others)
	if len(cues) > 0 {
		t, err := l.cue(ctx, cues)
		if err != nil {
			return nil, err
		}
		docs = slices.Insert(docs, 0, doc{cues[0], t})
	}
	l.misplacedIgnores(docs)
	return slices.DeleteFunc(docs, func(d doc) bool { return d.value == nil }), nil
}

// lines reports whether the document is made of lines that may name one user
// several times.
func (d doc) lines() bool { return d.ext == ".csv" || d.ext == ".jsonl" }

// whole makes one declaration of all documents.
func whole(docs []doc) (tree.Tree, []diag.Diagnostic) {
	if len(docs) == 1 && !docs[0].lines() {
		return docs[0].value, nil
	}
	var values []tree.Tree
	for _, d := range docs {
		values = append(values, d.value)
	}
	return merge(values)
}

// doc is a document and the file it comes from.
type doc struct {
	*source
	value tree.Tree
}

// misplacedIgnores refuses an ignore that was not obeyed.
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
			l.faults = append(l.faults, diag.Errorf("schema", t[0].Pos, "ignore stands in a file of the root folder only").
				WithHelp("move it there"))
		} else {
			l.faults = append(l.faults, l.finder.disobeyed(refs(t))...)
		}
	}
}

// disobeyed reports patterns that mean nothing, or that were not written out.
func (f *finder) disobeyed(list []policy.Ref) (faults []diag.Diagnostic) {
	for _, r := range list {
		if _, err := path.Match(r.Name, ""); err != nil {
			faults = append(faults, diag.Errorf("schema", r.Pos, "%s is not a pattern: %v", diag.Quote(r.Name), err))
		} else if !slices.Contains(f.obeyed, r.Name) {
			faults = append(faults, diag.Errorf("schema", r.Pos, "ignore is not written out here").
				WithHelp("in a .cue file, write it as a list of strings: it is needed before anything is evaluated"))
		}
	}
	return faults
}

func (l *loader) cue(ctx context.Context, sources []*source) (tree.Tree, error) {
	p := &cueProject{files: l.files, numbers: l.numbers, roots: l.roots, limits: l.limits, extensions: l.extended}
	if faults := p.read(sources); len(faults) > 0 {
		l.faults = append(l.faults, faults...)
		return nil, nil
	}
	if len(p.main) == 0 {
		return nil, nil
	}
	t, faults, err := p.load(ctx)
	l.faults = append(l.faults, faults...)
	return t, err
}

// documents reads files on every core; the result is in file order.
func (l *loader) documents(sources []*source) []doc {
	results := make([][]doc, len(sources))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(sources)) {
		wg.Go(func() {
			for i := range next {
				results[i] = l.document(sources[i])
			}
		})
	}
	for i := range sources {
		next <- i
	}
	close(next)
	wg.Wait()
	return slices.Concat(results...)
}

func (l *loader) document(s *source) (docs []doc) {
	values, faults := parse(s, l.files.File(s.num), s.num)
	for _, v := range values {
		if d := tooDeep(v); d != nil {
			faults = append(faults, *d)
			continue
		}
		if d := (doc{s, v}); !d.lines() {
			faults = append(faults, duplicates(v)...)
			if d := foreign(v, l.shape.FieldNames()); d != nil {
				faults = append(faults, *d)
			}
		}
		docs = append(docs, doc{s, v})
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = append(l.faults, faults...)
	return docs
}

func parse(s *source, file *policy.File, num int32) ([]tree.Tree, []diag.Diagnostic) {
	switch s.ext {
	case ".yaml":
		return readYAML(file, num)
	case ".jsonl":
		t, faults := readJSONLines(num, file.Data)
		return []tree.Tree{t}, faults
	case ".csv":
		t, faults := readCSV(file, num)
		if t == nil {
			return nil, faults
		}
		return []tree.Tree{t}, faults
	}
	t, d := readJSON(num, file.Data)
	if d != nil {
		return nil, []diag.Diagnostic{*d}
	}
	return []tree.Tree{t}, nil
}

// deepest is how deep values may stand in each other.
const deepest = 512

// tooDeep finds a value that stands deeper than that.
func tooDeep(t tree.Tree) *diag.Diagnostic {
	var ends []int // of the lists and structs that are open
	for i := range t {
		for len(ends) > 0 && ends[len(ends)-1] <= i {
			ends = ends[:len(ends)-1]
		}
		if t[i].Kind < tree.List {
			continue
		}
		if ends = append(ends, i+int(t[i].Len)); len(ends) > deepest {
			d := diag.Errorf("syntax", t[i].Pos, "more than %d values stand in each other here", deepest)
			return &d
		}
	}
	return nil
}

// foreign tells of a file that has nothing of a declaration.
func foreign(t tree.Tree, declarationFields []string) *diag.Diagnostic {
	help := "if it is no declaration, name it in ignore, in a file of the root folder"
	if t[0].Kind != tree.Struct {
		d := diag.Errorf("schema", t[0].Pos, "not a declaration: %s at the top, where a struct is wanted", t[0].Kind).WithHelp("%s", help)
		return &d
	}
	for k := range t.Fields() {
		if slices.Contains(declarationFields, k.Text) || diag.Nearest(k.Text, declarationFields) != "" {
			return nil
		}
	}
	d := diag.Errorf("schema", t[0].Pos, "not a declaration: none of its fields is one of a declaration's").WithHelp("%s", help)
	return &d
}

// plainShape is the type of a declaration where no project extends it. Types
// do not change, so one serves every load.
var plainShape = sync.OnceValues(func() (*shape.Type, error) {
	pkg, err := Schema()
	if err != nil {
		return nil, err
	}
	return shape.Derive(pkg, "#Declaration")
})

// schema derives the type of a declaration, with the project's extensions.
func (l *loader) schema(ctx context.Context) (faults []diag.Diagnostic, err error) {
	var extensions []*ast.File
	for _, r := range l.roots {
		faults = append(faults, r.vendored(l.files)...)
		files, broken := r.extensions()
		faults = append(faults, broken...)
		extensions = append(extensions, files...)
	}
	if len(faults) > 0 {
		return faults, nil
	}
	if len(extensions) == 0 {
		l.shape, err = plainShape()
		return nil, err
	}
	var pkg cue.Value
	err = l.limits.guard(ctx, func() (err error) {
		pkg, err = Schema(extensions...)
		return err
	})
	if err != nil {
		return nil, err
	}
	l.extended = extensions
	l.shape, err = shape.Derive(pkg, "#Declaration")
	return faults, err
}

// Shipped loads a catalog that comes with permc. Its files are added to the
// project's, for places to refer to.
func Shipped(files *policy.Files, product string) (*policy.DeclaredCatalog, error) {
	dir := "catalogs/" + product
	p := &cueProject{files: files, numbers: map[string]int32{}, limits: DefaultLimits}
	var sources []*source
	entries, err := schema.FS.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("no catalog %q", product)
	}
	for _, e := range entries {
		data, err := schema.FS.ReadFile(dir + "/" + e.Name())
		if err != nil {
			return nil, err
		}
		name := "permc.dev/" + dir + "/" + e.Name()
		s := &source{name: name, rel: e.Name(), ext: ".cue", num: files.AddShipped(name, data)}
		p.numbers[name] = s.num
		sources = append(sources, s)
	}
	faults := p.read(sources)
	if len(faults) > 0 {
		return nil, fmt.Errorf("catalog %s: %s", product, faults[0].Message)
	}
	t, faults, err := p.load(context.Background())
	if err != nil {
		return nil, err
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("catalog %s: %s", product, faults[0].Message)
	}
	return catalog(t.Get("catalog")), nil
}
