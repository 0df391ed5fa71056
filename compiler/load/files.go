// Package load turns the files of a project into one declaration: it finds them, reads each format
// with places, evaluates CUE, checks everything against the schema, and merges it. Reading can fail
// only here.
package load

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"permc.dev/permc/compiler/internal/memfs"
	"permc.dev/permc/compiler/internal/rolexml"
)

// source is one file of a project.
type source struct {
	root *root
	rel  string // path relative to the root, with slashes
	name string // as shown to people
	ext  string // ".cue", ".yaml", ".json", ".jsonl", ".csv"
	data []byte // as on disk
	num  int32  // number in Files
	stamp
}

// top reports whether the file is directly in the folder that the user named.
func (s *source) top() bool { return !strings.Contains(s.rel, "/") }

// root is one PATH of the project.
type root struct {
	dir  string // as given
	only string // the file's name, if PATH is a file
	fs   fs.FS
	shut func() error
	disk bool

	room *room // while the project is read for the first time, or nil

	path *string // of its CUE module, once looked up
}

// Skipped is a file that was found but not read, and the reason.
type Skipped struct{ Name, Reason, Rel string }

var kinds = map[string]string{
	".cue": ".cue", ".yaml": ".yaml", ".yml": ".yaml", ".json": ".json", ".jsonl": ".jsonl", ".csv": ".csv",
}

// Asked reports whether permc may ask for the content of a file in a project's folders.
func Asked(name string) bool { return Wanted(name) || rolexml.IsRoleFile(name) }

// Wanted reports whether a file may be one of a project.
func Wanted(name string) bool {
	return kinds[fileExt(name)] != "" || strings.Contains("/"+name, "/cue.mod/") || mayBeBaseline(name)
}

func fileExt(name string) string { return strings.ToLower(path.Ext(name)) }

// finder collects the files of a project.
type finder struct {
	sources []*source
	skipped []Skipped
	refused []refusal
	obeyed  []string // patterns of ignore that were applied
	foreign []*source
	alike   []*source // in formats that permc does not read, but that may hold users
}

// refusal is a file that must not be in a project. Nothing was read, so its place is its name.
type refusal struct{ name, message, help string }

// FS is a file system to read a project from instead of the disk, such as a revision. A path that a
// user names is a folder or file in FS under the name that At returns.
type FS struct {
	FS fs.FS
	At func(path string) (string, error)
}

// InMemory returns the files of a project that is on no disk. Its path is ".".
func InMemory[T ~string | ~[]byte](texts map[string]T) *FS {
	return &FS{FS: memfs.Of(texts), At: func(string) (string, error) { return ".", nil }}
}

func openRoot(dir string, tree *FS) (*root, error) {
	stat, open := os.Stat, openDisk
	if tree != nil {
		stat, open = tree.stat, tree.open
	}
	info, err := stat(dir)
	if err != nil {
		return nil, shortError(err)
	}
	r := &root{dir: dir, disk: tree == nil}
	if !info.IsDir() && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: neither a folder nor a regular file", dir)
	}
	if !info.IsDir() {
		r.dir, r.only = filepath.Split(dir)
		if r.dir == "" {
			r.dir = "."
		}
		if kinds[fileExt(r.only)] == "" {
			return nil, fmt.Errorf("%s: not a .cue, .yaml, .yml, .json, .jsonl or .csv file", dir)
		}
	}
	r.fs, r.shut, err = open(r.dir)
	if err != nil {
		return nil, shortError(err)
	}
	return r, nil
}

func openDisk(dir string) (fs.FS, func() error, error) {
	r, err := os.OpenRoot(dir)
	if err != nil {
		return nil, nil, err
	}
	return r.FS(), r.Close, nil
}

func (t *FS) stat(dir string) (fs.FileInfo, error) {
	at, err := t.At(dir)
	if err != nil {
		return nil, err
	}
	return fs.Stat(t.FS, at)
}

func (t *FS) open(dir string) (fs.FS, func() error, error) {
	at, err := t.At(dir)
	if err != nil {
		return nil, nil, err
	}
	sub, err := fs.Sub(t.FS, at)
	return sub, func() error { return nil }, err
}

// shortError puts the path first in an error of the system.
func shortError(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return fmt.Errorf("%s: %w", pe.Path, pe.Err)
	}
	return err
}

func (r *root) display(rel string) string {
	return strings.ToValidUTF8(path.Join(filepath.ToSlash(filepath.Clean(r.dir)), rel), "\uFFFD")
}

// find walks a root without reading files.
func (f *finder) find(r *root) error {
	if r.only != "" {
		f.add(r, r.only)
		return nil
	}
	empty := &emptyFolders{}
	err := fs.WalkDir(r.fs, ".", func(rel string, d fs.DirEntry, err error) error {
		empty.visit(rel, d)
		switch base := path.Base(rel); {
		case err != nil:
			return fmt.Errorf("%s: %w", r.display(rel), shortError(err))
		case rel == ".":
			return nil
		case strings.HasPrefix(base, "."):
			return f.skip(r, rel, d, "its name starts with a dot")
		case base == "cue.mod":
			return f.skip(r, rel, d, "holds CUE's modules")
		case !r.disk && d.Type()&fs.ModeIrregular != 0:
			f.refused = append(f.refused, refusal{r.display(rel), "a submodule: a revision does not include its files",
				"keep the declarations in one repository, or list it under ignore"})
		case d.Type()&fs.ModeSymlink != 0:
			f.symlink(r, rel)
		case !utf8.ValidString(base) && (d.IsDir() || kinds[fileExt(base)] != ""):
			return f.misnamed(r, rel, d)
		case d.IsDir():
		case kinds[fileExt(base)] == "":
			f.addAlike(r, rel, d)
			f.skipped = append(f.skipped, Skipped{r.display(rel), "not a format that permc reads", rel})
		case !d.Type().IsRegular():
			f.refused = append(f.refused,
				refusal{r.display(rel), "not a regular file", "remove it, or list it under ignore"})
		default:
			f.add(r, rel)
		}
		return nil
	})
	f.submodules(r, empty.end())
	return err
}

// misnamed reports a name that messages cannot show.
func (f *finder) misnamed(r *root, rel string, d fs.DirEntry) error {
	f.refused = append(f.refused, refusal{r.display(rel), "its name is not UTF-8",
		"rename it, or list it under ignore"})
	if d.IsDir() {
		return fs.SkipDir
	}
	return nil
}

func (f *finder) add(r *root, rel string) {
	f.sources = append(f.sources, &source{root: r, rel: rel, name: r.display(rel), ext: kinds[fileExt(rel)]})
}

func (f *finder) skip(r *root, rel string, d fs.DirEntry, reason string) error {
	f.skipped = append(f.skipped, Skipped{r.display(rel), reason, rel})
	if d.IsDir() {
		return fs.SkipDir
	}
	return nil
}

// leaveOut skips a file that turns out not to belong to the declaration.
func (f *finder) leaveOut(s *source, reason string) {
	f.sources = slices.DeleteFunc(f.sources, func(x *source) bool { return x == s })
	f.skipped = append(f.skipped, Skipped{s.name, reason, s.rel})
	slices.SortFunc(f.skipped, func(a, b Skipped) int { return strings.Compare(a.Name, b.Name) })
}

// baseline reports whether permc wrote the file next to the declarations. It begins as no declaration
// can.
func (s *source) baseline() bool {
	head := string(s.data[:min(len(s.data), 64)])
	return s.ext == ".json" && strings.HasPrefix(strings.Join(strings.Fields(head), ""), `{"version":"1","baseline":[`)
}

// target returns where a link leads, which may be outside the folder on a disk.
func (r *root) target(rel string) (fs.FileInfo, error) {
	if r.disk {
		return os.Stat(filepath.Join(r.dir, rel))
	}
	return fs.Stat(r.fs, rel)
}

// symlink reports a link if its target could be something that permc reads.
func (f *finder) symlink(r *root, rel string) {
	info, err := r.target(rel)
	if kinds[fileExt(rel)] == "" && (err != nil || !info.IsDir()) {
		f.skipped = append(f.skipped, Skipped{r.display(rel), "not a format that permc reads", rel})
		return
	}
	f.refused = append(f.refused, refusal{r.display(rel),
		"a symbolic link, but permc reads only files in the folder itself",
		"replace it with the file or folder, or list it under ignore"})
}
