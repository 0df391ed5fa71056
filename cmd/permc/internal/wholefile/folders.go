package wholefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Folder is a folder of new files that takes its name only when it is whole.
type Folder struct {
	path, name string
	parent     *os.Root
	temp       *temp
	old        string // the name of the folder that had it, until Discard
}

// CreateFolder begins a folder.
func CreateFolder(path string) (*Folder, error) {
	parent, err := openFolder(filepath.Dir(path), nil)
	if err != nil {
		return nil, named(path, err)
	}
	f := &Folder{path: path, name: filepath.Base(path), parent: parent, temp: newTemp(parent)}
	if err := parent.Mkdir(f.temp.name, 0o777); err != nil {
		f.Discard()
		return nil, named(path, err)
	}
	return f, nil
}

// Create begins a file in the folder.
func (f *Folder) Create(name string) (*File, error) {
	in, err := f.parent.OpenRoot(f.temp.name)
	if err != nil {
		return nil, named(f.path, err)
	}
	return CreateIn(in, name, filepath.Join(f.path, name))
}

// Place gives the folder its name, and keeps the one that had it.
func (f *Folder) Place() error {
	if !f.temp.isOpen() {
		return named(f.path, errors.New("interrupted"))
	}
	old := newName()
	switch err := f.parent.Rename(f.name, old); {
	case err == nil:
		f.old = old
	case !errors.Is(err, fs.ErrNotExist):
		return named(f.path, err)
	}
	if err := f.parent.Rename(f.temp.name, f.name); err != nil {
		return named(f.path, errors.Join(err, f.Restore()))
	}
	f.temp.forget()
	return nil
}

// Restore gives the name back.
func (f *Folder) Restore() error {
	err := f.parent.RemoveAll(f.name)
	if f.old != "" {
		err = errors.Join(err, f.parent.Rename(f.old, f.name))
		f.old = ""
	}
	return err
}

// Discard removes what has no name.
func (f *Folder) Discard() {
	f.temp.remove()
	if f.old != "" {
		_ = f.parent.RemoveAll(f.old)
	}
	f.parent.Close()
}
