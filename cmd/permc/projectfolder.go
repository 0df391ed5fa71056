package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"

	"permc.dev/permc/cmd/permc/internal/wholefile"
)

// projectFolder is a folder that init writes into.
type projectFolder struct {
	dir  string
	root *os.Root
	undo []func() // of all that was made, in order
}

// newProject opens a folder, and creates it if it is missing.
func newProject(dir string) (*projectFolder, error) {
	root, undo, err := wholefile.MakeFolder(dir)
	if err != nil {
		return nil, err
	}
	return &projectFolder{dir: dir, root: root, undo: []func(){undo}}, nil
}

func (p *projectFolder) close() { p.root.Close() }

// takeBack removes the files and folders that were created, and nothing else.
func (p *projectFolder) takeBack() {
	for _, undo := range slices.Backward(p.undo) {
		undo()
	}
}

// write writes a file whole or not at all. It follows no link, because a change could commit one anywhere in the
// project.
func (p *projectFolder) write(name string, text []byte) error {
	shown := filepath.Join(p.dir, filepath.FromSlash(name))
	folder, err := wholefile.EnterFolder(p.root, path.Dir(name), func(rel string) {
		p.undo = append(p.undo, func() { _ = p.root.Remove(rel) })
	})
	if err != nil {
		return fmt.Errorf("%s: %w", shown, err)
	}
	file, err := wholefile.CreateIn(folder, path.Base(name), shown)
	if err != nil {
		return err
	}
	if _, err := file.Write(text); err != nil {
		return file.Fail(err)
	}
	if err := file.CommitDurably(); err != nil {
		return err
	}
	p.undo = append(p.undo, func() { _ = p.root.Remove(name) })
	return nil
}
