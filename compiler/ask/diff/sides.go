package diff

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"permc.dev/permc/compiler"
	"permc.dev/permc/compiler/ask/diff/revision"
	"permc.dev/permc/compiler/load"
	"permc.dev/permc/compiler/policy"
)

// Question says which projects to compare.
type Question struct {
	Against string      // a revision, a range of two, or a folder; "" lets Default find one
	Since   policy.Date // instead of Against: what HEAD was when this day began; or 0
	Paths   []string    // of the project, as written
	Where   revision.Where
	Options compiler.Options // for both sides; their paths and files are set here

	// OnServer says that a build server asks: its clone has branches that nobody keeps up to date, so nothing but
	// the upstream's default branch is taken without Against.
	OnServer bool

	// Loaded is called with the head before the base is read.
	Loaded func(head *compiler.Project)
}

// ErrNoBase is returned without --against where nothing is a safe guess.
var ErrNoBase = errors.New("--against is missing")

// noBase says what to write where nothing is a safe guess.
func noBase(onServer bool) error {
	if onServer {
		return fmt.Errorf("%w: name the base in CI, e.g. --against origin/main", ErrNoBase)
	}
	return fmt.Errorf("%w, and no upstream has a default branch here: name what to compare with: --against HEAD for "+
		"what is not committed yet, a branch, or a folder, such as ./base", ErrNoBase)
}

// headError wraps an error of the head on the disk, which does not depend on --against.
type headError struct{ error }

func (e headError) Unwrap() error { return e.error }

// Commits says where the files of both sides are in the history.
type Commits struct {
	Base, Head string                            // "" where there is none
	Folders    bool                              // both sides are folders of one checkout
	Place      func(name string) (string, error) // the path of a file below the top of the repository; or nil
}

// Sides holds the compared projects.
type Sides struct {
	Head *compiler.Project

	// Changes are counted from Base, and Gates judges them. Both are the same project unless the base of a
	// branch has later commits. Without a base both are nil, and the gates of the head count.
	Base, Gates *compiler.Project

	BaseName, HeadName string
	StateOf            policy.Date // the base is what there was when this day began, or 0
	Notes              []string
	Commits            Commits

	// Unjudged is an error where nobody judges the change: its gates are elsewhere in the base.
	Unjudged error
}

// Broken returns the first project that cannot be evaluated, and its name.
func (s *Sides) Broken() (*compiler.Project, string) {
	switch {
	case s.Base != nil && s.Base.Policy == nil:
		return s.Base, s.BaseName
	case s.Gates != nil && s.Gates.Policy == nil:
		return s.Gates, s.BaseName
	}
	return nil, ""
}

// GatesPolicy returns the policy whose gates judge, or nil without a base.
func (s *Sides) GatesPolicy() *policy.Policy {
	if s.Gates == nil {
		return nil
	}
	return s.Gates.Policy
}

// Judge returns the project whose gates and rules judge: a change cannot loosen
// its own gate.
func (s *Sides) Judge() *compiler.Project {
	if s.Gates != nil {
		return s.Gates
	}
	return s.Head
}

// LoadSides loads both sides. Without a policy in the head it stops there.
func LoadSides(ctx context.Context, q *Question) (*Sides, error) {
	s := &Sides{BaseName: q.Against, HeadName: strings.Join(q.Paths, " "), StateOf: q.Since}
	if isPath(q.Against) || revision.Empty(q.Against) {
		if err := s.loadFolders(ctx, q); err != nil {
			return s, err
		}
		return s, s.trace(ctx)
	}
	c := &comparison{Question: q, Sides: s, found: map[string]bool{}}
	err := c.load(ctx)
	_, ofHead := errors.AsType[headError](err)
	if err != nil && !ofHead {
		err = q.nameBase(err)
	}
	if err != nil {
		return s, err
	}
	return s, s.trace(ctx)
}

// nameBase adds to an error how the base was named.
func (q *Question) nameBase(err error) error {
	switch {
	case q.Since > 0:
		return fmt.Errorf("--since %s: %w", q.Since, err)
	case q.Against != "":
		return fmt.Errorf("--against %s: %w", q.Against, err)
	}
	return err
}

// trace finds in which files the head writes things, if a rule of the base asks for it.
func (s *Sides) trace(ctx context.Context) (err error) {
	if s.Head == nil || s.Head.Policy == nil || s.Gates == nil || s.Gates.Policy == nil ||
		!policy.AnyAsksWhere(projectRules(s.Gates)) {
		return nil
	}
	s.Head, err = s.Head.Traced(ctx)
	return err
}

// loadHere loads the head as it is on the disk.
func (q *Question) loadHere(ctx context.Context, paths []string) (*compiler.Project, error) {
	opts := q.Options
	opts.Paths = paths
	p, err := compiler.Load(ctx, opts)
	if err != nil {
		return nil, headError{err}
	}
	q.Loaded(p)
	return p, nil
}

// isPath reports whether --against names a folder: it begins with /, ./ or ../
// (or with a drive, on Windows). Everything else is a revision, since the folders
// here are the change's.
func isPath(against string) bool {
	a := filepath.ToSlash(against)
	return a == "." || a == ".." || strings.HasPrefix(a, "/") || strings.HasPrefix(a, "./") ||
		strings.HasPrefix(a, "../") ||
		filepath.VolumeName(against) != ""
}

// loadFolders loads the project as it is on the disk, and a base from another folder or none.
func (s *Sides) loadFolders(ctx context.Context, q *Question) (err error) {
	s.Commits.Folders = true
	if s.Head, err = q.loadHere(ctx, q.Paths); err != nil || s.Head.Policy == nil {
		return err
	}
	if revision.Empty(s.BaseName) {
		s.noteAbsent()
		return nil
	}
	opts := q.Options
	opts.Paths = []string{s.BaseName}
	base, err := compiler.Load(ctx, opts)
	if errors.Is(err, load.ErrNoDeclaration) {
		s.noteAbsent()
		return nil
	}
	if err != nil {
		return baseError(s.BaseName, err)
	}
	s.Base, s.Gates = base, base
	return nil
}

// baseError says that an error is about the base, which it names once.
func baseError(base string, err error) error {
	if strings.HasPrefix(err.Error(), base+":") {
		return fmt.Errorf("--against %w", err)
	}
	return fmt.Errorf("the base %s: %w", base, err)
}

func (s *Sides) notef(format string, args ...any) {
	s.Notes = append(s.Notes, fmt.Sprintf(format, args...))
}

func (s *Sides) noteAbsent() {
	s.notef("there is no declaration in the base %s: it counts as an empty table, and the gates of the "+
		"change itself judge it", s.BaseName)
}

// noRepository adds a hint for a base that is meant as a folder.
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
