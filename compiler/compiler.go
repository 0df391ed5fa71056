// Package compiler turns the declarations of a project into its effective-permission table and the findings about it.
// The phases are here in order; each is a function from a finished value to a finished value.
package compiler

import (
	"context"
	"runtime"
	"slices"
	"sync/atomic"

	"permc.dev/permc/compiler/diag"
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

// Options say what to compile, beside the contents of the files.
type Options struct {
	Paths  []string // folders or files; together one project
	AsOf   policy.Date
	Limits load.Limits

	Progress *Progress // or nil
	FS       *load.FS  // or nil: the disk

	// AllFaults collects every fault. Otherwise permc stops a kind of work after diag.Most of them.
	AllFaults bool

	Evaluator load.Evaluator // of CUE, or nil: this process

	Catalog *CatalogSource // to use in place of the project's catalog, or nil

	// Full reads every file with the full readers, to compare them with the fast ones: the result is the same.
	Full bool
}

// Project is a loaded project. If Stopped is not empty, there is no Policy.
type Project struct {
	Files   *policy.Files
	Skipped []load.Skipped
	Policy  *policy.Policy
	Stopped []diag.Finding

	progress *Progress
	loaded   *load.Project
	binding  *resolve.Binding

	allFaults bool
}

// Load reads a project and binds its names. It returns an error if the machine fails; errors in the project are in
// Stopped.
func Load(ctx context.Context, opts Options) (*Project, error) {
	how := load.Options{
		Limits:    opts.Limits,
		Evaluator: opts.Evaluator,
		Full:      opts.Full,
		Progress:  opts.Progress,
		FS:        opts.FS,
	}
	for {
		loaded, faults, err := load.Dirs(ctx, opts.Paths, how)
		if err != nil {
			return nil, err
		}
		p := &Project{
			Files:     loaded.Files,
			Skipped:   loaded.Skipped,
			Stopped:   faults,
			progress:  opts.Progress,
			loaded:    loaded,
			allFaults: opts.AllFaults,
		}
		if len(faults) == 0 {
			p.Stopped = opts.Catalog.replace(loaded.Declared)
		}
		if len(p.Stopped) == 0 {
			if err := p.bind(ctx, loaded, opts.AsOf, opts.Catalog); err != nil {
				return nil, err
			}
		}
		full := loaded.FullFiles()
		if len(full) == 0 {
			return p, ctx.Err()
		}
		// A split file has something that the fast readers do not know.
		how.FullFiles = append(how.FullFiles, full...)
	}
}

// bind makes the policy of the loaded declarations. Errors in users come before errors in names.
func (p *Project) bind(ctx context.Context, loaded *load.Project, asOf policy.Date, in *CatalogSource) error {
	if loaded.Declared.Users == nil {
		return nil
	}
	catalog, faults, err := chooseCatalog(loaded.Declared, in)
	if err != nil {
		return err
	}
	if len(faults) == 0 {
		all, stopping := rules.IDs()
		p.binding, faults = resolve.Bind(loaded.Declared, catalog, resolve.Options{
			AsOf:      asOf,
			BuiltIn:   all,
			Stopping:  stopping,
			Progress:  p.progress,
			AllFaults: p.allFaults,
		})
		p.Policy = p.binding.Policy
	}
	if len(faults) > 0 || loaded.Users.Failed() {
		if first := loaded.Users.Check(ctx, p.allFaults); len(first) > 0 {
			faults = first
		}
		p.Policy, p.Stopped = nil, diag.Sort(faults)
		return nil
	}
	p.Policy.Suppressions = silence.Read(p.Files, func(int32) bool { return true })
	return nil
}

// Rebind binds other declarations than the project's own, to try out a change. Comments silence nothing in the
// result.
func (p *Project) Rebind(d *policy.Declared, catalog *policy.Catalog) (*Project, []diag.Finding) {
	all, stopping := rules.IDs()
	binding, faults := resolve.Bind(d, catalog, resolve.Options{AsOf: p.Policy.AsOf, BuiltIn: all, Stopping: stopping})
	if len(faults) > 0 {
		return nil, faults
	}
	return &Project{
		Files:    d.Files,
		Policy:   binding.Policy,
		progress: p.progress,
		loaded:   p.loaded,
		binding:  binding,
	}, nil
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

// Chunk is the number of users that one worker takes at a time, text about the size of their rows in bytes.
const Chunk, text = 128, 1 << 18

// Table flattens and lints every user in order of id, on every core, and returns all findings. newRender makes one
// function for each goroutine, which appends a user's access to a buffer and must not keep the access. The buffers
// reach write in order. Both may be nil.
func (p *Project) Table(ctx context.Context, newRender func() func([]byte, *policy.Access) []byte,
	write func([]byte) error) ([]diag.Finding, error) {
	linter := NewLinter(p.Policy, rules.All)
	found, workers, err := p.checkUsers(ctx, linter, newRender, write)
	if err != nil {
		return nil, err
	}
	return linter.Finish(workers, slices.Concat(found...)), nil
}

// Count flattens and lints every user, and returns the workers for their counts.
func (p *Project) Count(ctx context.Context, linter *Linter) ([]*lint.Worker, error) {
	_, workers, err := p.checkUsers(ctx, linter, nil, nil)
	return workers, err
}

// checkUsers flattens and lints every user. It returns findings by chunk; checks that need all users (holders,
// groups) are left to Finish.
func (p *Project) checkUsers(ctx context.Context, linter *Linter, newRender func() func([]byte, *policy.Access) []byte,
	write func([]byte) error) ([][]diag.Finding, []*lint.Worker, error) {
	users := p.Policy.Users
	p.Files.Index()
	calendar := policy.NewCalendar(p.Policy)
	p.progress.Start("flattening users", len(users))
	n := (len(users) + Chunk - 1) / Chunk
	done := make([]chan struct{}, n+1)
	for i := range done {
		done[i] = make(chan struct{})
	}
	close(done[0])
	var next atomic.Int64
	var failed atomic.Pointer[error]
	workers := make([]*lint.Worker, min(runtime.GOMAXPROCS(0), n))
	found := make([][]diag.Finding, n)
	var group parallel.Group
	for w := range workers {
		look := NewLooker(p.Policy, linter, calendar)
		workers[w] = look.Lint
		group.Go(func() {
			var render func([]byte, *policy.Access) []byte
			if newRender != nil {
				render = newRender()
			}
			var access policy.Access
			var buf []byte
			if render != nil && n > len(workers) {
				buf = hugepage.Make[byte](2 * text)[:0]
			}
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				buf = buf[:0]
				if ctx.Err() == nil && failed.Load() == nil {
					for _, u := range users[i*Chunk : min((i+1)*Chunk, len(users))] {
						access = look.Flatten.User(u)
						found[i] = append(found[i], look.Lint.User(&access)...)
						if render != nil {
							buf = render(buf, &access)
						}
						found[i] = append(found[i], look.Later(u)...)
					}
				}
				p.progress.Add(min(Chunk, len(users)-i*Chunk))
				select {
				case <-done[i]: // one chunk after the other
				case <-group.Broken():
					return
				}
				if write != nil && ctx.Err() == nil && failed.Load() == nil && len(buf) > 0 {
					if err := write(buf); err != nil {
						failed.Store(&err)
					}
				}
				close(done[i+1])
			}
		})
	}
	group.Wait()
	if err := failed.Load(); err != nil {
		return nil, nil, *err
	}
	return found, workers, ctx.Err()
}
