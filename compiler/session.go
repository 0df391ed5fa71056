package compiler

import (
	"cmp"
	"context"
	"slices"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint"
	"permc.dev/permc/compiler/lint/rules"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/silence"
)

// Session checks a project again and again while its files change. Where only
// users have changed, only those of the changed files are looked at.
type Session struct {
	opts    Options
	project *Project
	linter  *Linter
	look    *Looker                   // has counted all users
	found   map[string][]diag.Finding // by the user whose they are
}

// Watch begins a session.
func Watch(opts Options) *Session { return &Session{opts: opts} }

// Dirs are the folders in which changes matter.
func (s *Session) Dirs() []string {
	if s.project == nil {
		return s.opts.Paths
	}
	return s.project.loaded.Dirs()
}

// Findings are what a check found.
type Findings struct {
	List []diag.Finding
	Read int // users who were looked at; all of them the first time
}

// Check checks the project as its files are now. Without changes since the
// last time there are no Findings.
func (s *Session) Check(ctx context.Context) (*Project, *Findings, error) {
	if s.project != nil {
		what, fresh, files := s.project.loaded.Update()
		switch {
		case what == load.Nothing:
			return s.project, nil, nil
		case what == load.SomeUsers && s.project.Policy != nil && s.update(fresh, files):
			return s.project, &Findings{s.finish(), len(fresh)}, nil
		}
	}
	list, err := s.cold(ctx)
	if err != nil {
		return nil, nil, err
	}
	all := &Findings{List: list}
	if s.project.Policy != nil {
		all.Read = len(s.project.Policy.Users)
	}
	return s.project, all, nil
}

// cold checks everything.
func (s *Session) cold(ctx context.Context) ([]diag.Finding, error) {
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
	return s.finish(), nil
}

// update looks at the users that have changed.
func (s *Session) update(fresh []int, files []int32) bool {
	gone, come, ok := s.project.binding.Update(fresh, files)
	if !ok {
		return false
	}
	s.comments(files)
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

// comments reads the suppressions of files anew.
func (s *Session) comments(files []int32) {
	p := s.project
	changed := func(file int32) bool { return slices.Contains(files, file) }
	list := slices.DeleteFunc(slices.Clone(p.Policy.Suppressions), func(x policy.Suppression) bool { return changed(x.Pos.File) })
	p.Policy.Suppressions = append(list, silence.Read(p.Files, changed)...)
	slices.SortStableFunc(p.Policy.Suppressions, func(a, b policy.Suppression) int { return cmp.Compare(a.Pos.File, b.Pos.File) })
}

// finish is all findings: those of users, in order, and the rest.
func (s *Session) finish() []diag.Finding {
	var all []diag.Finding
	for _, list := range s.found {
		all = append(all, list...)
	}
	slices.SortStableFunc(all, func(a, b diag.Finding) int { return cmp.Compare(a.User, b.User) })
	return s.linter.Finish([]*lint.Worker{s.look.Lint}, all)
}
