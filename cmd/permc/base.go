package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/diff/revision"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
)

// sides are the projects that diff compares.
type sides struct {
	head *compiler.Project

	// base is what changes are counted from, and gates what judges them: the
	// same project, but for a branch whose base has gone on. Without a base both
	// are nil, and the head's own gates count.
	base, gates *compiler.Project

	baseName, headName string
	notes              []string
	commits            commits

	// unjudged is why diff cannot end well whatever it finds: the gates that
	// should judge are elsewhere in the base. Or nil.
	unjudged error
}

// broken returns the first project that cannot be evaluated, and its name.
func (s *sides) broken() (*compiler.Project, string) {
	switch {
	case s.base != nil && s.base.Policy == nil:
		return s.base, s.baseName
	case s.gates != nil && s.gates.Policy == nil:
		return s.gates, s.baseName
	}
	return nil, ""
}

// gatesPolicy is the policy whose gates judge, or nil where there is no base.
func (s *sides) gatesPolicy() *policy.Policy {
	if s.gates == nil {
		return nil
	}
	return s.gates.Policy
}

// judge returns the project whose gates and rules judge: a change cannot loosen
// its own gate.
func (s *sides) judge() *compiler.Project {
	if s.gates != nil {
		return s.gates
	}
	return s.head
}

// sides loads what --against and the paths name.
func (g *globals) sides(cmd *cobra.Command, against string, paths []string) (*sides, error) {
	s := &sides{baseName: against, headName: strings.Join(orHere(paths), " ")}
	if isPath(against) || revision.Empty(against) {
		return s, g.folders(cmd, s, paths)
	}
	c := &comparison{g: g, cmd: cmd, sides: s, paths: orHere(paths), found: map[string]bool{}}
	if err := c.load(cmd.Context(), against); err != nil {
		if e := (exit{}); errors.As(err, &e) {
			return nil, err
		}
		if against == "" {
			return nil, failed(err)
		}
		return nil, failed(fmt.Errorf("--against %s: %w", against, err))
	}
	return s, nil
}

// isPath reports whether --against names a folder: it begins with /, ./ or ../
// (or with a drive, on Windows). Everything else is a revision, since the folders
// here are the change's.
func isPath(against string) bool {
	a := filepath.ToSlash(against)
	return a == "." || a == ".." || strings.HasPrefix(a, "/") || strings.HasPrefix(a, "./") || strings.HasPrefix(a, "../") ||
		filepath.VolumeName(against) != ""
}

// folders loads the project as it is on the disk, and a base from another folder
// or none.
func (g *globals) folders(cmd *cobra.Command, s *sides, paths []string) (err error) {
	s.commits.folders = true
	if s.head, err = g.load(cmd, paths); err != nil || s.head.Policy == nil {
		return err
	}
	if revision.Empty(s.baseName) {
		s.absent()
		return nil
	}
	opts := g.options([]string{s.baseName})
	s.base, err = compiler.Load(cmd.Context(), opts)
	s.gates = s.base
	if errors.Is(err, load.ErrNoDeclaration) {
		s.base, s.gates = nil, nil
		s.absent()
		return nil
	}
	return g.ofBase(s, err)
}

func (g *globals) ofBase(s *sides, err error) error {
	if err == nil {
		return nil
	}
	return failed(fmt.Errorf("the base %s: %w", s.baseName, err))
}

func (s *sides) note(format string, args ...any) {
	s.notes = append(s.notes, fmt.Sprintf(format, args...))
}

func (s *sides) absent() {
	s.note("there is no declaration in the base %s: it counts as an empty table, and the gates of the "+
		"change itself judge it", s.baseName)
}

// where is how a repository is found.
func (g *globals) where() revision.Where {
	return revision.Where{Started: g.started, Dir: g.dir, Top: os.Getenv("PERMC_REPOSITORY")}
}

// noRepository says so of a base that is meant as a folder.
func noRepository(against string, err error) error {
	if errors.Is(err, revision.ErrNoRepository) || errors.Is(err, revision.ErrNoGit) {
		return perhapsFolder(against, err)
	}
	return err
}

func perhapsFolder(against string, err error) error {
	if info, e := os.Stat(against); e == nil && info.IsDir() {
		return fmt.Errorf("%w; a folder is written ./%s", err, against)
	}
	return err
}
