package xlsx

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
func (c *cells) runSince(m runMark) (run cellRun) {
	c.keepSince(m, &run)
	return run
}

// keepSince puts the cells written since a mark in place of a run.
func (c *cells) keepSince(m runMark, run *cellRun) {
	*run = cellRun{append(run.xml[:0], c.b[m.offset:]...), c.col - m.col, c.lines, c.cut - m.cut}
	c.lines = max(c.lines, m.lines)
}

// repeat writes the cells of a run once more.
func (c *cells) repeat(run *cellRun) {
	c.b = append(c.b, run.xml...)
	c.col += run.columns
	c.lines = max(c.lines, run.lines)
	c.cut += run.cut
}
