package review

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"

	"permc.dev/permc/compiler/internal/formula"
	"permc.dev/permc/compiler/internal/spreadsheet"
)

// CSV reads a sheet saved as CSV, with commas, or with the semicolons or tabs that spreadsheets of other languages
// write, in UTF-8 or UTF-16.
func (r *Reader) CSV(raw []byte) error {
	raw, how, err := spreadsheet.Decode(raw)
	switch {
	case err != nil:
		return err
	case how == spreadsheet.Windows1252: // a guess, and names identify rows
		return errors.New("not UTF-8: save it as CSV UTF-8")
	}
	raw = spreadsheet.BreakLines(raw)
	c := csv.NewReader(bytes.NewReader(raw))
	c.FieldsPerRecord, c.ReuseRecord = -1, true
	c.Comma = spreadsheet.FindSeparator(raw)
	if tooWide(raw, byte(c.Comma)) {
		return fmt.Errorf("a line has more than %d columns, the most a spreadsheet allows", MostColumns)
	}
	r.Grid("")
	for {
		cells, err := c.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("not a CSV file: %w", err)
		}
		line, _ := c.FieldPos(0)
		for i := range cells {
			if TooLong(cells[i]) {
				return fmt.Errorf("line %d: a cell has more than %d characters, the most a spreadsheet allows", line,
					MostCell)
			}
			cells[i] = formula.Unescape(cells[i])
		}
		r.Row(line, cells)
	}
}
