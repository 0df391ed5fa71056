package load

import (
	"path"
	"path/filepath"
	"strings"
)

// below returns the path of a file below the folder that holds all PATHs, if there are several: two of them may have
// files of one name.
func (l *loader) below(s *source) string {
	if len(l.roots) < 2 {
		return ""
	}
	if l.top == "" {
		l.top = topOf(l.roots)
	}
	rel, err := filepath.Rel(l.top, absolute(s.root.dir))
	if err != nil {
		return ""
	}
	return path.Join(filepath.ToSlash(rel), s.rel)
}

// topOf returns the innermost folder that holds all roots.
func topOf(roots []*root) string {
	top := absolute(roots[0].dir)
	for _, r := range roots[1:] {
		for dir := absolute(r.dir); !holds(top, dir) && top != filepath.Dir(top); {
			top = filepath.Dir(top)
		}
	}
	return top
}

// holds reports whether a folder is another one or above it.
func holds(top, dir string) bool {
	return dir == top || strings.HasPrefix(dir, strings.TrimSuffix(top,
		string(filepath.Separator))+string(filepath.Separator))
}

func absolute(dir string) string {
	if full, err := filepath.Abs(dir); err == nil {
		return full
	}
	return filepath.Clean(dir)
}
