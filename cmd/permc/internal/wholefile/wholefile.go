// Package wholefile writes files whole or not at all, and never through a link.
//
// A repository that permc looks at may have been written by anyone, so a name
// that permc is asked to write may be a link to somewhere else. The content
// goes into a new file beside the name, whose own name nobody can know, and
// takes the name only when it is complete. A link at the name is replaced, and
// what it leads to stays as it is.
package wholefile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// File is a file that is being written. It takes its name in Commit.
type File struct {
	path   string // as the user wrote it
	folder *os.Root
	name   string      // in the folder
	temp   *temp       // or nil: a device or pipe, which is written to as it is
	old    fs.FileInfo // of the regular file that it replaces, or nil
	file   *os.File
	backup *temp // see Place
	isNew  bool  // likewise: nothing had the name
}

// Create begins a file. A device or pipe is opened and written to as it is.
func Create(path string) (*File, error) {
	if isKernelName(path) {
		return openStraight(path)
	}
	if path == "" || os.IsPathSeparator(path[len(path)-1]) {
		return nil, fmt.Errorf("%q names no file", path)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	folder, err := openFolder(filepath.Dir(path), nil)
	if err != nil {
		return nil, named(path, err)
	}
	return CreateIn(folder, filepath.Base(abs), path)
}

// CreateIn begins a file in a folder, which is closed with it. Errors call it
// path.
func CreateIn(folder *os.Root, name, path string) (*File, error) {
	f := &File{path: path, folder: folder, name: name}
	info, err := folder.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = f.begin(0o666) // less the umask
	case err != nil:
	case info.IsDir():
		err = errors.New("is a folder")
	case info.Mode().IsRegular():
		f.old = info
		err = f.begin(0o600) // until it has the mode of the old one
	case info.Mode()&fs.ModeSymlink != 0:
		err = f.begin(0o666)
	case info.Mode()&(fs.ModeDevice|fs.ModeNamedPipe) != 0:
		f.file, err = openSame(folder, name, info)
	default:
		err = errors.New("is not a regular file")
	}
	if err != nil {
		folder.Close()
		return nil, named(path, err)
	}
	return f, nil
}

// begin makes the file that is written, under a name that cannot be guessed.
// What is there already, a link included, makes it fail.
func (f *File) begin(mode fs.FileMode) (err error) {
	f.temp = newTemp(f.folder)
	f.file, err = f.folder.OpenFile(f.temp.name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		f.temp.forget()
	}
	return err
}

// openSame opens a device or pipe, if it still is what it was.
func openSame(folder *os.Root, name string, was fs.FileInfo) (*os.File, error) {
	file, err := folder.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	if now, err := file.Stat(); err != nil || !os.SameFile(was, now) {
		file.Close()
		return nil, errors.New("has changed while it was opened")
	}
	return file, nil
}

// isKernelName reports whether a name is one of the system's own for devices and
// open files. Some of them are links, such as /dev/stdout, and none is replaced.
func isKernelName(path string) bool {
	dir := filepath.ToSlash(filepath.Dir(path))
	if runtime.GOOS == "windows" {
		return strings.EqualFold(path, "NUL")
	}
	return dir == "/dev" || dir == "/dev/fd" || strings.HasPrefix(dir, "/proc/") && strings.HasSuffix(dir, "/fd")
}

func openStraight(path string) (*File, error) {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return nil, named(path, err)
	}
	return &File{path: path, file: file}, nil
}

// Whole reports whether the file takes its name when it is complete. A device or
// pipe is written to at once.
func (f *File) Whole() bool { return f.temp != nil }

func (f *File) Write(b []byte) (int, error) {
	n, err := f.file.Write(b)
	return n, named(f.path, err)
}

// Raw returns the file that is written, to ask whether it is a terminal.
func (f *File) Raw() *os.File { return f.file }

// Commit gives the file its name. If that fails nothing has changed.
func (f *File) Commit() error {
	err := f.finish()
	if err == nil && f.temp != nil {
		err = f.rename()
	}
	f.Discard()
	return named(f.path, err)
}

// CommitDurably commits what a person has written, or could not have
// again: the content is on the disk before the name leads to it. Other outputs
// are not worth the wait, since permc writes them again.
func (f *File) CommitDurably() error {
	if f.temp != nil {
		if err := f.file.Sync(); err != nil {
			f.Discard()
			return named(f.path, err)
		}
	}
	return f.Commit()
}

// finish ends writing. The file has the owner and mode of the one that it
// replaces, as far as permc may give them; it never runs as somebody else.
func (f *File) finish() (err error) {
	if f.file == nil {
		return nil
	}
	if f.temp != nil && f.old != nil {
		keepOwner(f.file, f.old)
		err = f.file.Chmod(f.old.Mode().Perm())
	}
	if e := f.file.Close(); err == nil {
		err = e
	}
	f.file = nil
	return err
}

func (f *File) rename() error {
	if !f.temp.isOpen() {
		return errors.New("interrupted")
	}
	if info, err := f.folder.Lstat(f.name); err == nil && info.IsDir() {
		return errors.New("is a folder")
	}
	if err := f.folder.Rename(f.temp.name, f.name); err != nil {
		return err
	}
	f.temp.forget()
	return nil
}

// Discard removes what has no name. After Commit it does nothing.
func (f *File) Discard() {
	if f.file != nil {
		f.file.Close()
		f.file = nil
	}
	for _, t := range []*temp{f.temp, f.backup} {
		if t != nil {
			t.remove()
		}
	}
	if f.folder != nil {
		f.folder.Close()
	}
}

// Fail discards the file and returns the error, which calls it by its own name.
func (f *File) Fail(err error) error {
	f.Discard()
	return missing(f.path, err)
}

// newName makes up a name that nobody can know, and that permc does not read as a
// declaration, since it begins with a dot.
func newName() string { return ".permc-" + rand.Text() }

// named replaces the path of an error, which nobody gave, by one that means
// something to the user.
func named(path string, err error) error {
	var linked *os.LinkError
	var at *fs.PathError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &linked):
		err = linked.Err
	case errors.As(err, &at):
		err = at.Err
	}
	if strings.HasPrefix(err.Error(), path+": ") {
		return err
	}
	return fmt.Errorf("%s: %w", path, err)
}
