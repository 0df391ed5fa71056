package load

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/load/scan"
	"permc.dev/permc/compiler/load/shape"
	"permc.dev/permc/compiler/load/tree"
	"permc.dev/permc/compiler/policy"
)

// Columns lists the columns of a CSV declaration of users. The last makes an invitation.
var Columns = append(slices.Clip(scan.Columns), "via")

// attribute begins the name of a column with values of an attribute, and identity that of one with ids in a system.
const (
	attribute = scan.AttributePrefix
	identity  = scan.IdentityPrefix
)

// isMore reports whether a column has values of an attribute, or ids in a system.
func isMore(column string) bool {
	return strings.HasPrefix(column, attribute) && column != attribute ||
		strings.HasPrefix(column, identity) && column != identity
}

// csvReader turns lines of CSV into the declaration `users: {…}`.
type csvReader struct {
	*lineUsers
	csv    *csv.Reader
	text   string
	lines  []uint32 // offset of each line
	close  func() tree.Tree
	layout Layout
	notes  []note
	header []string

	invited tree.Builder // the lines of invitations
}

// cell is a cell with content.
type cell struct {
	text string
	pos  policy.Pos
}

// note is something that people should look at, though it can be read.
type note struct {
	pos  policy.Pos
	text string
}

func readCSV(file *policy.File, num int32) (tree.Tree, []diag.Finding) {
	t, _, faults := readTable(file, num)
	return t, faults
}

// readTable reads a table of users or scopes in one of the layouts in which spreadsheets write them.
func readTable(file *policy.File, num int32) (tree.Tree, []note, []diag.Finding) {
	layout := FindLayout(file.Data)
	r := &csvReader{lineUsers: openUsers(num, file.Data), csv: layout.Reader(file.Data), text: file.Data,
		layout: layout}
	r.close = r.ending
	r.lines = []uint32{0}
	for i := range len(r.text) {
		if r.text[i] == '\n' {
			r.lines = append(r.lines, uint32(i+1))
		}
	}
	header, faults := r.findHeader()
	if len(faults) > 0 {
		return nil, nil, faults
	}
	if d := r.bareReturn(header); d != nil {
		return nil, nil, []diag.Finding{*d}
	}
	read := r.record
	if isScopes(header) {
		s := newScopesReader(r, header)
		if len(s.faults) > 0 {
			return nil, nil, s.faults
		}
		r.close = s.close
		read = s.record
	} else if faults := r.readHeader(header); len(faults) > 0 {
		return nil, nil, faults
	}
	for {
		record, err := r.csv.Read()
		if err == io.EOF || len(faults) >= diag.Most {
			return r.close(), r.notes, faults
		}
		if err != nil {
			return nil, nil, append(faults, r.syntax(err))
		}
		if isEmptyRow(record) {
			continue
		}
		if d := r.oddRow(record); d != nil {
			faults = append(faults, *d)
			continue
		}
		faults = append(faults, read(record)...)
	}
}

// findHeader reads the rows up to the names of the columns.
func (r *csvReader) findHeader() (header []string, faults []diag.Finding) {
	for n := 0; ; n++ {
		row, err := r.csv.Read()
		if err == io.EOF {
			err = &csv.ParseError{Line: 1, Column: 1, Err: errors.New("no names of columns")}
		}
		if err != nil {
			return nil, []diag.Finding{r.syntax(err)}
		}
		if n == r.layout.Titles {
			return row, nil
		}
		if d := r.oddTitle(row); d != nil {
			return nil, []diag.Finding{*d}
		}
	}
}

func (r *csvReader) readHeader(record []string) (faults []diag.Finding) {
	if slices.Contains(record, "via") && slices.Contains(record, "position") {
		return []diag.Finding{madeByPermc(r.cell(record, 0).pos, "a table")}
	}
	for i, name := range record {
		c := r.cell(record, i)
		name = strings.TrimSpace(name)
		switch {
		case name == "": // padding, as long as it is empty
		case slices.Contains(r.header, name):
			faults = append(faults, diag.Stopf("schema", c.pos, "column %s is listed twice", diag.Quote(name)))
		case isMore(name):
		case !slices.Contains(Columns, name):
			d := diag.Stopf("schema", c.pos, "unknown column %s", diag.Quote(name)).WithHelp("%s", suggestColumn(name, Columns))
			d.Wrong, d.Right = name, cmp.Or(diag.Only(name, Columns), shape.NearestField(name, Columns))
			faults = append(faults, d)
		}
		r.header = append(r.header, name)
	}
	if r.isNoHeader() {
		return []diag.Finding{diag.Stopf("schema", r.cell(record, 0).pos,
			"the first line names no column that permc knows").
			WithHelp("begin with a line such as user,role,scope, or list the file under ignore")}
	}
	if len(faults) == 0 && !slices.Contains(r.header, "user") {
		faults = append(faults, diag.Stopf("schema", policy.Pos{File: r.file, End: uint32(lineEnd(r.text))},
			"the column user is missing").
			WithHelp("add a column user, or list the file under ignore"))
	}
	return faults
}

// isNoHeader reports whether no title is that of a column, or like one: the line is most likely data.
func (r *csvReader) isNoHeader() bool {
	given := slices.DeleteFunc(slices.Clone(r.header), func(name string) bool { return name == "" })
	return len(given) > 1 && !slices.ContainsFunc(given, func(name string) bool {
		return slices.Contains(Columns, name) || isMore(name) || shape.NearestField(name, Columns) != ""
	})
}

// suggestColumn helps with an unknown column. There are few enough columns to list them all.
func suggestColumn(name string, columns []string) string {
	if near := shape.NearestField(name, columns); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "use one of: " + strings.Join(columns, ", ")
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
	off += uint32(len(raw) - len(text))
	text = strings.TrimRight(text, " \t")
	return cell{text, policy.Pos{File: r.file, Off: off, End: min(off+uint32(len(text)), uint32(len(r.text)))}}
}

func (r *csvReader) record(record []string) []diag.Finding {
	cells := map[string]cell{}
	for i, name := range r.header[:min(len(r.header), len(record))] {
		if c := r.cell(record, i); c.text != "" {
			cells[name] = c
		}
	}
	first, last := r.cell(record, 0), r.cell(record, len(record)-1)
	line := policy.Pos{File: r.file, Off: first.pos.Off, End: max(last.pos.End, first.pos.Off)}
	user, ok := cells["user"]
	if !ok {
		return []diag.Finding{diag.Stopf("schema", line, "the line has no user").
			WithHelp("write the user in each line, also where it is that of the line above; or remove the line")}
	}
	entry := slices.DeleteFunc(slices.Clone(scan.Columns[scan.Role:]),
		func(c string) bool { _, filled := cells[c]; return !filled })
	given := slices.DeleteFunc(slices.Clone(entry), func(c string) bool { return !slices.Contains(givers, c) })
	switch {
	case len(given) > 1 && !slices.Contains(given, "group"):
		return []diag.Finding{diag.Stopf("schema", cells["role"].pos,
			"a line can have a role or a permission, not both").WithHelp("use one line for each").
			WithEdit(diag.SplitLine, "used one line for each")}
	case len(given) > 1:
		return []diag.Finding{diag.Stopf("schema", cells["group"].pos,
			"a line can have a %s or a group, not both", given[0]).WithHelp("use one line for each").
			WithEdit(diag.SplitLine, "used one line for each")}
	case len(given) == 1 && given[0] == "group" && (slices.Contains(entry, "scope") ||
		slices.Contains(entry, "actions")):
		name := entry[1]
		return []diag.Finding{diag.Stopf("schema", cells[name].pos,
			"column %s is for a role or permission, not for a group", name).
			WithHelp("leave it empty: the group says what its members get").
			WithEdit(diag.DropField, "emptied column "+name)}
	case len(given) == 0 && len(entry) > 0:
		return []diag.Finding{diag.Stopf("schema", cells[entry[0]].pos,
			"column %s needs a role or permission on the same line", entry[0])}
	}
	b := &r.Builder
	if _, invited := cells["via"]; invited {
		b = &r.invited
	}
	r.user(b, user, line, cells, entry)
	return nil
}

// givers are the columns of which a line fills one at most.
var givers = []string{"role", "permission", "group"}

// user appends the user of one line, with the line's entry if there is one.
func (r *csvReader) user(b *tree.Builder, id cell, line policy.Pos, cells map[string]cell, entry []string) {
	b.Key(id.text, id.pos)
	b.Open(tree.Struct, line)
	for _, name := range []string{"name", "affiliation", "status", "home", "via"} {
		if c, ok := cells[name]; ok {
			field(b, name, c)
		}
	}
	if len(entry) > 0 {
		b.Key(entry[0]+"s", line)
		if entry[0] == "permission" {
			b.Nodes[len(b.Nodes)-1].Text = "grants"
		}
		b.Open(tree.List, line)
		if c := cells[entry[0]]; len(entry) == 1 && entry[0] == "group" {
			b.Scalar(tree.String, c.text, c.pos)
		} else {
			b.Open(tree.Struct, line)
			for _, name := range entry {
				field(b, name, cells[name])
			}
			b.Close(0)
		}
		b.Close(0)
	}
	r.more(b, cells)
	b.Close(0)
}

// more appends the attributes and the ids in other systems of one line.
func (r *csvReader) more(b *tree.Builder, cells map[string]cell) {
	r.mapping(b, cells, "attributes", attribute)
	r.mapping(b, cells, "ids", identity)
}

// mapping appends a mapping with the columns whose names begin with a prefix.
func (r *csvReader) mapping(b *tree.Builder, cells map[string]cell, key, prefix string) {
	opened := false
	for _, column := range r.header {
		c, filled := cells[column]
		name, ok := strings.CutPrefix(column, prefix)
		if !filled || !ok {
			continue
		}
		if !opened {
			opened = true
			b.Key(key, c.pos)
			b.Open(tree.Struct, c.pos)
		}
		if prefix == identity && !strings.ContainsAny(c.text, `;"`) {
			scalar(b, name, c) // as files of other formats have it
			continue
		}
		list(b, name, c)
	}
	if opened {
		b.Close(0)
	}
}

// ending returns the whole file, once every line is read.
func (r *csvReader) ending() tree.Tree {
	end := uint32(len(r.text))
	r.Close(end)
	if len(r.invited.Nodes) > 0 {
		r.Key("invitations", policy.Pos{File: r.file})
		r.Open(tree.Struct, policy.Pos{File: r.file, End: end})
		r.Append(r.invited.Nodes)
		r.Close(end)
	}
	r.Close(end)
	return r.Nodes
}

func field(b *tree.Builder, name string, c cell) {
	if name == "actions" {
		list(b, name, c)
		return
	}
	scalar(b, name, c)
}

func scalar(b *tree.Builder, name string, c cell) {
	b.Key(name, c.pos)
	b.Scalar(tree.String, c.text, c.pos)
}

// list appends a field with the items of a cell.
func list(b *tree.Builder, name string, c cell) {
	b.Key(name, c.pos)
	b.Open(tree.List, c.pos)
	for item, pos := range scan.Actions(c.text, c.pos) {
		b.Scalar(tree.String, item, pos)
	}
	b.Close(0)
}
