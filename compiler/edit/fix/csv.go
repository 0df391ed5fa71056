package fix

import (
	"io"
	"slices"
	"sort"
	"strings"

	"permc.dev/permc/compiler/load"
)

// csvText is a CSV file.
type csvText struct {
	text   string
	layout load.Layout
	header []string
	rows   []csvRow

	free map[int]bool // offsets whose lines no user depends on
}

// csvRow is a line, or several if a cell has line ends.
type csvRow struct {
	span
	cells []span // as written
	texts []string
}

func parseCSV(text string) (syntax, error) {
	t := &csvText{text: text, layout: load.FindLayout(text)}
	from := t.layout.From
	starts := []int{from}
	for i := from; i < len(text); i++ {
		if text[i] == '\n' {
			starts = append(starts, i+1)
		}
	}
	r := t.layout.Reader(text)
	for n := 0; ; n++ {
		texts, err := r.Read()
		if err == io.EOF {
			return t, nil
		}
		if err != nil {
			return nil, err
		}
		row := csvRow{texts: texts}
		for i := range texts {
			line, column := r.FieldPos(i)
			from := starts[line-1] + column - 1
			if i > 0 {
				row.cells[i-1].to = from - 1
			}
			row.cells = append(row.cells, span{from: from})
			row.texts[i] = strings.Trim(texts[i], " \t")
		}
		end := len(strings.TrimRight(text[:from+int(r.InputOffset())], "\r\n"))
		row.cells[len(texts)-1].to = end
		row.span = span{row.cells[0].from, end}
		switch {
		case n < t.layout.Titles:
		case t.header == nil:
			t.header = row.texts
		default:
			t.rows = append(t.rows, row)
		}
	}
}

// remove deletes lines. It keeps the last line that says something of a user,
// and empties its other cells, so that the user is not lost.
func (t *csvText) remove(offsets []int) ([]edit, map[int]error) {
	failed := map[int]error{}
	left := map[[2]string]int{}
	for _, row := range t.rows {
		left[t.who(row)]++
	}
	var edits []edit
	var parts []span
	for _, off := range offsets {
		i := sort.Search(len(t.rows), func(i int) bool { return t.rows[i].to > off })
		if i == len(t.rows) || t.rows[i].from > off {
			failed[off] = errLayout
			continue
		}
		row := t.rows[i]
		if left[t.who(row)]--; left[t.who(row)] > 0 || t.free[off] {
			parts = append(parts, span{lineStart(t.text, row.from), row.to})
			continue
		}
		edits = append(edits, edit{row.from, row.to, t.bare(row)})
	}
	edits = append(edits, cutParts(t.text, parts)...)
	sortEdits(edits)
	return edits, failed
}

// who returns the user of a line, and what else the line says of the user.
func (t *csvText) who(row csvRow) [2]string {
	var facts []string
	for i, name := range t.header[:min(len(t.header), len(row.texts))] {
		if !slices.Contains(entryColumns, name) {
			facts = append(facts, row.texts[i])
		}
	}
	return [2]string{t.cell(row, "user"), strings.Join(facts, "\x00")}
}

// entryColumns are those of an assignment, a grant or a membership.
var entryColumns = []string{"role", "permission", "group", "scope", "actions", "starts", "expires", "reason", "ticket"}

func (t *csvText) cell(row csvRow, column string) string {
	if i := slices.Index(t.header, column); i >= 0 && i < len(row.texts) {
		return row.texts[i]
	}
	return ""
}

// bare returns a line without its entry.
func (t *csvText) bare(row csvRow) string {
	var cells []string
	for i, c := range row.cells {
		cell := ""
		if i >= len(t.header) || !slices.Contains(entryColumns, t.header[i]) {
			cell = t.text[c.from:c.to]
		}
		cells = append(cells, cell)
	}
	return strings.Join(cells, string(t.layout.Separator))
}

func (t *csvText) rename(off int, wrong, right string) (edit, error) {
	separator := string(t.layout.Separator)
	rest, ok := strings.CutPrefix(t.text[off:], wrong)
	if !ok || rest != "" && !strings.ContainsRune(",; \t\"\r\n"+separator, rune(rest[0])) {
		return edit{}, errOtherName
	}
	if strings.ContainsAny(right, ",;\t\"\r\n"+separator) {
		return edit{}, errLayout
	}
	return edit{off, off + len(wrong), right}, nil
}
