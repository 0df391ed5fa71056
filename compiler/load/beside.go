package load

import (
	"io"
	"io/fs"
	"path"
	"strings"
)

// Text is a file, with its path relative to the named folder.
type Text struct {
	Rel, Name string
	Data      []byte
}

// Beside holds the files in a project's folders, besides the declarations, that decide what is
// accepted.
type Beside struct {
	Schema    []Text // CUE modules, and the project's additions to the schema
	Baselines []Text // possible baselines, whatever their name
}

// Beside reads the files besides the declarations. It skips what it cannot read, since nothing can use
// that.
func (p *Project) Beside() (b Beside) {
	for _, dir := range p.loader.paths {
		r, err := openRoot(dir, p.loader.opts.FS)
		if err != nil {
			continue
		}
		p.loader.beside(r, &b)
		_ = r.shut()
	}
	return b
}

func (l *loader) beside(r *root, b *Beside) {
	declared := map[string]bool{}
	for _, s := range l.finder.sources {
		declared[s.name] = true
	}
	_ = fs.WalkDir(r.fs, ".", func(rel string, d fs.DirEntry, err error) error {
		switch schema := rel == "cue.mod" || strings.HasPrefix(rel, "cue.mod/"); {
		case err != nil:
			return nil
		case d.IsDir() && rel != "." && (path.Base(rel) == ".git" || r.only != "" && !schema):
			return fs.SkipDir
		case !d.Type().IsRegular():
		case schema:
			b.Schema = r.text(b.Schema, rel)
		case r.only == "" && mayBeBaseline(rel) && !declared[r.display(rel)] && r.startsAsBaseline(rel):
			b.Baselines = r.text(b.Baselines, rel)
		}
		return nil
	})
}

// mayBeBaseline reports whether people would keep a baseline in such a file.
func mayBeBaseline(rel string) bool {
	return fileExt(rel) == ".json" || strings.Contains(strings.ToLower(path.Base(rel)), "baseline")
}

func (r *root) text(list []Text, rel string) []Text {
	data, _, err := r.read(rel)
	if err != nil {
		return list
	}
	return append(list, Text{rel, r.display(rel), data})
}

// startsAsBaseline reports whether a file begins with one of a baseline's two keys, in any layout.
func (r *root) startsAsBaseline(rel string) bool {
	f, err := r.fs.Open(rel)
	if err != nil {
		return false
	}
	defer f.Close()
	data := make([]byte, 4096)
	n, _ := io.ReadFull(f, data)
	const blank = " \t\r\n"
	head := strings.TrimLeft(strings.TrimPrefix(string(data[:n]), "\ufeff"), blank)
	key := strings.TrimLeft(strings.TrimPrefix(head, "{"), blank)
	name, _, whole := strings.Cut(strings.TrimPrefix(key, `"`), `"`)
	return n == len(data) && !whole || head != key &&
		(name == "version" || name == "baseline" || strings.Contains(name, `\`))
}
