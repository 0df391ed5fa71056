package xlsx

// memory holds cells of text that a goroutine has written, since most rows repeat cells of other rows.
type memory struct {
	last  []writtenCell            // the latest cell of each column
	cells []map[string]writtenCell // of each column, by text
	count int
}

// mostWritten bounds the cells in memory.
const mostWritten = 1 << 14

// writtenCell is a cell of text with its XML, and its lines.
type writtenCell struct {
	text  string
	style int
	xml   []byte // nil: no cell
	lines int
}

func newMemory(columns int) *memory {
	m := &memory{last: make([]writtenCell, columns), cells: make([]map[string]writtenCell, columns)}
	for i := range m.cells {
		m.cells[i] = map[string]writtenCell{}
	}
	return m
}

// find returns a written cell, or nil.
func (m *memory) find(column, style int, text string) *writtenCell {
	last := &m.last[column]
	if last.xml != nil && last.style == style && last.text == text {
		return last
	}
	cell, ok := m.cells[column][text]
	if !ok || cell.style != style {
		return nil
	}
	*last = cell
	return last
}

// findLast returns the latest cell of a column if it is the same, or nil.
func (m *memory) findLast(column, style int, text string) *writtenCell {
	last := &m.last[column]
	if last.xml == nil || last.style != style || last.text != text {
		return nil
	}
	return last
}

func (m *memory) add(column int, cell writtenCell) {
	if m.count++; m.count > mostWritten {
		for i := range m.cells {
			clear(m.cells[i])
		}
		m.count = 1
	}
	m.cells[column][cell.text], m.last[column] = cell, cell
}
