package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"permc.dev/permc/compiler/render"
)

// output is where a command writes: standard output, or a file that is written
// whole or not at all.
type output struct {
	*bufio.Writer
	raw  io.Writer
	temp *os.File
	path string
	mode os.FileMode

	guarded *guard // or nil
}

// guard says in which format the output is: text and Markdown go through a door
// as they are written; the packages that write the others have theirs.
func (o *output) guard(format string) {
	if format != "text" && format != "markdown" {
		return
	}
	door := render.Guard
	if isTerminal(o.raw) {
		door = render.GuardTerminal
	}
	o.guarded = &guard{w: o.raw, door: door}
	o.Writer = bufio.NewWriterSize(o.guarded, 1<<16)
}

// create opens the file, or standard output for "" and "-".
func create(path string, stdout io.Writer) (*output, error) {
	if path == "" || path == "-" {
		return &output{Writer: bufio.NewWriterSize(stdout, 1<<16), raw: stdout}, nil
	}
	mode := os.FileMode(0o644)
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if info, err := os.Stat(path); err == nil {
		if mode = info.Mode().Perm(); !info.Mode().IsRegular() {
			return open(path)
		}
	}
	temp, err := os.CreateTemp(filepath.Dir(path), ".permc-*")
	if err != nil {
		var pe *fs.PathError // its path is one that nobody gave
		if errors.As(err, &pe) {
			err = fmt.Errorf("%s: %w", path, pe.Err)
		}
		return nil, failed(err)
	}
	return &output{Writer: bufio.NewWriterSize(temp, 1<<16), raw: temp, temp: temp, path: path, mode: mode}, nil
}

// open writes straight to a device or pipe: it must not be replaced.
func open(path string) (*output, error) {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return nil, failed(err)
	}
	return &output{Writer: bufio.NewWriterSize(f, 1<<16), raw: f}, nil
}

// close ends the output. The file takes its name only if all went well.
func (o *output) close(err error) error {
	if err == nil {
		err = o.Flush()
	}
	if err == nil && o.guarded != nil {
		err = o.guarded.end()
	}
	if o.temp == nil {
		return err
	}
	if e := o.temp.Chmod(o.mode); err == nil {
		err = e
	}
	if e := o.temp.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(o.temp.Name(), o.path)
	}
	if err != nil {
		os.Remove(o.temp.Name())
	}
	return err
}
