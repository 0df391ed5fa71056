// Package load turns the files of a project into one declaration: it finds them, reads each format
// with places, evaluates CUE, checks everything against the schema, and merges it. Reading can fail
// only here.
package load

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/internal/hugepage"
	"permc.dev/permc/compiler/internal/memfs"
	"permc.dev/permc/compiler/internal/parallel"
	"permc.dev/permc/compiler/load/scan"
	"permc.dev/permc/compiler/policy"
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

	path *string // of its CUE module, once looked up
}

// Skipped is a file that was found but not read, and the reason.
type Skipped struct{ Name, Reason string }

var kinds = map[string]string{
	".cue": ".cue", ".yaml": ".yaml", ".yml": ".yaml", ".json": ".json", ".jsonl": ".jsonl", ".csv": ".csv",
}

// Wanted reports whether permc may ask for the content of a project's file.
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
			f.skipped = append(f.skipped, Skipped{r.display(rel), "not a format that permc reads"})
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
	f.skipped = append(f.skipped, Skipped{r.display(rel), reason})
	if d.IsDir() {
		return fs.SkipDir
	}
	return nil
}

// leaveOut skips a file that turns out not to belong to the declaration.
func (f *finder) leaveOut(s *source, reason string) {
	f.sources = slices.DeleteFunc(f.sources, func(x *source) bool { return x == s })
	f.skipped = append(f.skipped, Skipped{s.name, reason})
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
		f.skipped = append(f.skipped, Skipped{r.display(rel), "not a format that permc reads"})
		return
	}
	f.refused = append(f.refused, refusal{r.display(rel),
		"a symbolic link, but permc reads only files in the folder itself",
		"replace it with the file or folder, or list it under ignore"})
}

func (s *source) read() (err error) {
	s.data, s.stamp, err = s.root.read(s.rel)
	if err != nil {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		return fmt.Errorf("%s: %w", s.name, err)
	}
	return nil
}

// most limits the size of a file: places are 32 bits.
const most = 1<<31 - 1

// read reads a whole file.
func (r *root) read(rel string) ([]byte, stamp, error) {
	f, err := r.fs.Open(rel)
	if err != nil {
		return nil, stamp{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, stamp{}, err
	}
	if info.Size() > most {
		return nil, stamp{}, errTooLarge
	}
	data := hugepage.Make[byte](int(info.Size()))
	n, err := readInto(f, data)
	if err == io.EOF || err == io.ErrUnexpectedEOF { // it has shrunk since
		return data[:n], stampOf(info), nil
	}
	if err != nil {
		return nil, stamp{}, err
	}
	rest, err := io.ReadAll(io.LimitReader(f, most-int64(n)+1)) // or grown
	if len(data)+len(rest) > most {
		return nil, stamp{}, errTooLarge
	}
	return append(data, rest...), stampOf(info), err
}

// large is the size from which a file's halves are read in parallel: most of the time goes into
// writing fresh memory.
const large = 4 << 20

// readInto reads a file from its beginning, as io.ReadFull does.
func readInto(f fs.File, data []byte) (n int, err error) {
	at, ok := f.(interface {
		io.ReaderAt
		io.Seeker
	})
	if !ok || len(data) < large {
		return io.ReadFull(f, data)
	}
	half := len(data) / 2
	var second error
	m := 0
	var wg parallel.Group
	wg.Go(func() {
		m, second = io.ReadFull(io.NewSectionReader(at, int64(half), int64(len(data)-half)), data[half:])
	})
	n, err = io.ReadFull(f, data[:half])
	wg.Wait()
	if err != nil {
		return n, err
	}
	if second != nil {
		return n + m, second
	}
	_, err = at.Seek(int64(len(data)), io.SeekStart)
	return n + m, err
}

var errTooLarge = errors.New("larger than 2 GiB")

// maxLine bounds a line in formats that people write by hand.
const maxLine = 1 << 20

// tooLarge reports a file that would take its library minutes and gigabytes.
func (l *loader) tooLarge(s *source) *diag.Finding {
	const most = 32 << 20
	if n := len(l.files.File(s.num).Data); n > most && (s.ext == ".cue" || s.ext == ".yaml") {
		d := diag.Stopf("syntax", policy.Pos{File: s.num, End: 1},
			"%d bytes: a %s file that is not plain data may have at most %d", n, s.ext, most).
			WithHelp("split it, or write it as JSON lines or CSV")
		return &d
	}
	return nil
}

// tooMany reports a file with so many values that its library would take gigabytes. permc's fast
// readers take more users than that.
func (l *loader) tooMany(s *source) *diag.Finding {
	most, marks := 2*scan.MostNodes, ",:[{"
	switch s.ext {
	case ".yaml":
		most, marks = 4_000_000, ",:[{-?"
	case ".csv":
		marks = ",\n"
	}
	text := l.files.File(s.num).Data
	if len(text) < most {
		return nil
	}
	off, n := 0, 0
	for ; off < len(text) && n <= most; off++ {
		if c := text[off]; strings.IndexByte(marks, c) >= 0 &&
			(c != '-' && c != '?' || strings.IndexByte(" \r\n", nextByte(text, off)) >= 0) {
			n++
		}
	}
	if n <= most {
		return nil
	}
	d := diag.Stopf("syntax", policy.Pos{File: s.num, Off: int32(off - 1), End: int32(off)},
		"more than %d values: a %s file that permc cannot read user by user may have at most that many", most, s.ext).
		WithHelp("split the file, or write the users as JSON lines")
	return &d
}

// textFault returns what is wrong with the file as text, or nil. Offsets do not count a byte order
// mark.
func (s *source) textFault(file *policy.File) *diag.Finding {
	at := func(off int, format string, args ...any) *diag.Finding {
		d := diag.Stopf("syntax", policy.Pos{File: s.num, Off: int32(off), End: int32(off + 1)}, format, args...)
		return &d
	}
	text := file.Data
	if strings.HasPrefix(text, pointer) {
		d := at(0, "a Git LFS pointer instead of the file").WithHelp("%s", s.root.withoutPointer())
		return &d
	}
	if len(s.data) >= 2 && (s.data[0] == 0xFF && s.data[1] == 0xFE || s.data[0] == 0xFE && s.data[1] == 0xFF) {
		d := at(0, "the file is UTF-16, not UTF-8").WithHelp("save it as UTF-8")
		return &d
	}
	if strings.TrimSpace(text) == "" {
		d := at(0, "the file is empty").WithHelp("add a declaration, remove the file, or list it under ignore")
		return &d
	}
	if strings.HasPrefix(text, "\ufeff") {
		return at(0, "a second byte order mark")
	}
	if !file.Plain() {
		if i := strings.IndexByte(text, 0); i >= 0 {
			return at(i, "a zero byte: this is not a text file")
		}
		if i := notUTF8(text); i >= 0 {
			d := at(i, "not UTF-8 text").WithHelp("save the file as UTF-8")
			return &d
		}
	}
	if s.ext == ".json" {
		return nil
	}
	if from, n := file.LongLine(maxLine); n > 0 {
		return at(from, "a line of %d bytes, at most %d allowed", n, maxLine)
	}
	return nil
}

// notUTF8 returns the first offset that is not UTF-8, or -1.
func notUTF8(text string) int {
	if utf8.ValidString(text) {
		return -1
	}
	for i, r := range text {
		if _, n := utf8.DecodeRuneInString(text[i:]); r == utf8.RuneError && n == 1 {
			return i
		}
	}
	return -1
}
