package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"permc.dev/permc/compiler/fix"
)

// replace writes files anew, each whole or not at all, with the permissions
// that it has. One that is not as it was read is left, and so are all then.
func replace(files []fix.File) (err error) {
	temps := make([]string, 0, len(files))
	defer func() {
		for _, name := range temps {
			os.Remove(name)
		}
	}()
	for _, f := range files {
		name, err := stage(filepath.FromSlash(f.Name), f)
		if err != nil {
			return fmt.Errorf("nothing was written: %w", err)
		}
		temps = append(temps, name)
	}
	for i, f := range files {
		if err := os.Rename(temps[i], filepath.FromSlash(f.Name)); err != nil {
			return fmt.Errorf("%d of %d files were written: %w", i, len(files), err)
		}
	}
	return nil
}

// stage writes a file's new content beside it.
func stage(name string, f fix.File) (string, error) {
	now, err := os.ReadFile(name)
	if err != nil {
		return "", err
	}
	info, err := os.Lstat(name)
	switch {
	case err != nil:
		return "", err
	case !bytes.Equal(now, f.Old):
		return "", fmt.Errorf("%s has changed meanwhile", f.Name)
	case !info.Mode().IsRegular() || info.Mode().Perm()&0o200 == 0:
		return "", fmt.Errorf("%s may not be written", f.Name)
	}
	temp, err := os.CreateTemp(filepath.Dir(name), ".permc-*")
	if err != nil {
		return "", err
	}
	_, err = temp.Write(f.New)
	if e := temp.Chmod(info.Mode().Perm()); err == nil {
		err = e
	}
	if e := temp.Close(); err == nil {
		err = e
	}
	if err != nil {
		os.Remove(temp.Name())
	}
	return temp.Name(), err
}
