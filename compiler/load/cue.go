package load

import (
	"context"
	"fmt"
	"path"
	"runtime/metrics"
	"slices"
	"strings"
	"time"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load/scan"
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// cueFile is a parsed .cue file.
type cueFile struct {
	*source
	syntax *ast.File
}

// cueProject is the CUE of a project: one package, and the libraries it imports.
type cueProject struct {
	files   *policy.Files
	numbers map[string]int32 // of files by name
	roots   []*root
	all     []*cueFile
	main    []*cueFile
	limits  Limits

	extensions []*ast.File // of the schema

	left      int              // how many more values there may be
	atOnce    bool             // evaluate no users in batches
	trace     bool             // fill elsewhere
	elsewhere policy.Elsewhere // once it is evaluated
}

// Limits bounds what evaluating a project's CUE may take.
type Limits struct {
	Time   time.Duration
	Memory uint64 // in bytes
	Nodes  int    // values in the result
}

// read parses the files and finds those of the declaration.
func (p *cueProject) read(sources []*source) []diag.Finding {
	var faults []diag.Finding
	for _, s := range sources {
		if scan.Deep(p.files.File(s.num).Data) {
			faults = append(faults, diag.Stopf("syntax", policy.Pos{File: s.num, End: 1},
				"expressions are nested too deeply in this file: at most %d levels allowed", 2*deepest))
			continue
		}
		f, err := parser.ParseFile(s.name, p.files.File(s.num).Data)
		if err != nil {
			faults = append(faults, p.convertErrors("syntax", err)...)
			continue
		}
		faults = append(faults, p.refuseAttributes(f)...)
		if n := deepNode(f); n != nil {
			faults = append(faults, diag.Stopf("syntax", p.pos(n.Pos()),
				"expressions are nested too deeply here: at most %d levels allowed", 2*deepest))
			continue
		}
		p.all = append(p.all, &cueFile{s, f})
	}
	if len(faults) > 0 {
		return faults
	}
	return p.packages()
}

// deepNode finds an expression that is nested too deeply. Evaluating it could take forever.
func deepNode(f *ast.File) (found ast.Node) {
	depth := 0
	ast.Walk(f, func(n ast.Node) bool {
		if depth++; depth > 2*deepest && found == nil {
			found = n
		}
		return found == nil
	}, func(ast.Node) { depth-- })
	return found
}

// refuseAttributes reports attributes that would make the meaning of a file depend on something
// outside the project's text.
var refused = []string{"embed", "extern", "tag", "if", "ignore"}

func (p *cueProject) refuseAttributes(f *ast.File) (faults []diag.Finding) {
	ast.Walk(f, func(n ast.Node) bool {
		if a, ok := n.(*ast.Attribute); ok {
			if name, _ := a.Split(); slices.Contains(refused, name) {
				faults = append(faults, diag.Stopf("syntax", p.nodePos(a), "attribute @%s is not supported", name).
					WithHelp("write its value into the project's files"))
			}
		}
		return true
	}, nil)
	return faults
}

// packages separates the declaration from libraries. A library is a package in a subfolder that
// another file imports.
func (p *cueProject) packages() (faults []diag.Finding) {
	imported := map[string]bool{}
	for _, f := range p.all {
		for spec := range f.syntax.ImportSpecs() {
			if dir, name, ok := p.local(spec); ok {
				imported[dir+":"+name] = true
			}
		}
	}
	name, first := "", (*cueFile)(nil)
	defer func() { faults = append(faults, p.unreachable()...) }()
	for _, f := range p.all {
		pkg := f.syntax.PackageName()
		if pkg != "" && imported[path.Dir(f.name)+":"+pkg] && !f.top() {
			continue
		}
		p.main = append(p.main, f)
		switch {
		case pkg == "" || pkg == name:
		case name == "":
			name, first = pkg, f
		default:
			faults = append(faults, diag.Stopf("syntax", p.packagePos(f),
				"package %q next to package %q: the CUE files of a project must be in one package", pkg, name).
				WithRelated(p.packagePos(first), "package %q here", name).
				WithHelp("use one package name, import one from the other, or list one of them under ignore"))
		}
	}
	return faults
}

// unreachable reports files of packages that the declaration does not import, even indirectly: they
// would not be read.
func (p *cueProject) unreachable() (faults []diag.Finding) {
	read := map[*cueFile]bool{}
	queue := slices.Clone(p.main)
	for len(queue) > 0 {
		f := queue[0]
		if queue = queue[1:]; read[f] {
			continue
		}
		read[f] = true
		for spec := range f.syntax.ImportSpecs() {
			dir, name, ok := p.local(spec)
			for _, lib := range p.all {
				if ok && path.Dir(lib.name) == dir && lib.syntax.PackageName() == name {
					queue = append(queue, lib)
				}
			}
		}
	}
	for _, f := range p.all {
		if !read[f] {
			faults = append(faults, diag.Stopf("syntax", p.packagePos(f), "the declaration does not import package %q",
				f.syntax.PackageName()).
				WithHelp("import it, move it to the declaration's package, or list it under ignore"))
		}
	}
	return faults
}

func (p *cueProject) packagePos(f *cueFile) policy.Pos {
	for _, d := range f.syntax.Decls {
		if pkg, ok := d.(*ast.Package); ok {
			return p.nodePos(pkg.Name)
		}
	}
	return policy.Pos{File: f.num}
}

// local resolves an import of one of the project's folders.
func (p *cueProject) local(spec *ast.ImportSpec) (dir, pkg string, ok bool) {
	info, err := astImport(spec)
	if err != nil {
		return "", "", false
	}
	for _, r := range p.roots {
		module := r.module()
		if module == "" || info.path != module && !strings.HasPrefix(info.path, module+"/") {
			continue
		}
		return r.display(strings.TrimPrefix(strings.TrimPrefix(info.path, module), "/")), info.pkg, true
	}
	return "", "", false
}

// load evaluates the declaration to plain data.
func (p *cueProject) load(ctx context.Context) (tree.Tree, []diag.Finding, error) {
	if t, ok := p.fastData(); ok {
		return t, nil, nil
	}
	inst, faults := p.build(syntaxOf(p.main))
	if inst == nil {
		return nil, faults, nil
	}
	var t tree.Tree
	err := p.limits.guard(ctx, p.main[0].name, func() (err error) {
		p.left = p.limits.Nodes
		if !p.atOnce {
			if b := findBatches(p.main); b != nil {
				var ok bool
				if t, faults, ok = p.evaluateBatches(b); ok {
					return nil
				}
				p.left, p.elsewhere = p.limits.Nodes, nil
			}
		}
		t, faults, err = p.data(cuecontext.New().BuildInstance(inst), syntaxOf(p.main))
		return err
	})
	return t, faults, err
}

// build makes an instance of files of the declaration. It is nil if there are faults.
func (p *cueProject) build(files []*ast.File) (*build.Instance, []diag.Finding) {
	b := &builder{project: p, ctx: build.NewContext(), instances: map[string]*build.Instance{}}
	inst := b.ctx.NewInstance("", b.importer())
	for _, f := range files {
		if err := inst.AddSyntax(withPackage(f, "declaration")); err != nil {
			return nil, p.convertErrors("syntax", err)
		}
	}
	if err := inst.Complete(); err != nil {
		b.faults = append(b.faults, p.convertErrors("syntax", err)...)
	}
	if len(b.faults) > 0 {
		return nil, b.faults
	}
	return inst, nil
}

// syntaxOf returns the syntax of files.
func syntaxOf(files []*cueFile) (list []*ast.File) {
	for _, f := range files {
		list = append(list, f.syntax)
	}
	return list
}

// withPackage gives all files of the declaration one package clause, so that files without one see the
// fields of the others.
func withPackage(f *ast.File, name string) *ast.File {
	f = &ast.File{Filename: f.Filename, Decls: slices.Clone(f.Decls)}
	for i, d := range f.Decls {
		if pkg, ok := d.(*ast.Package); ok {
			pkg := *pkg
			pkg.Name = &ast.Ident{NamePos: pkg.Name.NamePos, Name: name}
			f.Decls[i] = &pkg
			return f
		}
	}
	f.Decls = slices.Insert(f.Decls, 0, ast.Decl(&ast.Package{Name: ast.NewIdent(name)}))
	return f
}

// guard runs the evaluation, which cannot be interrupted, until it ends or reaches a limit. The caller
// should end the process on an error.
func (l Limits) guard(ctx context.Context, about string, evaluate func() error) error {
	before := heapSize()
	done := make(chan error, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- fmt.Errorf("evaluating the CUE files failed inside CUE: %v", r)
			}
		}()
		done <- evaluate()
	}()
	deadline := time.After(l.Time)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-done:
			return err
		case <-ctx.Done():
			return ctx.Err()
		case <-deadline:
			return l.tooSlow(about)
		case <-tick.C:
			if used := heapSize(); used > before && used-before > l.Memory {
				return l.tooMuch(about)
			}
		}
	}
}

func heapSize() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// convertErrors turns CUE's errors into findings, each at the first place in a file of the project.
func (p *cueProject) convertErrors(rule string, err error) (list []diag.Finding) {
	for _, e := range errors.Errors(errors.Sanitize(errors.Promote(err, ""))) {
		format, args := e.Msg()
		message := fmt.Sprintf(format, args...)
		if pathOf := e.Path(); len(pathOf) > 0 {
			message = strings.Join(pathOf, ".") + ": " + message
		}
		var places []policy.Pos
		for _, pos := range append([]token.Pos{e.Position()}, e.InputPositions()...) {
			if at := p.pos(pos); at.IsValid() && !slices.Contains(places, at) {
				places = append(places, at)
			}
		}
		d := diag.Stopf(rule, policy.Pos{}, "%s", message)
		if len(places) > 0 {
			d.Pos = places[0]
			for _, at := range places[1:] {
				d = d.WithRelated(at, "also here")
			}
		} else if len(p.all) > 0 {
			d.Pos = policy.Pos{File: p.all[0].num}
		}
		list = append(list, d)
	}
	list = p.suggestQuotes(p.suggestForeign(list))
	p.suggestSigns(list)
	return list
}

func (p *cueProject) pos(pos token.Pos) policy.Pos {
	if !pos.IsValid() {
		return policy.Pos{}
	}
	num, ok := p.numbers[pos.Filename()]
	if !ok {
		return policy.Pos{}
	}
	off := uint32(pos.Offset())
	return policy.Pos{File: num, Off: off, End: off + uint32(tokenLength(p.files.File(num).Data, int(off)))}
}

func (p *cueProject) nodePos(n ast.Node) policy.Pos {
	at := p.pos(n.Pos())
	if end := n.End(); at.IsValid() && end.IsValid() && uint32(end.Offset()) > at.Off {
		at.End = uint32(end.Offset())
	}
	return at
}

// tokenLength returns the length of the token at an offset, for the caret below it.
func tokenLength(text string, off int) int {
	if off >= len(text) {
		return 0
	}
	rest := text[off:]
	if rest[0] == '"' {
		return quotedLength(rest)
	}
	n := strings.IndexFunc(rest, func(r rune) bool {
		return !(r == '_' || r == '-' || r == '#' || r == '.' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' ||
			'A' <= r && r <= 'Z')
	})
	switch {
	case n < 0:
		return len(rest)
	case n == 0:
		return 1
	}
	return n
}
