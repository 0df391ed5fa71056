package compiler

import (
	"cmp"
	"context"
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/flatten"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/lint/rules"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/resolve"
	"permc.dev/permc/compiler/silence"
)

// This file repeats work on a project: checks when files change, binding with a change applied, and flattening when the
// findings are already known.

// Session checks a project again whenever its files change. If only users have changed, it checks only the users in
// the changed files.
type Session struct {
	opts    Options
	project *Project
	linter  *Linter
	look    *Looker                   // has counted all users
	found   map[string][]diag.Finding // by user id
}

// Watch begins a session.
func Watch(opts Options) *Session { return &Session{opts: opts} }

// Dirs returns the folders in which changes matter.
func (s *Session) Dirs() []string {
	if s.project == nil {
		return s.opts.Paths
	}
	return s.project.loaded.Dirs()
}

// Findings are the result of a check.
type Findings struct {
	List []diag.Finding
	Read int // users checked; all of them the first time
}

// Check checks the project as its files are now. It returns no Findings if nothing has changed since the last check.
func (s *Session) Check(ctx context.Context) (*Project, *Findings, error) {
	if s.project != nil {
		what, fresh, files := s.project.loaded.Update()
		switch {
		case what == load.Nothing:
			return s.project, nil, nil
		case what == load.SomeUsers && s.project.Policy != nil && s.checkChanged(fresh, files):
			return s.project, &Findings{s.sortFindings(), len(fresh)}, nil
		}
	}
	list, err := s.checkAll(ctx)
	if err != nil {
		return nil, nil, err
	}
	all := &Findings{List: list}
	if s.project.Policy != nil {
		all.Read = len(s.project.Policy.Users)
	}
	return s.project, all, nil
}

// checkAll checks everything.
func (s *Session) checkAll(ctx context.Context) ([]diag.Finding, error) {
	p, err := Load(ctx, s.opts)
	if s.project = p; err != nil {
		return nil, err
	}
	if p.Policy == nil {
		return p.Stopped, nil
	}
	s.linter = NewLinter(p.Policy, rules.All)
	s.found = map[string][]diag.Finding{}
	found, workers, err := p.Count(ctx, s.linter)
	if err != nil {
		return nil, err
	}
	s.look = NewLooker(p.Policy, s.linter, policy.NewCalendar(p.Policy))
	for _, w := range workers {
		s.look.Lint.Add(w)
	}
	for _, list := range found {
		for _, d := range list {
			s.found[d.User] = append(s.found[d.User], d)
		}
	}
	return s.sortFindings(), nil
}

// checkChanged checks only the users in changed files. It returns false if that is not enough.
func (s *Session) checkChanged(fresh []int, files []int32) bool {
	gone, come, ok := s.project.binding.Update(fresh, files)
	if !ok {
		return false
	}
	s.rereadComments(files)
	before := NewLooker(s.project.Policy, s.linter, s.look.Calendar)
	for _, u := range gone {
		before.User(u)
		delete(s.found, u.ID)
	}
	s.look.Lint.Forget(before.Lint)
	for _, u := range come {
		if list := s.look.User(u); len(list) > 0 {
			s.found[u.ID] = list
		}
	}
	return true
}

// rereadComments reads the suppressions of files again.
func (s *Session) rereadComments(files []int32) {
	p := s.project
	changed := func(file int32) bool { return slices.Contains(files, file) }
	list := slices.DeleteFunc(slices.Clone(p.Policy.Suppressions), func(x policy.Suppression) bool {
		return changed(x.Pos.File)
	})
	p.Policy.Suppressions = append(list, silence.Read(p.Files, changed)...)
	slices.SortStableFunc(p.Policy.Suppressions, func(a, b policy.Suppression) int {
		return cmp.Compare(a.Pos.File, b.Pos.File)
	})
}

// sortFindings returns all findings: those of users, in order, then the rest.
func (s *Session) sortFindings() []diag.Finding {
	var all []diag.Finding
	for _, list := range s.found {
		all = append(all, list...)
	}
	slices.SortStableFunc(all, func(a, b diag.Finding) int { return cmp.Compare(a.User, b.User) })
	return s.linter.Finish([]*lint.Worker{s.look.Lint}, all)
}

// Rebind binds other declarations than the project's own, to try out a change. Comments silence nothing in the
// result.
func (p *Project) Rebind(d *policy.Declared, catalog *policy.Catalog) (*Project, []diag.Finding) {
	all, stopping := rules.IDs()
	binding, faults := resolve.Bind(d, catalog, resolve.Options{
		AsOf:     p.Policy.AsOf,
		Today:    p.Policy.Today,
		BuiltIn:  all,
		Stopping: stopping,
	})
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

// EachAgain works like Each where the findings are known already: it flattens every user and lints nobody.
func EachAgain[T any](ctx context.Context, p *Project, newWorker func() func([]T, *policy.Access) []T,
	write func([]T) error) error {
	users, common := p.Share.of(p.Policy), flatten.NewCommon(p.Policy)
	err := eachPart(ctx, p, users, (chunkSize(p.Policy)+3)/4, func() func([]T, int, []*policy.User) []T {
		flat, work := flatten.New(p.Policy).Sharing(common), newWorker()
		var access policy.Access
		return func(list []T, _ int, some []*policy.User) []T {
			for _, u := range some {
				access = flat.User(u)
				list = work(list, &access)
			}
			return list
		}
	}, write)
	if err == nil && p.loaded != nil {
		err = p.loaded.Unchanged()
	}
	return err
}
