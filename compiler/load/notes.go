package load

import (
	"bytes"
	"cmp"
	"fmt"
	"path"
	"slices"
	"unicode/utf8"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/internal/spreadsheet"
	"permc.dev/permc/compiler/policy"
)

// decode decodes a table that a spreadsheet wrote in another encoding than UTF-8. If it may be in several encodings, it
// is left as it is, and reported.
func (l *loader) decode(s *source) {
	file := l.files.File(s.num)
	utf16 := bytes.HasPrefix(s.data, []byte("\xff\xfe")) || bytes.HasPrefix(s.data, []byte("\xfe\xff"))
	if !utf16 && (file.Plain() || notUTF8(file.Data) < 0) || bytes.HasPrefix(s.data, []byte(pointer)) {
		return
	}
	text, how, err := spreadsheet.Decode(s.data)
	if err != nil || how == spreadsheet.UTF8 {
		return
	}
	decoded := policy.NewDecodedFile(s.name, s.data, text, string(how))
	l.files.Replace(s.num, decoded)
	if how == spreadsheet.Windows1252 {
		at := slices.IndexFunc([]byte(decoded.Data), func(c byte) bool { return c >= utf8.RuneSelf })
		l.notes = append(l.notes, note{policy.Pos{File: s.num, Off: uint32(at), End: uint32(at + 1)},
			"not UTF-8: read as Windows-1252; check letters with accents, or save it as CSV UTF-8"})
	}
}

// noteProjects says which folder to name if several look like projects of their own.
func (l *loader) noteProjects(docs []doc) {
	var dirs []string
	for _, d := range docs {
		if d.value == nil || d.value.Get("product") == nil {
			continue
		}
		if dir := path.Dir(l.files.File(d.value.Get("product").Pos().File).Name); !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	if len(dirs) < 2 || len(l.roots) > 1 {
		return
	}
	slices.Sort(dirs)
	l.apart = dirs
	l.notes = append(l.notes,
		note{text: fmt.Sprintf("%s and %s both declare a product; if these are two projects, check one: permc check %s",
			dirs[0], dirs[1], dirs[0])})
}

// listNotes returns the notes in order, each with its place.
func (l *loader) listNotes() (list []diag.Related) {
	slices.SortFunc(l.notes, func(a, b note) int {
		return cmp.Or(cmp.Compare(a.pos.File, b.pos.File), cmp.Compare(a.pos.Off, b.pos.Off))
	})
	const most = 10
	for i, n := range l.notes {
		if i == most {
			return append(list, diag.Related{Message: fmt.Sprintf("and %d more of these", len(l.notes)-most)})
		}
		list = append(list, diag.Related{Pos: n.pos, Message: n.text})
	}
	return list
}
