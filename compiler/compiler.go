// Package compiler turns the declarations of a project into its effective-permission table and the findings about it.
// The phases are here in order; each is a function from a finished value to a finished value.
package compiler

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"maps"
	"runtime"
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/flatten"
	"permc.dev/permc/compiler/internal/hugepage"
	"permc.dev/permc/compiler/internal/parallel"
	"permc.dev/permc/compiler/internal/progress"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/lint/rules"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/resolve"
	"permc.dev/permc/compiler/silence"
)

// Progress counts the work of a run that is done.
type Progress = progress.Meter

// Panic carries a panic out of the goroutine that did part of the work.
type Panic = parallel.Panic

// ReserveLargePages makes the heap larger by memory that is cheap to use first; see hugepage.Reserve.
func ReserveLargePages(bytes int) bool { return hugepage.Reserve(bytes) }

// Options say what to compile, beside the contents of the files.
type Options struct {
	Paths  []string // folders or files; together one project
	AsOf   policy.Date
	Today  policy.Date // no decision is later; zero: AsOf
	Limits load.Limits

	Memory func() uint64     // how much the process may have, or nil
	Large  func(bytes int64) // called before more than a few MiB of text are read, with their size or 0; or nil

	Progress *Progress // or nil
	FS       *load.FS  // or nil: the disk

	// AllFaults collects every fault. Otherwise permc stops a kind of work after diag.Most of them.
	AllFaults bool

	Evaluator load.Evaluator // of CUE, or nil: this process

	Outputs []fs.FileInfo // files that this process writes, which are no part of the project
	Exports []fs.FileInfo // files that the project is compared with, which are no part of it either

	Catalog *CatalogSource // to use in place of the project's catalog, or nil

	// More looks for further errors in what can be read of a project that has errors; see diag.Finding.Partial.
	More bool

	// Full reads every file with the full readers, to compare them with the fast ones: the result is the same.
	Full bool

	Share *Share // the users to visit, or nil: all

	// Lean keeps the texts of large files of lines out of memory. It is for commands that visit the users once, and
	// that write no file of the project.
	Lean bool

	// MostKept is how many users the policy may keep if it can do without; 0: all of them. Others are bound again when
	// they are visited, and Policy.Users is empty: that takes longer, and far less memory. Passing is called with their
	// number if so, and before, with 0, if there is so much text that it is likely.
	MostKept int
	Passing  func(users int)

	trace bool // see load.Options
}

// Project is a loaded project. If Stopped is not empty, there is no Policy.
type Project struct {
	Files   *policy.Files
	Skipped []load.Skipped
	Notes   []diag.Related // about files that people should look at
	Apart   []string       // folders that each declare a product, if there are several
	Policy  *policy.Policy
	Stopped []diag.Finding
	Share   *Share // as in Options

	progress *Progress
	loaded   *load.Project
	binding  *resolve.Binding

	allFaults bool
	opts      Options
}

// Load reads a project and binds its names. It returns an error if the machine fails; errors in the project are in
// Stopped.
func Load(ctx context.Context, opts Options) (*Project, error) {
	how := load.Options{
		Limits:    opts.Limits,
		Evaluator: opts.Evaluator,
		Outputs:   opts.Outputs,
		Exports:   opts.Exports,
		Full:      opts.Full,
		Progress:  opts.Progress,
		FS:        opts.FS,
		Trace:     opts.trace,
		Memory:    opts.Memory,
		Large:     opts.Large,
		Parts:     opts.Share != nil,
		Lean:      opts.Lean,
		Many:      opts.Passing,
	}
	for {
		loaded, faults, err := load.Dirs(ctx, opts.Paths, how)
		if err != nil {
			return nil, err
		}
		p := newProject(loaded, faults, opts)
		if len(faults) == 0 {
			p.Stopped = opts.Catalog.replace(loaded.Declared)
		}
		if len(p.Stopped) == 0 {
			if err := p.bind(ctx, loaded, &opts); err != nil {
				return nil, err
			}
		}
		full, spellings := loaded.FullFiles(), p.binding.Spellings()
		if len(full) == 0 && len(spellings) == 0 {
			p.findMoreErrors(opts)
			return p, ctx.Err()
		}
		// A split file has something that the fast readers do not know, or a user has
		// several spellings.
		how.FullFiles = append(how.FullFiles, full...)
		how.Spellings = merged(how.Spellings, spellings)
	}
}

func newProject(loaded *load.Project, faults []diag.Finding, opts Options) *Project {
	return &Project{
		Files:     loaded.Files,
		Skipped:   loaded.Skipped,
		Notes:     loaded.Notes,
		Apart:     loaded.Apart,
		Stopped:   faults,
		Share:     opts.Share,
		progress:  opts.Progress,
		loaded:    loaded,
		allFaults: opts.AllFaults,
		opts:      opts,
	}
}

// Traced returns the project as rules of another one can judge it that ask in which files something is written. It is
// loaded again if that is not known.
func (p *Project) Traced(ctx context.Context) (*Project, error) {
	if p.loaded.Traced() {
		return p, nil
	}
	opts := p.opts
	opts.trace = true
	return Load(ctx, opts)
}

// merged returns the entries of two maps.
func merged(a, b map[string]string) map[string]string {
	out := maps.Clone(b)
	if out == nil {
		return a
	}
	maps.Copy(out, a)
	return out
}

// bind makes the policy of the loaded declarations. Errors in users come before errors in names.
func (p *Project) bind(ctx context.Context, loaded *load.Project, opts *Options) error {
	if loaded.Declared.Users == nil {
		return nil
	}
	catalog, faults, err := chooseCatalog(loaded.Declared, opts.Catalog)
	if err != nil {
		return err
	}
	if len(faults) == 0 {
		all, stopping := rules.IDs()
		p.binding, faults = resolve.Bind(loaded.Declared, catalog, resolve.Options{
			AsOf:      opts.AsOf,
			Today:     opts.Today,
			BuiltIn:   all,
			Stopping:  stopping,
			Progress:  p.progress,
			AllFaults: p.allFaults,
			Own:       p.Share.own(),
			Whole:     p.Share.isFirst(),
			Asked:     p.Share != nil && p.Share.Asked,
			MostKept:  opts.MostKept,
			Passing:   opts.Passing,
		})
		p.Policy = p.binding.Policy
	}
	if len(faults) > 0 || loaded.Users.Failed() {
		if first := loaded.Users.Check(ctx, p.allFaults); len(first) > 0 {
			faults, p.binding = first, nil
		}
		p.Policy, p.Stopped = nil, diag.Sort(faults)
		return nil
	}
	p.Policy.Suppressions = silence.Read(p.Files, func(int32) bool { return true })
	return nil
}

// Declared returns the project as written, or nil if it could not be read.
func (p *Project) Declared() *policy.Declared {
	if d := p.loaded.Declared; d != nil && d.Users != nil {
		return d
	}
	return nil
}

// Beside returns the files that matter beside the declarations.
func (p *Project) Beside() load.Beside { return p.loaded.Beside() }

// Progress returns the meter for long work on the project, or nil.
func (p *Project) Progress() *Progress { return p.progress }

// Chunk is the largest number of users that one worker takes at a time, text about the size of their rows in bytes.
const Chunk, text = 128, 1 << 18

// chunkSize returns the number of users that one worker takes at a time. Where people have many rows it is smaller,
// because every worker holds what it makes of a chunk until its turn. It depends on the project alone: it looks at a
// few users.
func chunkSize(p *policy.Policy) int {
	const samples, mostSources = 8, 1 << 11
	all := p.Everyone()
	step := all.Len()/samples + 1
	if step < samples { // few users
		return Chunk
	}
	f, read, sources, looked := flatten.New(p), all.Reader(), 0, 0
	for i := step / 2; i < all.Len(); i += step {
		for _, u := range read(i, i+1) {
			access := f.User(u)
			for j := range access.Rows {
				sources += len(access.Rows[j].Via)
			}
		}
		looked++
	}
	return min(Chunk, max(1, mostSources*looked/max(1, sources)))
}

// Findings returns all findings of a project: those that stop the table, or
// those that every user's access has.
func (p *Project) Findings(ctx context.Context) ([]diag.Finding, error) {
	if p.Policy == nil {
		return p.Stopped, nil
	}
	return p.Visit(ctx, nil)
}

// Visit shows every user's access to a visitor, on every core, and returns all
// findings. Each goroutine has a visitor of its own, which must not keep the
// access.
func (p *Project) Visit(ctx context.Context, newVisitor func() func(*policy.Access)) ([]diag.Finding, error) {
	return Each(ctx, p, visiting(newVisitor), func([]struct{}) error { return nil })
}

// visiting makes workers of visitors, or of none.
func visiting(newVisitor func() func(*policy.Access)) func() func([]struct{}, *policy.Access) []struct{} {
	return func() func([]struct{}, *policy.Access) []struct{} {
		visit := func(*policy.Access) {}
		if newVisitor != nil {
			visit = newVisitor()
		}
		return func(none []struct{}, a *policy.Access) []struct{} {
			visit(a)
			return none
		}
	}
}

// Each flattens and checks every user, on every core, and returns all findings. Of a share, it does so with the users
// of the share, and returns their findings as they were found.
// Each goroutine has a worker of its own, which appends what it makes of a
// user's access. That reaches write in order of user. Neither may keep what it
// is given.
func Each[T any](ctx context.Context, p *Project, newWorker func() func([]T, *policy.Access) []T,
	write func([]T) error) ([]diag.Finding, error) {
	linter := NewLinter(p.Policy, rules.All)
	found, workers, err := eachUser(ctx, p, linter, newWorker, write)
	if err == nil && p.loaded != nil {
		err = p.loaded.Unchanged()
	}
	if err != nil {
		return nil, err
	}
	if p.Share != nil {
		p.Share.Part = linter.Part(workers)
		return slices.Concat(found...), nil
	}
	return linter.Finish(workers, slices.Concat(found...)), nil
}

// Count flattens and lints every user, and returns the workers for their counts.
func (p *Project) Count(ctx context.Context, linter *Linter) (found [][]diag.Finding, workers []*lint.Worker,
	err error) {
	return eachUser(ctx, p, linter, visiting(nil), func([]struct{}) error { return nil })
}

// eachUser does what Each does without the findings across users.
func eachUser[T any](ctx context.Context, p *Project, linter *Linter, newWorker func() func([]T, *policy.Access) []T,
	write func([]T) error) (found [][]diag.Finding, workers []*lint.Worker, err error) {
	users, alone := p.Share.of(p.Policy), p.Share.checksAlone(p.Policy)
	calendar, common := policy.NewCalendar(p.Policy), flatten.NewCommon(p.Policy)
	size := chunkSize(p.Policy)
	found = make([][]diag.Finding, partsOf(users, size))
	err = eachPart(ctx, p, users, size, func() func([]T, int, []*policy.User) []T {
		look, work := NewLooker(p.Policy, linter, calendar), newWorker()
		look.Flatten.Sharing(common)
		workers = append(workers, look.Lint)
		var access policy.Access
		return func(list []T, i int, some []*policy.User) []T {
			for _, u := range some {
				access = look.Flatten.User(u)
				found[i] = append(found[i], look.Lint.User(&access)...)
				list = work(list, &access)
				found[i] = append(found[i], look.Later(u)...)
			}
			if alone {
				found[i] = append(found[i], look.Lint.Alone(redundant, some)...)
			}
			return list
		}
	}, write)
	return found, workers, err
}

// partsOf counts the parts of so many users each.
func partsOf(users *policy.Crowd, size int) int { return (users.Len() + size - 1) / size }

// eachPart shows users to workers, a part at a time with its number, on every core. What a worker appends reaches write
// in order.
func eachPart[T any](ctx context.Context, p *Project, users *policy.Crowd, size int,
	newWorker func() func([]T, int, []*policy.User) []T, write func([]T) error) error {
	p.Files.Index()
	p.progress.Start("flattening users", users.Len())
	n := partsOf(users, size)
	newWork := func() func([]T, int) []T {
		work, read := newWorker(), users.Reader()
		return func(list []T, i int) []T {
			if list == nil && n > runtime.GOMAXPROCS(0) {
				list = hugepage.Buffer[T](2 * text)
			}
			from, to := i*size, min((i+1)*size, users.Len())
			if ctx.Err() == nil {
				list = work(list, i, read(from, to))
			}
			p.progress.Add(to - from)
			return list
		}
	}
	err := parallel.InOrder(n, newWork, func(list []T) error {
		if err := cmp.Or(ctx.Err(), p.unchanged(users)); len(list) == 0 || err != nil {
			return err
		}
		return write(list)
	})
	return cmp.Or(err, ctx.Err())
}

// unchanged returns an error if users that were read when they were visited may not be those that were first read.
func (p *Project) unchanged(c *policy.Crowd) error {
	if !c.Streamed() {
		return nil
	}
	if p.loaded != nil {
		if err := p.loaded.Unchanged(); err != nil {
			return err
		}
	}
	if c.Changed() {
		return errors.New("the files of the users changed while permc read them; run permc again")
	}
	return nil
}
