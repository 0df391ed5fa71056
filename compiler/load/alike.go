package load

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// alikes are formats that permc does not read, though people keep lists of users in them, with a format to use instead.
var alikes = map[string]string{
	".ndjson": ".jsonl", ".tsv": ".csv", ".tab": ".csv", ".xlsx": ".csv", ".xlsm": ".csv", ".xls": ".csv",
	".ods": ".csv",
}

func (f *finder) addAlike(r *root, rel string, d fs.DirEntry) {
	if alikes[fileExt(rel)] != "" && d.Type().IsRegular() {
		f.alike = append(f.alike, &source{root: r, rel: rel, name: r.display(rel), ext: fileExt(rel)})
	}
}

// mostNamed limits the files that a line names.
const mostNamed = 3

// noteAlike says which files may hold users that are missing.
func (l *loader) noteAlike() {
	var names, instead []string
	n := 0
	for _, s := range l.finder.alike {
		if !s.mayHaveUsers() {
			continue
		}
		if n++; n <= mostNamed {
			names = append(names, s.name)
		}
		if as := alikes[s.ext]; !slices.Contains(instead, as) {
			instead = append(instead, as)
		}
	}
	slices.Sort(instead)
	as := strings.Join(instead, " or ")
	switch {
	case n == 0:
		return
	case n == 1:
		l.notes = append(l.notes, note{text: fmt.Sprintf("%s is not read: save it as %s, or list it under ignore",
			names[0], as)})
		return
	case n > mostNamed:
		names = append(names, "…")
	}
	l.notes = append(l.notes,
		note{text: fmt.Sprintf("%d files are not read: %s: save them as %s, or list them under ignore",
			n, strings.Join(names, ", "), as)})
}

// mayHaveUsers reports whether a file is no list of something else, and not made by permc.
func (s *source) mayHaveUsers() bool {
	const largest = 64 << 20
	info, err := fs.Stat(s.root.fs, s.rel)
	if err != nil || info.Size() > largest {
		return true
	}
	as := alikes[s.ext]
	switch s.ext {
	case ".xls", ".ods":
		return true
	case ".xlsx", ".xlsm":
		as = ""
	}
	if s.read() != nil {
		return true
	}
	data := s.data
	s.data = nil
	if as == "" {
		return !isMadeBook(data)
	}
	return !isForeign(as, data, nil)
}

// isMadeBook reports whether permc wrote a workbook.
func isMadeBook(data []byte) bool {
	book, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return false
	}
	f, err := book.Open("docProps/app.xml")
	if err != nil {
		return false
	}
	defer f.Close()
	const most = 1 << 16
	text, err := io.ReadAll(io.LimitReader(f, most))
	return err == nil && bytes.Contains(text, []byte("<Application>permc</Application>"))
}

// leaveNamed leaves out files that a command names for something else: it writes them, and a shell has emptied them
// already, or it reads them as exports.
func (f *finder) leaveNamed(named []fs.FileInfo, reason string) {
	if len(named) == 0 {
		return
	}
	for _, s := range slices.Clone(f.sources) {
		if !s.root.disk || s.root.only != "" {
			continue
		}
		info, err := os.Stat(filepath.Join(s.root.dir, filepath.FromSlash(s.rel)))
		if err == nil && slices.ContainsFunc(named, func(x fs.FileInfo) bool { return os.SameFile(info, x) }) {
			f.leaveOut(s, reason)
		}
	}
}
