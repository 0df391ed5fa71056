package render

import (
	"bytes"

	"permc.dev/permc/compiler/ask/review"
	"permc.dev/permc/compiler/policy"
)

// reviewCSV writes a line for each row, with columns for the reviewer and those that identify the row and the table.
type reviewCSV struct {
	tableCSV
	made string
}

func (t reviewCSV) head(b []byte) []byte {
	b, _, _ = bytes.Cut(t.tableCSV.head(b), []byte(",confidence"))
	for _, list := range [...][]string{review.Decisions, review.Marks} {
		for _, column := range list {
			b = append(append(b, ','), column...)
		}
	}
	if len(t.Policy.External) > 0 {
		b = append(b, ","+externalColumn...)
	}
	return append(b, '\n')
}

// worker returns a function that appends lines for one goroutine.
func (t reviewCSV) worker() func([]byte, []policy.Row) []byte {
	lines := t.tableCSV.worker()
	lines.forReview = true
	marker := review.Marker{Exact: t.Policy.Catalog.ExactUsers}
	return func(b []byte, rows []policy.Row) []byte {
		for i := range rows {
			b = lines.rows(b, rows[i:i+1])
			b = append(b[:len(b)-len("\n")], ",,,,,"...)
			b = append(append(b, marker.Mark(&rows[i])...), ',')
			b = appendCSV(b, t.made)
			if len(t.Policy.External) > 0 {
				b = appendExternalCSV(append(b, ','), rows[i].External())
			}
			b = append(b, '\n')
		}
		return b
	}
}
