package xlsx

import (
	"context"
	"io"

	"permc.dev/permc/compiler/render"
)

// WriteEvidence writes the record of a review as a workbook: a sheet of facts, and one for each table.
func WriteEvidence(ctx context.Context, w io.Writer, job *render.TableJob, e *render.Evidence) error {
	sheets := []*sheet{factsSheet(e)}
	for i := range e.Tables {
		sheets = append(sheets, evidenceSheet(&e.Tables[i]))
	}
	return writeSheets(ctx, w, newJob(job), sheets)
}

func factsSheet(e *render.Evidence) *sheet {
	s := &sheet{name: "Review", review: -1, rows: 1 + len(e.Facts), columns: []column{{width: 30}, {width: 90}}}
	s.fill = func(x *stream) error {
		return x.rows(func(c *cells) {
			c.begin()
			c.text(title, e.Title)
			c.end()
			for _, f := range e.Facts {
				c.begin()
				c.text(strong, f[0])
				c.text(wrapped, f[1])
				c.end()
			}
		})
	}
	return s
}

func evidenceSheet(t *render.EvidenceTable) *sheet {
	s := &sheet{name: t.Name, head: true, review: -1, rows: len(t.Rows), about: t.About}
	for _, name := range t.Titles {
		s.columns = append(s.columns, column{name, 28, header})
	}
	s.fill = func(x *stream) error {
		for from := 0; from < len(t.Rows); from += itemsAtOnce {
			part := t.Rows[from:min(from+itemsAtOnce, len(t.Rows))]
			err := x.rows(func(c *cells) {
				for _, row := range part {
					c.begin()
					for _, text := range row {
						c.text(wrapped, text)
					}
					c.end()
				}
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
	return s
}
