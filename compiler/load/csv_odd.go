package load

import (
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// syntax places an error of the CSV library. A quote that is not closed is reported where it opens: the library says
// where the file ends, or where the next quote closes it.
func (r *csvReader) syntax(err error) diag.Finding {
	var pe *csv.ParseError
	if !errors.As(err, &pe) {
		return diag.Stopf("syntax", policy.Pos{File: r.file}, "not CSV: %v", err)
	}
	off := r.offset(pe.Line, pe.Column)
	if errors.Is(pe.Err, csv.ErrQuote) {
		if open, closed := r.openQuote(int(r.offset(pe.StartLine, 1))); open >= 0 {
			d := diag.Stopf("syntax", policy.Pos{File: r.file, Off: uint32(open), End: uint32(open + 1)},
				"not CSV: this quote is not closed").WithHelp(`end the cell with ", and write a quote in it as ""`)
			if closed >= 0 {
				d = d.WithRelated(policy.Pos{File: r.file, Off: uint32(closed), End: uint32(closed + 1)},
					"the next quote is here")
			}
			return d
		}
	}
	return diag.Stopf("syntax", policy.Pos{File: r.file, Off: off, End: off + 1}, "not CSV: %v", pe.Err)
}

// bareReturn reports rows that end with carriage returns alone: the library takes them for one row.
func (r *csvReader) bareReturn(header []string) *diag.Finding {
	for i, name := range header {
		if at := strings.IndexByte(name, '\r'); at >= 0 {
			line, column := r.csv.FieldPos(i)
			off := r.offset(line, column) + uint32(at)
			d := diag.Stopf("syntax", policy.Pos{File: r.file, Off: off, End: off + 1},
				"a carriage return without a line feed").WithHelp("save the file with LF or CRLF line endings")
			return &d
		}
	}
	return nil
}

// offset returns the place of a line and column of the CSV library, which counts from behind the line with the
// separator.
func (r *csvReader) offset(line, column int) uint32 {
	if r.layout.From > 0 {
		line++
	}
	return r.lines[min(max(line, 1), len(r.lines))-1] + uint32(max(column, 1)-1)
}

// openQuote returns where a quoted cell of a row begins that does not end on its line as a cell ends, or -1, and where
// the next quote is.
func (r *csvReader) openQuote(from int) (open, next int) {
	starts := true // a cell
	for i := from; i < len(r.text); i++ {
		c := r.text[i]
		if !starts || c != '"' {
			starts = rune(c) == r.layout.Separator || c == '\n'
			continue
		}
		end := endOfQuoted(r.text, i)
		rest := strings.TrimPrefix(r.text[min(end+1, len(r.text)):], "\r")
		fine := rest == "" || rest[0] == '\n' || rune(rest[0]) == r.layout.Separator
		switch {
		case end == len(r.text):
			return i, -1
		case !fine && strings.Contains(r.text[i:end], "\n"):
			return i, end
		case !fine:
			return -1, -1
		}
		i, starts = end, false
	}
	return -1, -1
}

// endOfQuoted returns the offset of the quote that ends a quoted cell, or the length of the text.
func endOfQuoted(text string, from int) int {
	for i := from + 1; i < len(text); i++ {
		if text[i] == '"' && !strings.HasPrefix(text[i+1:], `"`) {
			return i
		}
		if text[i] == '"' {
			i++
		}
	}
	return len(text)
}

// oddTitle reports a row above the names of the columns that may be a user.
func (r *csvReader) oddTitle(row []string) *diag.Finding {
	filled := 0
	for _, s := range row {
		if strings.TrimSpace(s) != "" {
			filled++
		}
	}
	if filled < 2 || !slices.ContainsFunc(row, func(s string) bool { return strings.Contains(s, "@") }) {
		return nil
	}
	d := diag.Stopf("schema", r.place(row), "this row is above the names of the columns").
		WithHelp("move it below them, or remove it")
	return &d
}

// oddRow reports a row that has too few or too many cells, or that may be several rows.
func (r *csvReader) oddRow(row []string) *diag.Finding {
	last := len(r.header) - 1
	for last > 0 && r.header[last] == "" {
		last--
	}
	if len(row) <= last {
		d := diag.Stopf("syntax", r.place(row), "the row has %s, expected %d", countCells(len(row)), last+1).
			WithHelp("end it with %q", strings.Repeat(string(r.layout.Separator), last+1-len(row)))
		d.Edit = &diag.Edit{Kind: diag.ReplaceText, Pos: r.rowEnd(),
			Text: strings.Repeat(string(r.layout.Separator), last+1-len(row)),
			Done: "ended the row with empty cells"}
		if len(row) == 1 && strings.ContainsAny(row[0], ",;\t") {
			d.Help, d.Edit = fmt.Sprintf("separate cells with %q", string(r.layout.Separator)), r.separated(row[0])
		}
		return &d
	}
	for i, s := range row {
		switch {
		case strings.TrimSpace(s) == "":
		case i >= len(r.header):
			d := diag.Stopf("syntax", r.cell(row, i).pos, "the row has %s, expected %d", countCells(len(row)),
				len(r.header)).
				WithHelp("put a cell with %q in quotes", string(r.layout.Separator))
			return &d
		case r.header[i] == "":
			d := diag.Stopf("schema", r.cell(row, i).pos, "the column of this cell has no name").
				WithHelp("name the column, or remove the cell")
			return &d
		}
	}
	return r.swallowed(row)
}

func countCells(n int) string {
	if n == 1 {
		return "1 cell"
	}
	return fmt.Sprintf("%d cells", n)
}

// separated returns the edit that separates the cells of a row as those of the other rows, or nil if its cells may be
// others.
func (r *csvReader) separated(row string) *diag.Edit {
	separator := string(r.layout.Separator)
	for _, other := range []string{",", ";", "\t"} {
		if other != separator && strings.Count(row, other) == len(r.header)-1 &&
			!strings.ContainsAny(row, "\"\n"+separator) {
			at := r.rowEnd()
			at.Off -= uint32(len(row))
			return &diag.Edit{Kind: diag.ReplaceText, Pos: at, Text: strings.ReplaceAll(row, other, separator),
				Done: fmt.Sprintf("separated the cells with %q", separator)}
		}
	}
	return nil
}

// rowEnd returns the end of the row that was read last.
func (r *csvReader) rowEnd() policy.Pos {
	end := uint32(len(strings.TrimRight(r.text[:r.layout.From+int(r.csv.InputOffset())], "\r\n")))
	return policy.Pos{File: r.file, Off: end, End: end}
}

// place returns the whole row.
func (r *csvReader) place(row []string) policy.Pos {
	first, last := r.cell(row, 0).pos, r.cell(row, len(row)-1).pos
	return policy.Pos{File: r.file, Off: first.Off, End: max(first.Off, last.End)}
}

// swallowed reports a cell with line ends if each of its lines looks like a row: where a quote is missing, the next one
// ends the cell, and the people between them are lost.
func (r *csvReader) swallowed(row []string) *diag.Finding {
	n := slices.IndexFunc(row, func(s string) bool { return strings.Contains(s, "\n") })
	if n < 0 {
		return nil
	}
	line, _ := r.csv.FieldPos(0)
	text := strings.TrimRight(r.text[r.offset(line, 1):r.layout.From+int(r.csv.InputOffset())], "\r\n")
	lines := strings.Split(text, "\n")
	c := r.cell(row, n)
	for _, s := range lines {
		if strings.Count(s, string(r.layout.Separator)) == len(r.header)-1 {
			continue
		}
		if n := strings.Count(row[n], "\n"); n > 1 {
			r.notes = append(r.notes, note{c.pos, fmt.Sprintf("a cell has %d lines; is a quote missing?", n+1)})
		}
		return nil
	}
	d := diag.Stopf("syntax", policy.Pos{File: r.file, Off: c.pos.Off - 1, End: c.pos.Off},
		"this cell has %d lines, and each looks like a row: is a quote missing?", len(lines)).
		WithHelp("close the quote, or write the cell on one line")
	return &d
}
