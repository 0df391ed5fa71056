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
	return placeAll(len(files), func(i int) (*wholefile.File, error) {
		f := &files[i]
		if err := unchanged(f); err != nil {
			return nil, err
		}
		return stage(filepath.FromSlash(f.Name), f.New)
	}, func(i int) error { return unchanged(&files[i]) })
}

// placeAll stages n files and gives them their names: all of them or none. check is asked right before.
func placeAll(n int, stage func(i int) (*wholefile.File, error), check func(i int) error) error {
	staged := make([]*wholefile.File, 0, n)
	defer func() {
		for _, f := range staged {
			f.Discard()
		}
	}()
	for i := range n {
		f, err := stage(i)
		if err != nil {
			return fmt.Errorf("nothing was written: %w", err)
		}
		staged = append(staged, f)
	}
	return whole(func() error { return wholefile.Place(staged, check) })
}

// stage writes what a file is to hold beside it.
func stage(path string, text []byte) (*wholefile.File, error) {
	out, err := wholefile.Create(path)
	if err != nil {
		return nil, err
	}
	_, err = out.Write(text)
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

// newFile names a file that must not exist yet, and says what to write.
type newFile struct {
	path string
	text []byte
}

// createFiles writes files that do not exist yet and have a text: all of them or none.
func createFiles(files []newFile) error {
	files = slices.DeleteFunc(files, func(f newFile) bool { return len(f.text) == 0 })
	err := placeAll(len(files), func(i int) (*wholefile.File, error) {
		return stage(files[i].path, files[i].text)
	}, func(i int) error {
		if _, err := os.Lstat(files[i].path); !errors.Is(err, fs.ErrNotExist) {
			return errors.New("exists already")
		}
		return nil
	})
	if err != nil {
		return failed(err)
	}
	return nil
}
