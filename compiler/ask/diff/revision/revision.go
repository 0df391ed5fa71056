// Package revision reads the files of a git revision from the object store,
// without touching the work tree or the index. It asks the git command, which
// knows every kind of repository; git.go alone runs it.
//
// Whoever wrote the change under review also wrote every file beside it, so
// nothing there may choose the repository, the revision or the place in it:
// find.go finds the repository, name.go reads names, place.go reads paths. The
// scripts testdata/script/git-*.txtar hold all of it, with real git.
package revision

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// Repository is the one that the working directory belongs to.
type Repository struct {
	repo
	start repo   // the one that permc was started in, if any
	here  string // the working directory as it was written, with links and ".."
	git   string // the command

	sha256, shallow bool
}

// Bare reports whether there is no work tree: files are only in revisions.
func (r *Repository) Bare() bool { return r.top == "" }

// Where says where permc runs.
type Where struct {
	Started string // the directory that permc was started in
	Dir     string // the one that it changed to, as it was written, or ""
	Top     string // the top folder of the repository, where the user names it, or ""
}

// ErrNoRepository is the error for a folder that is in no repository.
var ErrNoRepository = errors.New("not in a git repository")

// Open finds the repository of the working directory.
func Open(ctx context.Context, at Where) (*Repository, error) {
	dir, err := os.Getwd()
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		return nil, err
	}
	r := &Repository{here: at.here(dir)}
	if started, err := filepath.EvalSymlinks(at.Started); err == nil {
		r.start, _ = findUp(started)
	}
	if r.repo, err = findRepo(dir, at.Top); err != nil {
		return nil, err
	}
	if r.git, err = findGit(r.top, r.start.top); err != nil {
		return nil, err
	}
	if _, err := r.follow(r.here); err != nil {
		return nil, err
	}
	if at.Top == "" {
		if err := r.trusted(ctx, dir); err != nil {
			return nil, err
		}
	}
	return r, r.ask(ctx)
}

// here joins the parts of the working directory and cleans nothing: "link/.."
// is not the folder that the link is in.
func (at Where) here(dir string) string {
	switch {
	case at.Dir == "" && at.Started == "":
		return dir
	case at.Dir == "":
		return at.Started
	case filepath.IsAbs(at.Dir):
		return at.Dir
	}
	return at.Started + string(filepath.Separator) + at.Dir
}

// ask reads what kind of repository it is, which also shows that git reads it.
func (r *Repository) ask(ctx context.Context) error {
	out, err := r.run(ctx, nil, "rev-parse", "--show-object-format", "--is-shallow-repository")
	if err != nil {
		return err
	}
	kind, shallow, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	r.sha256, r.shallow = kind == "sha256", shallow == "true"
	return nil
}

// Empty reports whether a name is the object name of zeros that stands for no
// revision where a branch is new.
func Empty(name string) bool { return len(name) >= 40 && strings.Trim(name, "0") == "" }
