package wholefile

import (
	"errors"
	"fmt"
	"io/fs"
)

// Stage ends writing, so that only the name is missing.
func (f *File) Stage() error {
	if f.temp == nil {
		return named(f.path, errors.New("is not a regular file"))
	}
	err := f.file.Sync()
	if e := f.finish(); err == nil {
		err = e
	}
	return named(f.path, err)
}

// Place gives staged files their names, all of them or none. A second name of
// each old file is kept meanwhile, so that going back needs no room and does not
// change the file; a new file is removed. check is asked right before; it is for a file that somebody
// has changed since it was read.
func Place(files []*File, check func(i int) error) error {
	placing.Lock()
	defer placing.Unlock()
	for i, f := range files {
		err := check(i)
		if err == nil {
			f.keep()
			err = f.rename()
		}
		if err != nil {
			return goBack(files[:i], len(files), named(f.path, err))
		}
	}
	for _, f := range files {
		if f.backup != nil {
			f.backup.remove()
		}
	}
	return nil
}

// keep gives the old file a second name, where the file system can do that.
func (f *File) keep() {
	if _, err := f.folder.Lstat(f.name); errors.Is(err, fs.ErrNotExist) {
		f.isNew = true
		return
	}
	f.backup = newTemp(f.folder)
	if f.folder.Link(f.name, f.backup.name) != nil {
		f.backup.forget()
		f.backup = nil
	}
}

func goBack(placed []*File, all int, err error) error {
	stay := 0
	for _, f := range placed {
		if f.isNew && f.folder.Remove(f.name) == nil {
			continue
		}
		if f.backup == nil || !f.backup.isOpen() || f.folder.Rename(f.backup.name, f.name) != nil {
			stay++
			continue
		}
		f.backup.forget()
	}
	if stay > 0 {
		return fmt.Errorf("%d of %d files were written: %w", stay, all, err)
	}
	return fmt.Errorf("nothing was written: %w", err)
}
