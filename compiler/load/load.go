package load

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"cuelang.org/go/cue/ast"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/internal/parallel"
	"permc.dev/permc/compiler/internal/progress"
	"permc.dev/permc/compiler/load/scan"
	"permc.dev/permc/compiler/load/shape"
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// Project is a loaded project.
type Project struct {
	*policy.Declared
	Users   *Users         // also in Declared, if there are no findings
	Skipped []Skipped      // files that were found but not read, by name
	Notes   []diag.Related // about files that people should look at
	Apart   []string       // folders that each declare a product, if there are several: two projects?

	loader *loader
}

// Options says how to load a project.
type Options struct {
	Limits    Limits
	FullFiles []string // files that only the full readers may read; see Users.FullFiles
	Full      bool     // use the full readers for every file
	FS        *FS      // nil: the disk

	Spellings map[string]string // user ids to read as another spelling of the same id

	// CatalogAlone leaves out what lies beside a catalog.cue at the top of a folder:
	// earlier versions of it, and examples of its rules.
	CatalogAlone bool

	Evaluator Evaluator // of CUE; nil: this process

	Trace bool // find all files in which an entry is written, even if no rule of the project asks; see Project.Traced

	Outputs []fs.FileInfo // files that this process writes, which are no part of the project
	Exports []fs.FileInfo // files that the project is compared with, which are no part of it either

	Progress *progress.Meter // may be nil

	Memory func() uint64     // how much the process may have, or nil; asked if there are many bytes to read
	Parts  bool              // this process keeps a part of the users
	Many   func(users int)   // called with 0 if there is very much text, or nil
	Large  func(bytes int64) // called before more than a few MiB of text are read, or nil: see room.large
	Lean   bool              // this process visits the users once: texts of large files of lines are not kept
}

// ErrNoDeclaration is the error for folders without a declaration.
var ErrNoDeclaration = errors.New("no permc files here: permc reads .cue, .yaml, .json, .jsonl and .csv files")

// DefaultLimits bounds the evaluation of a project's CUE.
var DefaultLimits = Limits{Time: 10 * time.Second, Memory: 1 << 30, Nodes: 20_000_000}

// Dirs loads the project in folders or single files. Findings that stop the table come without a
// declaration. An error is a file or folder that cannot be read, or an evaluation that exceeds its
// limits. Users are checked while they are read; if Users.FullFiles then returns files, load the
// project again.
func Dirs(ctx context.Context, paths []string, opts Options) (*Project, []diag.Finding, error) {
	l := &loader{paths: paths, files: &policy.Files{}, numbers: map[string]int32{}, limits: opts.Limits, opts: opts,
		parts: map[int32]splitFile{}}
	defer l.close()
	if err := l.open(paths); err != nil {
		return nil, nil, err
	}
	p := &Project{Skipped: l.finder.skipped, loader: l}
	schemaFaults, err := l.schema(ctx)
	if err != nil || len(schemaFaults) > 0 {
		return p.with(l), schemaFaults, err
	}
	docs, err := l.read(ctx)
	if err != nil {
		return nil, nil, err
	}
	if len(l.faults) > 0 {
		p.Users, _ = l.collectUsers(docs)
		return p.with(l), diag.Sort(append(l.faults, p.Users.unreadable(ctx)...)), nil
	}
	if len(docs) == 0 {
		return nil, nil, fmt.Errorf("%s: %w%s", strings.Join(paths, ", "), ErrNoDeclaration, l.onlyForeign())
	}
	spelled := l.respell(docs)
	users, docs := l.collectUsers(docs)
	if p.Users = users; len(users.full) > 0 {
		return p.with(l), nil, nil
	}
	all, faults := mergeDocuments(docs, len(spelled) > 0)
	faults = append(faults, l.asWritten(l.shape.Check(all))...)
	faults = append(faults, findTwoScopes(all)...)
	if len(faults) > 0 {
		faults = append(faults, users.Check(ctx, false)...)
		return p.with(l), diag.Sort(faults), nil
	}
	users.add(all)
	p.Declared = decodeDeclaration(all)
	if faults := l.addSolutions(p.Declared.Catalog); len(faults) > 0 {
		p.Declared = nil
		return p.with(l), diag.Sort(faults), nil
	}
	p.Declared.Users, p.Declared.Spelled = users, spelled
	p.Declared.Elsewhere = l.elsewhere.Respelled(l.opts.Spellings)
	return p.with(l), nil, nil
}

// Unchanged returns an error if a file whose text was not kept has changed since the project was loaded.
func (p *Project) Unchanged() error {
	if p.loader == nil || p.loader.room == nil {
		return nil
	}
	if name := p.loader.room.changed(); name != "" {
		return fmt.Errorf("%s changed while permc read it; run permc again", name)
	}
	return nil
}

func (p *Project) with(l *loader) *Project {
	if p.Declared == nil {
		p.Declared = &policy.Declared{}
	}
	p.Files, p.Skipped, p.Notes, p.Apart = l.files, l.finder.skipped, l.listNotes(), l.apart
	return p
}

type loader struct {
	paths          []string
	roots          []*root
	room           *room
	top            string // the folder that holds all roots, once looked up
	finder         finder
	files          *policy.Files
	numbers        map[string]int32
	limits         Limits
	opts           Options
	shape          *shape.Type
	extended       []*ast.File // the project's additions to the schema, or
	extensionTexts []textFile  // their text if they are evaluated elsewhere

	mu     sync.Mutex
	faults []diag.Finding
	notes  []note
	apart  []string            // folders that each declare a product
	parts  map[int32]splitFile // files whose users are records

	notText []*source

	elsewhere policy.Elsewhere
	untraced  bool // elsewhere may lack places
	cueDoc    doc  // of all CUE files, if they have no errors
}

// Traced reports whether Elsewhere has all places. In files with logic, that takes as long as their evaluation, so it
// is done only if something asks for it.
func (p *Project) Traced() bool { return !p.loader.untraced }

// traces reports whether to find all files in which an entry is written: if there are several, and a rule may ask.
func (l *loader) traces(sources []*source) bool {
	if len(sources) < 2 {
		return false
	}
	l.untraced = !l.opts.Trace && !slices.ContainsFunc(l.files.All(), func(f *policy.File) bool {
		return strings.Contains(f.Data, "files") || strings.Contains(f.Data, "exceptFiles")
	})
	return !l.untraced
}

func (l *loader) close() {
	for _, r := range l.roots {
		r.shut()
	}
}

// open finds the files of all paths, without ignored ones.
func (l *loader) open(paths []string) error {
	l.room = &room{most: l.opts.Memory, parts: l.opts.Parts, lean: l.opts.Lean, many: l.opts.Many,
		large: l.opts.Large}
	for _, p := range paths {
		r, err := openRoot(p, l.opts.FS)
		if err != nil {
			return err
		}
		r.room = l.room
		l.roots = append(l.roots, r)
		if err := l.finder.find(r); err != nil {
			return err
		}
	}
	f := &l.finder
	f.leaveNamed(l.opts.Outputs, "this command writes it")
	f.leaveNamed(l.opts.Exports, "this command compares the project with it")
	slices.SortFunc(f.sources, func(a, b *source) int { return strings.Compare(a.name, b.name) })
	f.sources = slices.CompactFunc(f.sources, func(a, b *source) bool { return a.name == b.name })
	for _, r := range l.roots {
		var patterns []string
		if l.opts.CatalogAlone && f.hasCatalog(r) {
			patterns = besideCatalog
		}
		if err := f.ignore(r, patterns); err != nil {
			return err
		}
	}
	slices.SortFunc(f.skipped, func(a, b Skipped) int { return strings.Compare(a.Name, b.Name) })
	l.noteAlike()
	return nil
}

// read reads all files into trees: one for CUE, and one for each document of the other formats.
func (l *loader) read(ctx context.Context) (docs []doc, err error) {
	for _, x := range l.finder.refused {
		num := l.files.Add(x.name, nil)
		l.faults = append(l.faults, diag.Stopf("syntax", policy.Pos{File: num}, "%s", x.message).WithHelp("%s", x.help))
	}
	l.opts.Progress.Start("reading files", len(l.finder.sources))
	var cues, others []*source
	if err := l.readTexts(l.shape.FieldNames()); err != nil {
		return nil, err
	}
	for _, s := range slices.Clone(l.finder.sources) {
		if s.baseline() {
			l.finder.leaveOut(s, "a baseline of findings")
			continue
		}
		s.num = l.files.Add(s.name, s.data)
		if s.ext == ".csv" {
			l.decode(s)
		}
		l.files.File(s.num).Rel, l.files.File(s.num).Below = s.rel, l.below(s)
		l.numbers[s.name] = s.num
		if d := s.textFault(l.files.File(s.num)); d != nil {
			l.faults = append(l.faults, *d)
			l.notText = append(l.notText, s)
			continue
		}
		s.data = nil
		if s.ext == ".cue" {
			cues = append(cues, s)
		} else {
			others = append(others, s)
		}
	}
	docs = l.documents(others)
	if len(cues) > 0 {
		d, err := l.readCUE(ctx, cues)
		if err != nil {
			return nil, err
		}
		docs = slices.Insert(docs, 0, d)
	}
	l.misplacedIgnores(docs)
	l.noteProjects(docs)
	return slices.DeleteFunc(docs, func(d doc) bool { return d.value == nil }), nil
}

// readCUE reads all CUE files into one tree, fast if they are plain data.
func (l *loader) readCUE(ctx context.Context, cues []*source) (d doc, err error) {
	d, ok := l.fastCUE(cues)
	before := len(l.faults)
	if !ok {
		if d.value, err = l.cue(ctx, cues); err != nil {
			return d, err
		}
	}
	if l.cueDoc = d; !ok {
		l.cueDoc.records = nil // of the files that were read fast, all the same
	}
	if len(l.faults) > before {
		l.cueDoc = doc{}
	}
	return d, nil
}

// fastCUE reads CUE files fast if all of them are plain data.
func (l *loader) fastCUE(sources []*source) (d doc, ok bool) {
	d.source = sources[0]
	splits := make([]*scan.Split, len(sources))
	packages := make([]string, len(sources))
	if slices.ContainsFunc(sources, l.needsFull) {
		return d, false
	}
	parallel.Each(len(sources), func(i int) {
		splits[i], packages[i], _ = scan.CUE(sources[i].num, l.files.File(sources[i].num).Data)
	})
	name := ""
	var rests []tree.Tree
	for i, s := range splits {
		if s == nil || name != "" && packages[i] != "" && packages[i] != name {
			return d, false
		}
		name = cmp.Or(name, packages[i])
		rests = append(rests, s.Rest)
		d.records = append(d.records, splitRecords(s, sources[i].num, inCUE)...)
		l.noteSplit(sources[i].num, s, inCUE)
	}
	if len(rests) == 1 && len(findDuplicates(rests[0])) == 0 {
		d.value = rests[0]
		return d, true
	}
	d.value, ok = unifyData(rests)
	return d, ok
}

func (l *loader) cue(ctx context.Context, sources []*source) (tree.Tree, error) {
	for _, s := range sources {
		if d := l.tooLarge(s); d != nil {
			l.faults = append(l.faults, *d)
			return nil, nil
		}
	}
	l.opts.Progress.Start("evaluating CUE", 0)
	p := &cueProject{files: l.files, numbers: l.numbers, roots: l.roots, limits: l.limits, extensions: l.extended,
		trace: l.traces(sources), atOnce: l.opts.Full}
	if l.opts.Evaluator != nil && !l.plainTokens(sources) {
		return l.cueElsewhere(ctx, sources)
	}
	if l.opts.Evaluator != nil {
		return l.dataElse(ctx, p, sources)
	}
	t, faults, err := p.evaluate(ctx, sources)
	l.elsewhere = p.elsewhere
	l.faults = append(l.faults, faults...)
	return t, err
}

// dataElse reads files that look like plain data here, and evaluates them elsewhere if they are not.
func (l *loader) dataElse(ctx context.Context, p *cueProject, sources []*source) (tree.Tree, error) {
	if faults := p.read(sources); len(faults) > 0 || len(p.main) == 0 {
		l.faults = append(l.faults, faults...)
		return nil, nil
	}
	if t, ok := p.fastData(); ok {
		return t, nil
	}
	return l.cueElsewhere(ctx, sources)
}

// evaluate returns the data of the files.
func (p *cueProject) evaluate(ctx context.Context, sources []*source) (tree.Tree, []diag.Finding, error) {
	if faults := p.read(sources); len(faults) > 0 || len(p.main) == 0 {
		return nil, faults, nil
	}
	return p.load(ctx)
}

// plainTokens reports whether all files may be plain data.
func (l *loader) plainTokens(sources []*source) bool {
	return !slices.ContainsFunc(sources, func(s *source) bool { return !plainTokens(l.files.File(s.num).Data) })
}
