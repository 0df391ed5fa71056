package fix

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing/fstest"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
)

// state is a project with some files as edited.
type state struct {
	texts    map[string]string // of edited files
	history  map[string][]step // how they came to be so
	done     []*proposal
	project  *compiler.Project
	findings []diag.Diagnostic
}

// load reads the project with other texts in the place of files.
func (r *runner) load(texts map[string]string) (*state, error) {
	opts := r.opts.Options
	if len(texts) > 0 {
		tree, err := edited(texts)
		if err != nil {
			return nil, err
		}
		opts.FS = tree
	}
	p, err := compiler.Load(r.ctx, opts)
	if err != nil {
		return nil, err
	}
	return &state{texts: texts, project: p, findings: p.Stopped}, nil
}

// check finds what is wrong with a project that can be evaluated.
func (r *runner) check(s *state) (err error) {
	if s.project.Policy != nil {
		s.findings, err = s.project.Table(r.ctx, nil, nil)
	}
	return err
}

// with is the state after more edits.
func (r *runner) with(s *state, edits map[string][]edit, done []*proposal) (*state, error) {
	texts, history := maps.Clone(s.texts), maps.Clone(s.history)
	if texts == nil {
		texts, history = map[string]string{}, map[string][]step{}
	}
	for name, list := range edits {
		texts[name] = apply(s.text(name), list)
		history[name] = append(slices.Clip(history[name]), newStep(list))
	}
	next, err := r.load(texts)
	if err != nil {
		return nil, err
	}
	next.history, next.done = history, append(slices.Clip(s.done), done...)
	return next, nil
}

// text is a file as it is in the state.
func (s *state) text(name string) string {
	if text, ok := s.texts[name]; ok {
		return text
	}
	for _, f := range s.project.Files.All() {
		if f.Name == name {
			return f.Data
		}
	}
	return ""
}

// place is a place in the project's own files; others have no file.
func (s *state) place(pos policy.Pos) (file string, off int) {
	if !pos.IsValid() || s.project.Files.File(pos.File).Shipped {
		return "", 0
	}
	return s.project.Files.File(pos.File).Name, int(pos.Off)
}

// spot is where a finding was before any edit.
func (s *state) spot(d *diag.Diagnostic) spot {
	file, off := s.place(d.Pos)
	return spot{d.Rule, file, s.origin(file, off)}
}

// origin is where an offset was before any edit.
func (s *state) origin(file string, off int) int {
	for _, made := range slices.Backward(s.history[file]) {
		off = made.backward(off)
	}
	return off
}

// edited is the disk with other texts in the place of some files.
func edited(texts map[string]string) (*load.FS, error) {
	here, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	top := filepath.VolumeName(here) + string(filepath.Separator)
	at := func(name string) (string, error) {
		full, err := filepath.Abs(filepath.FromSlash(name))
		if err != nil {
			return "", err
		}
		rel, ok := strings.CutPrefix(full, top)
		if !ok {
			return "", fmt.Errorf("%s is on another volume than %s", name, here)
		}
		if rel == "" {
			return ".", nil
		}
		return filepath.ToSlash(rel), nil
	}
	over := overlay{os.DirFS(top), fstest.MapFS{}}
	for name, text := range texts {
		key, err := at(name)
		if err != nil {
			return nil, err
		}
		over.files[key] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	}
	return &load.FS{FS: over, At: at}, nil
}

// overlay is a file system with other contents in some of its files.
type overlay struct {
	fs.FS
	files fstest.MapFS
}

func (o overlay) Open(name string) (fs.File, error) {
	if f := o.files[name]; f != nil {
		return o.files.Open(name)
	}
	return o.FS.Open(name)
}

func (o overlay) Lstat(name string) (fs.FileInfo, error) { return fs.Lstat(o.FS, name) }
func (o overlay) ReadLink(name string) (string, error)   { return fs.ReadLink(o.FS, name) }
