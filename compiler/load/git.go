package load

import (
	"bufio"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// pointer is how a file begins whose content Git LFS keeps elsewhere.
const pointer = "version https://git-lfs.github.com/spec/"

// withoutPointer returns how to get the file itself.
func (r *root) withoutPointer() string {
	if r.disk {
		return "git lfs pull"
	}
	return "a revision holds only the pointer: keep declarations out of Git LFS (git lfs migrate " +
		"export), or compare with a folder"
}

// emptyFolders collects folders without entries during a walk.
type emptyFolders struct {
	last string // the folder visited last, while nothing in it was visited
	list []string
}

func (e *emptyFolders) visit(rel string, d fs.DirEntry) {
	if e.last != "" && e.last != "." && !strings.HasPrefix(rel, e.last+"/") {
		e.list = append(e.list, e.last)
	}
	e.last = ""
	base := path.Base(rel)
	if d != nil && d.IsDir() && base != "cue.mod" && (rel == "." || !strings.HasPrefix(base, ".")) {
		e.last = rel
	}
}

func (e *emptyFolders) end() []string {
	if e.last != "" {
		e.list = append(e.list, e.last)
	}
	return e.list
}

// submodules reports empty folders that are submodules, as a clone without --recurse-submodules leaves
// them. Otherwise the people in them would be missing.
func (f *finder) submodules(r *root, empty []string) {
	if !r.disk || len(empty) == 0 {
		return
	}
	dir, err := filepath.Abs(r.dir)
	if err != nil {
		return
	}
	known := submodulesAround(dir)
	for _, rel := range empty {
		if at := filepath.Join(dir, filepath.FromSlash(rel)); known[at] {
			f.refused = append(f.refused, refusal{r.display(rel), "a submodule that is not checked " +
				"out", "git submodule update --init, or list it under ignore"})
		}
	}
}

// submodulesAround returns the submodule folders of the repository around a folder.
func submodulesAround(dir string) map[string]bool {
	known := map[string]bool{}
	for {
		addSubmodules(known, dir)
		up := filepath.Dir(dir)
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil || up == dir {
			return known
		}
		dir = up
	}
}

// addSubmodules reads .gitmodules in the form that git writes: lines with "path = …".
func addSubmodules(known map[string]bool, top string) {
	name := filepath.Join(top, ".gitmodules")
	if info, err := os.Lstat(name); err != nil || !info.Mode().IsRegular() {
		return
	}
	file, err := os.Open(name)
	if err != nil {
		return
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		key, value, ok := strings.Cut(lines.Text(), "=")
		if ok && strings.EqualFold(strings.TrimSpace(key), "path") {
			value = strings.Trim(strings.TrimSpace(value), `"`)
			known[filepath.Join(top, filepath.FromSlash(path.Clean("/"+value)))] = true
		}
	}
}
