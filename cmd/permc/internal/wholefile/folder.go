package wholefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// OpenFolder opens a folder to write in. Below the top of a repository, or the
// folder that permc runs in, no part of the path may be a link: a change could
// commit "out" as a link to a folder outside, to .git/hooks, or to the
// declarations, and so choose where CI writes out/permc.sarif. Links above are
// the machine's own.
func OpenFolder(path string) (*os.Root, error) {
	folder, err := openFolder(path, nil)
	return folder, missing(path, err)
}

// MakeFolder opens as OpenFolder does, and makes the folders that are missing. Those it
// made are removed again by undo, as far as they are empty.
func MakeFolder(path string) (folder *os.Root, undo func(), err error) {
	var made []string
	undo = func() {
		for i := range made {
			_ = os.Remove(made[len(made)-1-i])
		}
	}
	folder, err = openFolder(path, func(full string) { made = append(made, full) })
	if err != nil {
		undo()
	}
	return folder, undo, missing(path, err)
}

// missing names the path of an error that names only a part of it.
func missing(path string, err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return named(path, err)
	}
	return err
}

func openFolder(path string, made func(string)) (*os.Root, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	top := anchor(abs, !filepath.IsAbs(path))
	for top == "" || made != nil && !isFolder(top) {
		switch {
		case top == "" && made == nil:
			return os.OpenRoot(path)
		case top == "":
			top = abs
		default:
			top = filepath.Dir(top)
		}
	}
	folder, err := os.OpenRoot(top)
	if err != nil {
		return nil, err
	}
	for _, part := range parts(strings.TrimPrefix(abs, top)) {
		top = filepath.Join(top, part)
		next, err := enter(folder, part, top, made)
		folder.Close()
		if err != nil {
			return nil, err
		}
		folder = next
	}
	return folder, nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir() || filepath.Dir(path) == path
}

// enter opens a folder in another one, unless it is a link. It looks at what it
// opened, so that a link that is put in its place meanwhile leads nowhere.
func enter(folder *os.Root, name, full string, made func(string)) (*os.Root, error) {
	info, err := folder.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) && made != nil {
		if err := folder.Mkdir(name, 0o777); err != nil {
			return nil, err
		}
		made(full)
		info, err = folder.Lstat(name)
	}
	switch {
	case err != nil:
		return nil, err
	case info.Mode()&(fs.ModeSymlink|fs.ModeIrregular) != 0:
		return nil,
			fmt.Errorf("%s is a symbolic link, and permc does not write through one: name the folder it leads to",
				short(full))
	case !info.IsDir():
		return nil, fmt.Errorf("%s is not a folder", short(full))
	}
	next, err := folder.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	if now, err := next.Stat("."); err != nil || !os.SameFile(info, now) {
		next.Close()
		return nil, fmt.Errorf("%s has changed while it was opened", short(full))
	}
	return next, nil
}

// EnterFolder opens or makes a folder below another one, given with slashes, and
// follows no link. It tells made which ones it has made.
func EnterFolder(folder *os.Root, below string, made func(rel string)) (*os.Root, error) {
	now, err := folder.OpenRoot(".")
	if err != nil {
		return nil, err
	}
	rel := ""
	for _, part := range strings.Split(below, "/") {
		if part == "." || part == "" {
			continue
		}
		rel = strings.TrimPrefix(rel+"/"+part, "/")
		next, err := enter(now, part, rel, made)
		now.Close()
		if err != nil {
			return nil, err
		}
		now = next
	}
	return now, nil
}

// anchor returns the part of a path below which links are refused: the outermost
// folder on the way that is the top of a repository, or the folder that permc
// runs in. It is "" for a path elsewhere.
func anchor(abs string, relative bool) string {
	top := filepath.VolumeName(abs) + string(filepath.Separator)
	here, err := os.Stat(".")
	if root, err2 := os.Stat(top); err != nil || err2 == nil && os.SameFile(here, root) && !relative {
		here = nil // the whole machine is nobody's change
	}
	rest := parts(strings.TrimPrefix(abs, top))
	for i := 0; ; i++ {
		if _, err := os.Lstat(filepath.Join(top, ".git")); err == nil {
			return top
		}
		if info, err := os.Stat(top); here != nil && err == nil && os.SameFile(info, here) {
			return top
		}
		if i == len(rest) {
			return ""
		}
		top = filepath.Join(top, rest[i])
	}
}

func parts(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r < 0x80 && os.IsPathSeparator(uint8(r)) })
}

// short returns a path as seen from here, where that is shorter.
func short(full string) string {
	if here, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(here, full); err == nil && filepath.IsLocal(rel) {
			return rel
		}
	}
	return full
}
