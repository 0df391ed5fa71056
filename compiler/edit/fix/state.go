package fix

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/internal/memfs"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
)

// state is a project with some edited files.
type state struct {
	texts    map[string]string // of edited files
	history  map[string][]step // the edits so far
	done     []*proposal
	project  *compiler.Project
	findings []diag.Finding
	members  map[membership]words // of memberships with a reason or a ticket; nil: not collected yet
}

// load reads the project with other texts for some files.
func (r *runner) load(texts map[string]string) (*state, error) {
	opts := r.opts.Options
	if len(texts) > 0 {
		tree, err := overlayDisk(texts)
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

// check finds the findings of the project.
func (r *runner) check(s *state) (err error) {
	s.findings, err = s.project.Findings(r.ctx)
	return err
}

// with returns the state after more edits.
func (r *runner) with(s *state, edits map[string][]edit, done []*proposal) (*state, error) {
	texts, history := maps.Clone(s.texts), maps.Clone(s.history)
	if texts == nil {
		texts, history = map[string]string{}, map[string][]step{}
	}
	for name, list := range edits {
		texts[name] = applyEdits(s.text(name), list)
		history[name] = append(slices.Clip(history[name]), newStep(list))
	}
	next, err := r.load(texts)
	if err != nil {
		return nil, err
	}
	next.history, next.done = history, append(slices.Clip(s.done), done...)
	return next, nil
}

// text returns the text of a file in this state.
func (s *state) text(name string) string {
	if text, ok := s.texts[name]; ok {
		return text
	}
	if f := s.project.Files.Named(name); f != nil {
		return f.Data
	}
	return ""
}

// place returns a place in the project's own files, or no file for others.
func (s *state) place(pos policy.Pos) (file string, off int) {
	if !pos.IsValid() || s.project.Files.File(pos.File).Shipped {
		return "", 0
	}
	return s.project.Files.File(pos.File).Name, int(pos.Off)
}

// spot returns where a finding was before any edit.
func (s *state) spot(d *diag.Finding) spot {
	file, off := s.place(d.Pos)
	return spot{d.Rule, file, s.origin(file, off)}
}

// origin returns where an offset was before any edit.
func (s *state) origin(file string, off int) int {
	for _, made := range slices.Backward(s.history[file]) {
		off = made.backward(off)
	}
	return off
}

// overlayDisk returns the disk's files with other texts for some of them.
func overlayDisk(texts map[string]string) (*load.FS, error) {
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
	files := map[string]string{}
	for name, text := range texts {
		key, err := at(name)
		if err != nil {
			return nil, err
		}
		files[key] = text
	}
	return &load.FS{FS: overlay{os.DirFS(top), files, memfs.Of(files)}, At: at}, nil
}

// overlay is a file system with other contents for some files.
type overlay struct {
	fs.FS
	texts map[string]string
	files fs.FS // the same
}

func (o overlay) Open(name string) (fs.File, error) {
	if _, ok := o.texts[name]; ok {
		return o.files.Open(name)
	}
	return o.FS.Open(name)
}

func (o overlay) Lstat(name string) (fs.FileInfo, error) { return fs.Lstat(o.FS, name) }
func (o overlay) ReadLink(name string) (string, error)   { return fs.ReadLink(o.FS, name) }
