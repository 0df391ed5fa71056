package xlsx

import "bytes"

// cellRun holds cells side by side that other rows repeat.
type cellRun struct {
	xml                 []byte
	columns, lines, cut int
}

// runMark says where a run begins.
type runMark struct{ offset, col, lines, cut int }

// mark begins a run. What follows it counts its own lines, until runSince.
func (c *cells) mark() runMark {
	m := runMark{len(c.b), c.col, c.lines, c.cut}
	c.lines = 1
	return m
}

// runSince returns the cells written since a mark.
func (c *cells) runSince(m runMark) cellRun {
	run := cellRun{bytes.Clone(c.b[m.offset:]), c.col - m.col, c.lines, c.cut - m.cut}
	c.lines = max(c.lines, m.lines)
	return run
}

// repeat writes the cells of a run once more.
func (c *cells) repeat(run *cellRun) {
	c.b = append(c.b, run.xml...)
	c.col += run.columns
	c.lines = max(c.lines, run.lines)
	c.cut += run.cut
}
