package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"strings"
	"time"

	"cuelang.org/go/cue/ast"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/internal/child"
	"permc.dev/permc/compiler/internal/hugepage"
	"permc.dev/permc/compiler/internal/memfs"
	"permc.dev/permc/compiler/load/shape"
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/schema"
)

// With Options.Evaluator, CUE is not evaluated in this process, because CUE functions may take any
// time and memory, which ends a process. Questions and answers are here; Answer is the other side.

// Evaluator answers questions about CUE in another process. The generation changes when the evaluator
// has forgotten earlier questions.
type Evaluator interface {
	Ask(ctx context.Context, most time.Duration, question []byte) (answer []byte, generation int, err error)
}

// question is one of three questions.
type question struct {
	Project *cueQuestion    `json:",omitempty"` // the data of a project's files
	Schema  *schemaQuestion `json:",omitempty"` // the type of a declaration with extensions
	Data    *dataQuestion   `json:",omitempty"` // whether data agrees with a constraint of such a type
}

type textFile struct {
	Name, Rel string
	Num       int32
	Data      []byte
}

// modules holds a root's files in cue.mod.
type modules struct {
	Dir   string
	Files map[string][]byte
}

type cueQuestion struct {
	Sources    []textFile
	Roots      []modules
	Extensions []textFile
	Nodes      int
	Trace      bool
	AtOnce     bool
}

type schemaQuestion struct{ Extensions []textFile }

type dataQuestion struct {
	Of    int // a number from an earlier answer
	Index int
	Value []byte
}

type answer struct {
	Value  []byte         `json:",omitempty"` // a tree, or a type
	Faults []diag.Finding `json:",omitempty"`
	Err    string         `json:",omitempty"`
	Fault  string         `json:",omitempty"` // of the data
	Of     int            `json:",omitempty"`

	Elsewhere []placeOf `json:",omitempty"` // of the data of a project's files
}

// placeOf is an item of policy.Elsewhere.
type placeOf struct {
	policy.Place
	At []policy.Pos
}

// ask asks the evaluator. An error names the file in question.
func (l *loader) ask(ctx context.Context, about string, q *question) (*answer, int, error) {
	text, err := json.Marshal(q)
	if err != nil {
		return nil, 0, err
	}
	reply, generation, err := l.opts.Evaluator.Ask(ctx, l.limits.Time, text)
	if err == nil {
		var a answer
		if err = json.Unmarshal(reply, &a); err == nil && a.Err != "" {
			err = errors.New(a.Err)
		}
		return &a, generation, err
	}
	return nil, 0, l.limits.inWords(about, err)
}

// inWords says which limit the evaluation of a file reached.
func (l Limits) inWords(about string, err error) error {
	switch {
	case errors.Is(err, child.ErrTime):
		return l.tooSlow(about)
	case errors.Is(err, child.ErrMemory):
		return l.tooMuch(about)
	case errors.Is(err, child.ErrDepth):
		return fmt.Errorf("%s: evaluating the CUE files never ends: something contains itself, or is nested too deeply",
			about)
	case errors.Is(err, child.ErrCrash):
		return fmt.Errorf("%s: evaluating the CUE files failed inside CUE", about)
	}
	return err
}

func (l Limits) tooSlow(about string) error {
	return fmt.Errorf("%s: evaluating the CUE files took longer than %v: look for an unbounded comprehension or "+
		"disjunction, or allow more time with --eval-timeout", about, l.Time)
}

func (l Limits) tooMuch(about string) error {
	return fmt.Errorf("%s: evaluating the CUE files took more than %d MiB of memory: look for an unbounded "+
		"comprehension, disjunction or repeated text", about, l.Memory>>20)
}

// cueElsewhere has the evaluator evaluate the files.
func (l *loader) cueElsewhere(ctx context.Context, sources []*source) (tree.Tree, error) {
	q := &cueQuestion{Extensions: l.extensionTexts, Nodes: l.limits.Nodes, Trace: l.traces(sources),
		AtOnce: l.opts.Full}
	size := 0
	for _, s := range sources {
		data := l.files.File(s.num).Data
		q.Sources = append(q.Sources, textFile{s.name, s.rel, s.num, []byte(data)})
		size += len(data)
	}
	if size > muchCUE {
		l.room.growLarge(int64(size))
	}
	for _, r := range l.roots {
		m, err := r.modules()
		if err != nil {
			return nil, err
		}
		q.Roots = append(q.Roots, m)
	}
	a, _, err := l.ask(ctx, sources[0].name, &question{Project: q})
	if err != nil {
		return nil, err
	}
	l.faults = append(l.faults, a.Faults...)
	if len(a.Value) == 0 {
		return nil, nil
	}
	l.elsewhere = policy.Elsewhere{}
	for _, x := range a.Elsewhere {
		l.elsewhere[x.Place] = x.At
	}
	return unpackTree(a.Value)
}

// modulesMost limits the size of a root's cue.mod.
const modulesMost = 32 << 20

// modules reads what an import may need. A file that cannot be read has no content; importing it is an
// error.
func (r *root) modules() (modules, error) {
	m := modules{r.dir, map[string][]byte{}}
	size := 0
	err := fs.WalkDir(r.fs, "cue.mod", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".cue" || strings.HasPrefix(name, "cue.mod/pkg/permc.dev/") ||
			!d.Type().IsRegular() {
			return nil
		}
		info, err := d.Info()
		if err == nil && info.Size() > int64(modulesMost-size) {
			return fmt.Errorf("%s: the packages in cue.mod are larger than %d MiB", r.display(name), modulesMost>>20)
		}
		data, err := fs.ReadFile(r.fs, name)
		if err != nil {
			return fmt.Errorf("%s: %w", r.display(name), shortError(err))
		}
		size += len(data)
		m.Files[name] = data
		return nil
	})
	return m, err
}

// schemaElsewhere has the evaluator derive the type of a declaration.
func (l *loader) schemaElsewhere(ctx context.Context, extensions []textFile) ([]diag.Finding, error) {
	about := extensions[0].Name
	a, generation, err := l.ask(ctx, about, &question{Schema: &schemaQuestion{extensions}})
	if err != nil || len(a.Faults) > 0 {
		if a != nil {
			return a.Faults, err
		}
		return nil, err
	}
	l.extensionTexts = extensions
	var ok bool
	l.shape, ok = shape.BakedWith(a.Value, schema.Source(), func(n int) shape.Ask {
		return func(v tree.Tree) string { return l.agrees(about, generation, &dataQuestion{a.Of, n, packTree(v)}) }
	})
	if !ok {
		return nil, errors.New("the types of the extended schema cannot be read")
	}
	return nil, nil
}

// agrees asks whether data agrees with a constraint of the extended schema.
func (l *loader) agrees(about string, generation int, q *dataQuestion) string {
	a, now, err := l.ask(context.Background(), about, &question{Data: q})
	switch {
	case err != nil:
		return err.Error()
	case now != generation:
		return about + ": CUE could not check this against the schema"
	}
	return a.Fault
}

// Answer returns a function that answers questions, one after the other.
func Answer() func(text []byte) []byte {
	r := &answerer{known: map[string]int{}}
	return func(text []byte) []byte {
		var q question
		a := &answer{}
		if err := json.Unmarshal(text, &q); err != nil {
			a.Err = "not a question: " + err.Error()
		} else {
			r.answer(&q, a)
		}
		out, err := json.Marshal(a)
		if err != nil {
			out, _ = json.Marshal(&answer{Err: err.Error()})
		}
		return out
	}
}

// answerer remembers the types that it derived.
type answerer struct {
	known map[string]int // by question
	types []derived
}

type derived struct {
	text []byte
	asks []shape.Ask
}

// answer answers one question. The process has the limits, so there are none here.
func (r *answerer) answer(q *question, a *answer) {
	defer func() {
		if x := recover(); x != nil {
			*a = answer{Err: fmt.Sprintf("evaluating the CUE files failed inside CUE: %v", x)}
		}
	}()
	var err error
	switch {
	case q.Project != nil:
		err = answerProject(q.Project, a)
	case q.Schema != nil:
		err = r.answerSchema(q.Schema, a)
	case q.Data != nil && q.Data.Of < len(r.types) && q.Data.Index < len(r.types[q.Data.Of].asks):
		var v tree.Tree
		if v, err = unpackTree(q.Data.Value); err == nil {
			a.Fault = r.types[q.Data.Of].asks[q.Data.Index](v)
		}
	default:
		err = errors.New("CUE could not check this against the schema")
	}
	if err != nil {
		a.Err = err.Error()
	}
}

// Evaluating so many bytes of CUE will fill so much of the heap.
const (
	muchCUE   = 128 << 10
	heapOfCUE = 512 << 20
)

func answerProject(q *cueQuestion, a *answer) error {
	limits := Limits{Time: math.MaxInt64, Memory: math.MaxUint64, Nodes: q.Nodes}
	p := &cueProject{files: &policy.Files{}, numbers: map[string]int32{}, limits: limits, trace: q.Trace,
		atOnce: q.AtOnce}
	for _, m := range q.Roots {
		p.roots = append(p.roots, &root{dir: m.Dir, fs: memfs.Of(m.Files)})
	}
	var sources []*source
	size := 0
	for _, f := range q.Sources {
		size += len(f.Data)
		for int32(len(p.files.All())) < f.Num-1 {
			p.files.Add("", nil) // of another format
		}
		s := &source{rel: f.Rel, name: f.Name, ext: ".cue", num: p.files.Add(f.Name, f.Data)}
		p.numbers[f.Name] = s.num
		sources = append(sources, s)
	}
	p.extensions, _ = parseExtensions(q.Extensions)
	if size > muchCUE {
		hugepage.Reserve(heapOfCUE)
	}
	t, faults, err := p.evaluate(context.Background(), sources)
	if a.Faults = faults; len(t) > 0 {
		a.Value = packTree(t)
	}
	for place, at := range p.elsewhere {
		a.Elsewhere = append(a.Elsewhere, placeOf{place, at})
	}
	return err
}

func (r *answerer) answerSchema(q *schemaQuestion, a *answer) error {
	text, err := json.Marshal(q)
	if err != nil {
		return err
	}
	n, ok := r.known[string(text)]
	if !ok {
		var files []*ast.File
		if files, a.Faults = parseExtensions(q.Extensions); len(a.Faults) > 0 {
			return nil
		}
		pkg, err := Schema(files...)
		if err != nil {
			return err
		}
		t, err := shape.Derive(pkg, "#Declaration")
		if err != nil {
			return err
		}
		var d derived
		if d.text, d.asks, err = t.BakeWith(schema.Source()); err != nil {
			return err
		}
		n = len(r.types)
		r.types, r.known[string(text)] = append(r.types, d), n
	}
	a.Value, a.Of = r.types[n].text, n
	return nil
}
