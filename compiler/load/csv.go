package load

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load/scan"
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// Columns lists the columns of a CSV declaration.
var Columns = scan.Columns

// csvReader turns lines of CSV into the declaration `users: {…}`.
type csvReader struct {
	*lineUsers
	csv    *csv.Reader
	text   string
	lines  []int32 // offset of each line
	header []string
}

// cell is a cell with content.
type cell struct {
	text string
	pos  policy.Pos
}

func readCSV(file *policy.File, num int32) (tree.Tree, []diag.Finding) {
	r := &csvReader{lineUsers: openUsers(num, file.Data), csv: csv.NewReader(strings.NewReader(file.Data)),
		text: file.Data}
	r.lines = []int32{0}
	for i := range len(r.text) {
		if r.text[i] == '\n' {
			r.lines = append(r.lines, int32(i+1))
		}
	}
	header, err := r.csv.Read()
	if err != nil {
		return nil, []diag.Finding{r.syntax(err)}
	}
	if faults := r.readHeader(header); len(faults) > 0 {
		return nil, faults
	}
	var faults []diag.Finding
	for {
		record, err := r.csv.Read()
		if err == io.EOF || len(faults) >= diag.Most {
			return r.close(r.text), faults
		}
		if err != nil {
			faults = append(faults, r.syntax(err))
			if !errors.Is(err, csv.ErrFieldCount) {
				return nil, faults
			}
			continue
		}
		faults = append(faults, r.record(record)...)
	}
}

func (r *csvReader) syntax(err error) diag.Finding {
	var pe *csv.ParseError
	if !errors.As(err, &pe) {
		return diag.Stopf("syntax", policy.Pos{File: r.file}, "not CSV: %v", err)
	}
	off := r.offset(pe.Line, pe.Column)
	return diag.Stopf("syntax", policy.Pos{File: r.file, Off: off, End: off + 1}, "not CSV: %v", pe.Err)
}

func (r *csvReader) offset(line, column int) int32 {
	return r.lines[min(max(line, 1), len(r.lines))-1] + int32(max(column, 1)-1)
}

func (r *csvReader) readHeader(record []string) (faults []diag.Finding) {
	if slices.Contains(record, "via") && slices.Contains(record, "position") {
		return []diag.Finding{diag.Stopf("schema", r.cell(record, 0).pos,
			"this is a table made by permc, not a declaration").
			WithHelp("move it out of the project, or list it under ignore")}
	}
	for i, name := range record {
		c := r.cell(record, i)
		name = strings.TrimSpace(name)
		switch {
		case slices.Contains(r.header, name):
			faults = append(faults, diag.Stopf("schema", c.pos, "column %s is listed twice", diag.Quote(name)))
		case !slices.Contains(Columns, name):
			d := diag.Stopf("schema", c.pos, "unknown column %s", diag.Quote(name)).
				WithHelp("%s", diag.Suggest(name, Columns))
			d.Wrong, d.Right = name, diag.Only(name, Columns)
			if len(record) == 1 && strings.ContainsAny(name, ";\t") {
				d.Help = "separate columns with commas"
			}
			faults = append(faults, d)
		}
		r.header = append(r.header, name)
	}
	if len(faults) == 0 && !slices.Contains(r.header, "user") {
		faults = append(faults, diag.Stopf("schema", policy.Pos{File: r.file, End: int32(lineEnd(r.text))},
			"the column user is missing").
			WithHelp("add a column user, or list the file under ignore"))
	}
	return faults
}

// cell returns the text of a cell without surrounding spaces, and its place.
func (r *csvReader) cell(record []string, i int) cell {
	line, column := r.csv.FieldPos(i)
	off := r.offset(line, column)
	raw := record[i]
	if int(off) < len(r.text) && r.text[off] == '"' {
		off++
	}
	text := strings.TrimLeft(raw, " \t")
	off += int32(len(raw) - len(text))
	text = strings.TrimRight(text, " \t")
	return cell{text, policy.Pos{File: r.file, Off: off, End: min(off+int32(len(text)), int32(len(r.text)))}}
}

func (r *csvReader) record(record []string) []diag.Finding {
	cells := map[string]cell{}
	for i, name := range r.header {
		if c := r.cell(record, i); c.text != "" {
			cells[name] = c
		}
	}
	first, last := r.cell(record, 0), r.cell(record, len(record)-1)
	line := policy.Pos{File: r.file, Off: first.pos.Off, End: max(last.pos.End, first.pos.Off)}
	user, ok := cells["user"]
	if !ok {
		return []diag.Finding{diag.Stopf("schema", line, "the line has no user")}
	}
	role, isRole := cells["role"]
	_, isGrant := cells["permission"]
	if isRole && isGrant {
		return []diag.Finding{diag.Stopf("schema", role.pos,
			"a line can have a role or a permission, not both").WithHelp("use one line for each")}
	}
	entry := slices.DeleteFunc(slices.Clone(Columns[2:]), func(c string) bool { _, filled := cells[c]; return !filled })
	if !isRole && !isGrant && len(entry) > 0 {
		return []diag.Finding{diag.Stopf("schema", cells[entry[0]].pos,
			"column %s needs a role or permission on the same line", entry[0])}
	}
	r.user(user, line, cells, entry, isGrant)
	return nil
}

// user appends the user of one line, with the line's entry if there is one.
func (r *csvReader) user(id cell, line policy.Pos, cells map[string]cell, entry []string, isGrant bool) {
	r.Key(id.text, id.pos)
	r.Open(tree.Struct, line)
	if c, ok := cells["affiliation"]; ok {
		r.Key("affiliation", c.pos)
		r.Scalar(tree.String, c.text, c.pos)
	}
	if len(entry) > 0 {
		list := "roles"
		if isGrant {
			list = "grants"
		}
		r.Key(list, line)
		r.Open(tree.List, line)
		r.Open(tree.Struct, line)
		for _, name := range entry {
			r.field(name, cells[name])
		}
		r.Close(0)
		r.Close(0)
	}
	r.Close(0)
}

func (r *csvReader) field(name string, c cell) {
	r.Key(name, c.pos)
	if name != "actions" {
		r.Scalar(tree.String, c.text, c.pos)
		return
	}
	r.Open(tree.List, c.pos)
	for name, pos := range scan.Actions(c.text, c.pos) {
		r.Scalar(tree.String, name, pos)
	}
	r.Close(0)
}
