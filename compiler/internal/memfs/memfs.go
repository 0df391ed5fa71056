// Package memfs holds files in memory, such as those of a git revision.
package memfs

import (
	"bytes"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
)

// File is a file or a symbolic link. Folders need none: they are those on the way to a file.
type File struct {
	Data []byte // contents, or the target of the link
	Mode fs.FileMode
}

// FS is an unchanging file system. Like a disk, it follows symbolic links.
type FS struct {
	files   map[string]*File
	folders map[string][]fs.DirEntry // sorted by name
}

var _ fs.ReadLinkFS = (*FS)(nil)

// New returns a file system of files, by path. The data may still be filled in before it is read.
func New(files map[string]*File) *FS {
	f := &FS{files, map[string][]fs.DirEntry{".": nil}}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f.list(name, &info{path.Base(name), files[name]})
	}
	for _, list := range f.folders {
		slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	}
	return f
}

// Of returns a file system of regular files.
func Of[T ~string | ~[]byte](texts map[string]T) *FS {
	files := make(map[string]*File, len(texts))
	for name, text := range texts {
		files[name] = &File{Data: []byte(text), Mode: 0o644}
	}
	return New(files)
}

// list adds an entry to its folder, and the folder to those above.
func (f *FS) list(name string, entry fs.DirEntry) {
	dir := path.Dir(name)
	_, known := f.folders[dir]
	f.folders[dir] = append(f.folders[dir], entry)
	if !known {
		f.list(dir, folderInfo(dir))
	}
}

// Open opens the file at a path, following symbolic links.
func (f *FS) Open(name string) (fs.File, error) {
	at, ok := f.follow(name)
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if list, ok := f.folders[at]; ok {
		return &folder{info: folderInfo(name), rest: list}, nil
	}
	file := f.files[at]
	if file == nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &open{bytes.NewReader(file.Data), &info{path.Base(name), file}}, nil
}

// Lstat describes a path without following a link at its end.
func (f *FS) Lstat(name string) (fs.FileInfo, error) {
	if fs.ValidPath(name) {
		if dir, ok := f.follow(path.Dir(name)); ok {
			at := path.Join(dir, path.Base(name))
			if file := f.files[at]; file != nil {
				return &info{path.Base(name), file}, nil
			}
			if _, ok := f.folders[at]; ok {
				return folderInfo(name), nil
			}
		}
	}
	return nil, &fs.PathError{Op: "lstat", Path: name, Err: fs.ErrNotExist}
}

// ReadLink returns the target of a symbolic link.
func (f *FS) ReadLink(name string) (string, error) {
	found, err := f.Lstat(name)
	if err != nil {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrNotExist}
	}
	if found.Mode()&fs.ModeSymlink == 0 {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	return string(found.(*info).file.Data), nil
}

// mostLinks limits the links on the way to a file, because links may form a loop.
const mostLinks = 40

// follow resolves the links in a path.
func (f *FS) follow(name string) (string, bool) {
	for range mostLinks {
		link := f.firstLink(name)
		if link == "" {
			return name, fs.ValidPath(name)
		}
		target := string(f.files[link].Data)
		if target == "" || path.IsAbs(target) {
			return "", false
		}
		name = path.Join(path.Dir(link), target, name[len(link):])
	}
	return "", false
}

// firstLink returns the first part of a path that is a link, or "".
func (f *FS) firstLink(name string) string {
	for i := range len(name) + 1 {
		if i < len(name) && name[i] != '/' {
			continue
		}
		if file := f.files[name[:i]]; file != nil && file.Mode&fs.ModeSymlink != 0 {
			return name[:i]
		}
	}
	return ""
}

// info describes a file or folder, by itself or in its folder.
type info struct {
	name string
	file *File
}

func folderInfo(name string) *info {
	return &info{path.Base(name), &File{Mode: fs.ModeDir | 0o555}}
}

func (i *info) Name() string               { return i.name }
func (i *info) Size() int64                { return int64(len(i.file.Data)) }
func (i *info) Mode() fs.FileMode          { return i.file.Mode }
func (i *info) Type() fs.FileMode          { return i.file.Mode.Type() }
func (i *info) IsDir() bool                { return i.file.Mode.IsDir() }
func (i *info) ModTime() time.Time         { return time.Time{} }
func (i *info) Sys() any                   { return nil }
func (i *info) Info() (fs.FileInfo, error) { return i, nil }

// open is an open file. It can be read from several places at once.
type open struct {
	*bytes.Reader
	info *info
}

func (o *open) Stat() (fs.FileInfo, error) { return o.info, nil }
func (o *open) Close() error               { return nil }

// folder is an open folder.
type folder struct {
	info *info
	rest []fs.DirEntry // not yet read
}

func (d *folder) Stat() (fs.FileInfo, error) { return d.info, nil }
func (d *folder) Close() error               { return nil }

func (d *folder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.info.name, Err: fs.ErrInvalid}
}

func (d *folder) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 || n > len(d.rest) {
		if n > 0 && len(d.rest) == 0 {
			return nil, io.EOF
		}
		n = len(d.rest)
	}
	list := d.rest[:n:n]
	d.rest = d.rest[n:]
	return slices.Clone(list), nil
}
