package source

import (
	"io"
	"slices"
	"strings"

	"permc.dev/permc/compiler/load"
)

// table is a CSV file of users, as it is laid out.
type table struct {
	separator rune
	header    csvLine
	lines     []csvLine // below the header; empty ones are left out
	last      int       // the last column with a name: others pad the lines
	user, via int       // columns, or -1
	quoted    bool      // every cell is in quotes
}

// csvLine is a line, or several if a cell has line ends.
type csvLine struct {
	from, to int // without the line end
	cells    []string
	ends     []int // of each cell
}

// table reads a CSV file of users in one of the layouts that permc reads.
func (f *File) table() (*table, error) {
	lines, layout, err := readLines(f.Text)
	if err != nil || len(lines) <= layout.Titles {
		return nil, ErrLayout
	}
	t := &table{separator: layout.Separator, header: lines[layout.Titles]}
	names := t.header.cells
	t.user, t.via = slices.Index(names, "user"), slices.Index(names, "via")
	if t.user < 0 {
		return nil, ErrLayout
	}
	t.last = lastNamed(names)
	t.quoted = strings.Count(f.Text[t.header.from:t.header.to], `"`) == 2*len(names)
	for _, line := range lines[layout.Titles+1:] {
		switch {
		case !slices.ContainsFunc(line.cells, func(s string) bool { return s != "" }):
		case len(line.cells) <= t.last:
			return nil, ErrLayout
		default:
			t.lines = append(t.lines, line)
		}
	}
	return t, nil
}

// lastNamed returns the last column that has a name.
func lastNamed(header []string) int {
	last := len(header) - 1
	for last > 0 && header[last] == "" {
		last--
	}
	return last
}

// readLines reads the lines of a CSV file, with titles.
func readLines(text string) (list []csvLine, layout load.Layout, err error) {
	layout = load.FindLayout(text)
	r := layout.Reader(text)
	starts := []int{layout.From} // of each line
	for i := layout.From; i < len(text); i++ {
		if text[i] == '\n' {
			starts = append(starts, i+1)
		}
	}
	for {
		cells, err := r.Read()
		if err == io.EOF {
			return list, layout, nil
		}
		if err != nil {
			return nil, layout, err
		}
		x := csvLine{cells: cells, ends: make([]int, len(cells))}
		for i := range cells {
			line, column := r.FieldPos(i)
			at := starts[line-1] + column - 1
			if i == 0 {
				x.from = at
			} else {
				x.ends[i-1] = at - 1
			}
			cells[i] = strings.Trim(cells[i], " \t")
		}
		x.to = len(strings.TrimRight(text[:layout.From+int(r.InputOffset())], "\r\n"))
		x.ends[len(cells)-1] = x.to
		list = append(list, x)
	}
}

// lastOf returns the last line about a user, or nil.
func (t *table) lastOf(is func(id string) bool) *csvLine {
	for i, line := range slices.Backward(t.lines) {
		if is(line.cells[t.user]) {
			return &t.lines[i]
		}
	}
	return nil
}

// AppendLine returns the edits that add a line about a user to a CSV file, after the user's last line. It adds the
// columns that are missing.
func (f *File) AppendLine(is func(id string) bool, cells map[string]string) ([]Edit, error) {
	t, err := f.table()
	if err != nil {
		return nil, err
	}
	last := t.lastOf(is)
	if last == nil {
		return nil, ErrLayout
	}
	said := map[string]string{"user": last.cells[t.user]}
	if t.via >= 0 { // it makes the line one of an invitation
		said["via"] = last.cells[t.via]
	}
	return t.append(last.to, f.newline, said, cells), nil
}

// append adds a line with some cells after an offset, and the columns that the table does not have.
func (t *table) append(at int, newline string, said, cells map[string]string) []Edit {
	names := t.header.cells[:t.last+1]
	more := MissingColumns(names, cells)
	edits := t.addColumns(more)
	var out []string
	for _, name := range append(slices.Clip(names), more...) {
		text, ok := said[name]
		if !ok {
			text = cells[name]
		}
		out = append(out, t.quote(text))
	}
	for range t.header.cells[t.last+1:] {
		out = append(out, "")
	}
	return append(edits, Edit{at, at, newline + strings.Join(out, string(t.separator))})
}

// addColumns adds columns after the last one that has a name.
func (t *table) addColumns(names []string) (edits []Edit) {
	if len(names) == 0 {
		return nil
	}
	head, cells := "", ""
	for _, name := range names {
		head += string(t.separator) + t.quote(name)
		cells += string(t.separator) + t.quote("")
	}
	edits = append(edits, Edit{t.header.ends[t.last], t.header.ends[t.last], head})
	for i := range t.lines {
		at := t.lines[i].ends[t.last]
		edits = append(edits, Edit{at, at, cells})
	}
	return edits
}

// quote writes a cell as the others are written.
func (t *table) quote(s string) string {
	if t.quoted {
		return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	return QuoteCSV(s, t.separator)
}

// MissingColumns returns the columns of some cells that a header does not have, sorted.
func MissingColumns(header []string, cells map[string]string) (more []string) {
	for name, text := range cells {
		if text != "" && !slices.Contains(header, name) {
			more = append(more, name)
		}
	}
	slices.Sort(more)
	return more
}

// RemoveLines returns the edits that remove every line about a user from a CSV file.
func (f *File) RemoveLines(is func(id string) bool) (edits []Edit) {
	t, err := f.table()
	if err != nil { // a table of scopes
		return nil
	}
	for _, line := range t.lines {
		if is(line.cells[t.user]) {
			edits = append(edits, f.lines(line.from, line.to))
		}
	}
	return edits
}

// LineOf returns where the last line about a user begins, or -1.
func (f *File) LineOf(is func(id string) bool) int {
	if t, err := f.table(); err == nil {
		if line := t.lastOf(is); line != nil {
			return line.from
		}
	}
	return -1
}

// Header returns the names of the columns of a CSV file of users, and what separates them.
func Header(text string) (names []string, separator rune, err error) {
	t, err := (&File{Text: text, Syntax: CSV}).table()
	if err != nil {
		return nil, 0, err
	}
	return t.header.cells[:t.last+1], t.separator, nil
}

// QuoteCSV writes a cell, in quotes if it needs them. It quotes every common separator, since readers guess it.
func QuoteCSV(s string, separator rune) string {
	if !strings.ContainsAny(s, ",;\t\"\r\n"+string(separator)) && s == strings.TrimSpace(s) {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}
