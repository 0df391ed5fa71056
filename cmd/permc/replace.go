package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"permc.dev/permc/cmd/permc/internal/wholefile"
	"permc.dev/permc/compiler/edit/fix"
)

// replace writes new content to files that permc has read: all of them or none.
// If any has changed since it was read, none is written.
func replace(files []fix.File) error {
	staged := make([]*wholefile.File, 0, len(files))
	defer func() {
		for _, f := range staged {
			f.Discard()
		}
	}()
	for i := range files {
		f, err := stage(&files[i])
		if err != nil {
			return fmt.Errorf("nothing was written: %w", err)
		}
		staged = append(staged, f)
	}
	return whole(func() error {
		return wholefile.Place(staged, func(i int) error { return unchanged(&files[i]) })
	})
}

// stage writes a file's new content beside it.
func stage(f *fix.File) (*wholefile.File, error) {
	if err := unchanged(f); err != nil {
		return nil, err
	}
	out, err := wholefile.Create(filepath.FromSlash(f.Name))
	if err != nil {
		return nil, err
	}
	_, err = out.Write(f.New)
	if err == nil {
		err = out.Stage()
	}
	if err != nil {
		out.Discard()
		return nil, err
	}
	return out, nil
}

// unchanged returns an error unless a file is as it was read, and may be written.
func unchanged(f *fix.File) error {
	name := filepath.FromSlash(f.Name)
	info, err := os.Lstat(name)
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular() || info.Mode().Perm()&0o200 == 0:
		return fmt.Errorf("%s is read-only or not a regular file", f.Name)
	}
	now, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, f.Old) {
		return errors.New(f.Name + " has changed since it was read")
	}
	return nil
}

// newFile is a file to write that must not exist.
type newFile struct {
	path string
	text []byte
}

// createFiles writes files that do not exist yet and have a text: all of them or none.
func createFiles(files []newFile) error {
	var staged []*wholefile.File
	defer func() {
		for _, f := range staged {
			f.Discard()
		}
	}()
	files = slices.DeleteFunc(files, func(f newFile) bool { return len(f.text) == 0 })
	for _, f := range files {
		out, err := wholefile.Create(f.path)
		if err != nil {
			return failed(fmt.Errorf("nothing was written: %w", err))
		}
		staged = append(staged, out)
		if _, err = out.Write(f.text); err == nil {
			err = out.Stage()
		}
		if err != nil {
			return failed(fmt.Errorf("nothing was written: %w", err))
		}
	}
	err := whole(func() error {
		return wholefile.Place(staged, func(i int) error {
			if _, err := os.Lstat(files[i].path); !errors.Is(err, fs.ErrNotExist) {
				return errors.New("exists already")
			}
			return nil
		})
	})
	if err != nil {
		return failed(err)
	}
	return nil
}
