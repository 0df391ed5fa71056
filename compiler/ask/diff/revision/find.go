package revision

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// repo is a repository on the disk.
type repo struct {
	top string // of the work tree, without links; "" if it is bare
	dir string // git's own directory
}

// findRepo finds the repository of a directory, as git does with two exceptions: a bare repository counts only if
// permc runs in its top directory, and git's environment variables do not count. A change can commit all files of a
// bare repository, but nothing that is called .git.
func findRepo(dir, named string) (repo, error) {
	if named != "" {
		return findNamed(dir, named)
	}
	found, ok := findUp(dir)
	switch {
	case ok && sameFile(found.dir, dir): // in .git, where some hooks run
		return repo{dir: found.dir}, nil
	case ok:
		return found, nil
	case isGitDir(dir):
		return repo{dir: dir}, nil
	}
	return repo{}, fmt.Errorf("%s is %w: run permc in one, or name it with -C", dir, ErrNoRepository)
}

// findNamed opens the repository that the user names, which must hold the
// directory.
func findNamed(dir, named string) (repo, error) {
	full, err := filepath.Abs(named)
	if err == nil {
		full, err = filepath.EvalSymlinks(full)
	}
	if err != nil {
		return repo{}, fmt.Errorf("PERMC_REPOSITORY: %w", err)
	}
	if !isWithin(full, dir) {
		return repo{}, fmt.Errorf("PERMC_REPOSITORY: %s does not hold the working directory %s", named, dir)
	}
	if git, ok := dotGit(full); ok {
		return repo{top: full, dir: git}, nil
	}
	if isGitDir(full) {
		return repo{dir: full}, nil
	}
	return repo{}, fmt.Errorf("PERMC_REPOSITORY: %s is not the top folder of a git repository", named)
}

// findUp returns the first work tree at a directory or above it.
func findUp(dir string) (repo, bool) {
	for {
		if git, ok := dotGit(dir); ok {
			return repo{top: dir, dir: git}, true
		}
		up := filepath.Dir(dir)
		if up == dir {
			return repo{}, false
		}
		dir = up
	}
}

// dotGit returns the git directory of a folder that is the top of a work tree:
// its .git, or what a file of that name points to, as in linked work trees.
func dotGit(top string) (string, bool) {
	name := filepath.Join(top, ".git")
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return "", false
	case info.IsDir():
		return name, isGitDir(name)
	case !info.Mode().IsRegular() || info.Size() > 1<<16:
		return "", false
	}
	text, err := os.ReadFile(name)
	to, ok := strings.CutPrefix(strings.TrimRight(string(text), "\r\n"), "gitdir: ")
	if err != nil || !ok {
		return "", false
	}
	if !filepath.IsAbs(to) {
		to = filepath.Join(top, to)
	}
	return to, isGitDir(to)
}

func isGitDir(dir string) bool {
	if !fileExists(filepath.Join(dir, "HEAD")) {
		return false
	}
	return fileExists(filepath.Join(dir, "commondir")) ||
		fileExists(filepath.Join(dir, "objects")) && fileExists(filepath.Join(dir, "refs"))
}

// fileExists reports whether a file exists.
func fileExists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

// sameFile reports whether two paths are the same file.
func sameFile(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}

// isWithin reports whether a path is a folder or in it. Both are clean.
func isWithin(top, name string) bool {
	rel, err := filepath.Rel(top, name)
	return top != "" && err == nil && filepath.IsLocal(rel)
}

const wayOut = "to ask that repository all the same, set PERMC_REPOSITORY to its top folder"

// trusted refuses a repository that a change could have brought: a submodule of
// one around it. It also refuses one that belongs to somebody else than the
// working directory does, as /tmp/.git might.
func (r *Repository) trusted(ctx context.Context, dir string) error {
	if r.Bare() {
		return nil
	}
	if !ownedAlike(filepath.Join(r.top, ".git"), dir) {
		return fmt.Errorf("the git repository at %s belongs to another user than %s; %s", r.top, dir, wayOut)
	}
	for inner := r.top; filepath.Dir(inner) != inner; {
		outer, ok := findUp(filepath.Dir(inner))
		if !ok {
			return nil
		}
		holds, err := r.in(outer).holdsSubmodule(ctx, r.top)
		if err != nil {
			return fmt.Errorf("cannot tell whether %s is a submodule of %s: %w; %s", r.top, outer.top, err, wayOut)
		}
		if holds {
			return fmt.Errorf("%s is a submodule of %s, and a change there can choose what it holds: run "+
				"permc in a clone of it; %s", r.top, outer.top, wayOut)
		}
		inner = outer.top
	}
	return nil
}

// in returns the same for another repository.
func (r *Repository) in(other repo) *Repository { return &Repository{repo: other, git: r.git} }

// holdsSubmodule reports whether a folder, or one above it, is a submodule: in
// the index, or in the commit that is checked out.
func (r *Repository) holdsSubmodule(ctx context.Context, folder string) (bool, error) {
	rel, err := filepath.Rel(r.top, folder)
	if err != nil {
		return false, err
	}
	var all []string
	for at := filepath.ToSlash(rel); at != "."; at = path.Dir(at) {
		all = append(all, at)
	}
	index, err := r.run(ctx, nil, append([]string{"ls-files", "-s", "-z", "--"}, all...)...)
	if err != nil {
		return false, err
	}
	if hasSubmodule(index, all) {
		return true, nil
	}
	if _, err := r.run(ctx, nil, "rev-parse", "--verify", "--quiet", "HEAD^{tree}"); err != nil {
		return false, ctx.Err() // nothing is committed yet
	}
	head, err := r.run(ctx, nil, append([]string{"ls-tree", "-z", "--full-tree", "HEAD", "--"}, all...)...)
	return hasSubmodule(head, all), err
}

// hasSubmodule looks for paths in what ls-files and ls-tree write.
func hasSubmodule(list []byte, paths []string) bool {
	for entry := range strings.SplitSeq(string(list), "\x00") {
		info, name, _ := strings.Cut(entry, "\t")
		for _, p := range paths {
			if name == p && strings.HasPrefix(info, submodule+" ") {
				return true
			}
		}
	}
	return false
}

// submodule is the mode of one in trees and in the index.
const submodule = "160000"
