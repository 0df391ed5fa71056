package revision

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// At returns the path of a file or folder below the top, with slashes: where it
// was written, and never where a link leads. It need not be there, but it must
// not be in another repository.
func (r *Repository) At(name string) (string, error) {
	rel, err := r.Place(name)
	if err == nil && !r.Bare() {
		err = r.onlyOne(name, rel)
	}
	return rel, err
}

// Place works like At, for a path that may be in another repository.
func (r *Repository) Place(name string) (string, error) {
	if r.Bare() {
		if name = filepath.Clean(name); !filepath.IsLocal(name) {
			return "", fmt.Errorf("%s: in a bare repository, name a path below its top folder", name)
		}
		return filepath.ToSlash(name), nil
	}
	full := name
	if !filepath.IsAbs(name) {
		full = r.here + string(filepath.Separator) + name
	}
	full, err := r.follow(full)
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(r.top, full)
	if err != nil || !filepath.IsLocal(rel) {
		return "", fmt.Errorf("%s is not in the git repository at %s, which the working directory is in; "+
			"use -C", name, r.top)
	}
	return filepath.ToSlash(rel), nil
}

// There reports whether a file is in the work tree itself, not behind a link.
func (r *Repository) There(name string) bool {
	full := filepath.Join(r.top, filepath.FromSlash(name))
	info, err := os.Lstat(full)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	_, err = r.follow(full)
	return err == nil
}

// onlyOne refuses a path that leads into another repository, such as a
// submodule.
func (r *Repository) onlyOne(name, rel string) error {
	dir := r.top
	for part := range strings.SplitSeq(rel, "/") {
		dir = filepath.Join(dir, part)
		if dir != r.top && fileExists(filepath.Join(dir, ".git")) {
			return fmt.Errorf("%s is in another git repository, %s, such as a submodule: it cannot be "+
				"compared with a revision of %s; use -C in a clone of it",
				name, dir, r.top)
		}
	}
	return nil
}

// follow follows a path part by part, as the system does. Links outside of the
// repository are the user's; one in it is the change's, and is refused.
func (r *Repository) follow(name string) (string, error) {
	const most = 64 // links
	slash := string(filepath.Separator)
	root := filepath.VolumeName(name) + slash
	at, rest, links := root, strings.Split(filepath.ToSlash(name[len(filepath.VolumeName(name)):]), "/"), 0
	for len(rest) > 0 {
		part := rest[0]
		rest = rest[1:]
		next := filepath.Join(at, part) // also for "", "." and ".."
		info, err := os.Lstat(next)
		if err != nil || info.Mode()&os.ModeSymlink == 0 {
			at = next
			continue
		}
		if isWithin(r.top, at) || isWithin(r.start.top, at) {
			return "", fmt.Errorf("%s is a symbolic link: the files of a revision are not where it "+
				"leads; name the folder itself", next)
		}
		to, err := os.Readlink(next)
		if links++; err != nil || links > most {
			return "", fmt.Errorf("%s: too many links, or one that cannot be read", name)
		}
		if filepath.IsAbs(to) {
			at = filepath.VolumeName(to) + slash
			to = to[len(filepath.VolumeName(to)):]
		}
		rest = append(strings.Split(filepath.ToSlash(to), "/"), rest...)
	}
	return at, nil
}
