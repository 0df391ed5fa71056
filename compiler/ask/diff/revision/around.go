package revision

import (
	"context"
	"path/filepath"
	"strings"
)

// Around returns the top folder of the repository that a folder is or will be
// in, and the folder's path below it; the folder itself where there is no
// repository.
func Around(dir string) (top, below string, err error) {
	full, err := filepath.Abs(dir)
	if err != nil {
		return "", "", err
	}
	real, rest := full, "."
	for !fileExists(real) && filepath.Dir(real) != real {
		real, rest = filepath.Dir(real), filepath.Join(filepath.Base(real), rest)
	}
	if real, err = filepath.EvalSymlinks(real); err != nil {
		return "", "", err
	}
	found, ok := findUp(real)
	if !ok {
		return dir, ".", nil
	}
	rel, err := filepath.Rel(found.top, filepath.Join(real, rest))
	if err != nil {
		return "", "", err
	}
	if wd, err := filepath.EvalSymlinks("."); err == nil && !filepath.IsAbs(dir) {
		if wd, err = filepath.Abs(wd); err == nil {
			if short, err := filepath.Rel(wd, found.top); err == nil { // for people to read
				return short, filepath.ToSlash(rel), nil
			}
		}
	}
	return found.top, filepath.ToSlash(rel), nil
}

// MainBranch guesses the branch that changes go to: the upstream's default branch, or else main or master, or else the
// branch that is checked out. It returns "" outside of repositories.
func MainBranch(ctx context.Context, top string) string {
	full, err := filepath.Abs(top)
	if err != nil {
		return ""
	}
	found, ok := findUp(full)
	if !ok {
		return ""
	}
	r := &Repository{repo: found}
	if r.git, err = findGit(r.top); err != nil || r.trusted(ctx, full) != nil {
		return ""
	}
	out, err := r.run(ctx, nil, "symbolic-ref", "--quiet", "refs/remotes/origin/HEAD")
	if name, ok := strings.CutPrefix(strings.TrimSpace(string(out)), "refs/remotes/origin/"); ok && err == nil {
		return name
	}
	for _, name := range []string{"main", "master"} {
		if _, err := r.run(ctx, nil, "rev-parse", "--verify", "--quiet", "refs/heads/"+name); err == nil {
			return name
		}
	}
	out, _ = r.run(ctx, nil, "symbolic-ref", "--quiet", "HEAD")
	return strings.TrimPrefix(strings.TrimSpace(string(out)), "refs/heads/")
}
