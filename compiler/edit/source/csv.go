package source

import (
	"encoding/csv"
	"io"
	"slices"
	"strings"
)

// csvLine is a line, or several if a cell has line ends.
type csvLine struct {
	from, to int // without the line end
	cells    []string
}

// csvLines reads the lines of a CSV file; the first is the header.
func (f *File) csvLines() (list []csvLine, err error) {
	r := csv.NewReader(strings.NewReader(f.Text))
	for {
		from := int(r.InputOffset())
		cells, err := r.Read()
		if err == io.EOF {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		for i := range cells {
			cells[i] = strings.Trim(cells[i], " \t")
		}
		end := int(r.InputOffset())
		from += len(f.Text[from:end]) - len(strings.TrimLeft(f.Text[from:end], "\r\n"))
		list = append(list, csvLine{from, from + len(strings.TrimRight(f.Text[from:end], "\r\n")), cells})
	}
}

// isUsers reports whether a header is that of users.
func isUsers(header []string) bool { return slices.Contains(header, "user") }

// AppendLine returns the edits that add a line about a user to a CSV file, after the user's last line. It adds the
// columns that are missing.
func (f *File) AppendLine(is func(id string) bool, cells map[string]string) ([]Edit, error) {
	lines, err := f.csvLines()
	if err != nil || len(lines) == 0 || !isUsers(lines[0].cells) {
		return nil, ErrLayout
	}
	header, at := lines[0].cells, slices.Index(lines[0].cells, "user")
	var last *csvLine
	for i := range lines[1:] {
		if is(lines[i+1].cells[at]) {
			last = &lines[i+1]
		}
	}
	if last == nil {
		return nil, ErrLayout
	}
	more, edits := f.columns(header, lines, cells)
	var out []string
	for _, name := range append(slices.Clip(header), more...) {
		switch name {
		case "user":
			out = append(out, QuoteCSV(last.cells[at]))
		case "via": // it makes the line one of an invitation
			out = append(out, QuoteCSV(last.cells[slices.Index(header, "via")]))
		default:
			out = append(out, QuoteCSV(cells[name]))
		}
	}
	return append(edits, Edit{last.to, last.to, f.newline + strings.Join(out, ",")}), nil
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

// columns adds the columns of a line that the file does not have.
func (f *File) columns(header []string, lines []csvLine, cells map[string]string) (more []string, edits []Edit) {
	if more = MissingColumns(header, cells); len(more) == 0 {
		return nil, nil
	}
	for i, line := range lines {
		text := strings.Repeat(",", len(more))
		if i == 0 {
			text = "," + strings.Join(more, ",")
		}
		edits = append(edits, Edit{line.to, line.to, text})
	}
	return more, edits
}

// RemoveLines returns the edits that remove every line about a user from a CSV file.
func (f *File) RemoveLines(is func(id string) bool) (edits []Edit, err error) {
	lines, err := f.csvLines()
	if err != nil || len(lines) == 0 || !isUsers(lines[0].cells) {
		return nil, err
	}
	at := slices.Index(lines[0].cells, "user")
	for _, line := range lines[1:] {
		if is(line.cells[at]) {
			edits = append(edits, f.lines(line.from, line.to))
		}
	}
	return edits, nil
}

// LineOf returns where the last line about a user begins, or -1.
func (f *File) LineOf(is func(id string) bool) int {
	lines, err := f.csvLines()
	if err != nil || len(lines) == 0 || !isUsers(lines[0].cells) {
		return -1
	}
	at := slices.Index(lines[0].cells, "user")
	for _, line := range slices.Backward(lines[1:]) {
		if is(line.cells[at]) {
			return line.from
		}
	}
	return -1
}

// QuoteCSV writes a cell, in quotes if it needs them.
func QuoteCSV(s string) string {
	if !strings.ContainsAny(s, ",\"\r\n") && s == strings.TrimSpace(s) {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}
