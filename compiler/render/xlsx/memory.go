package xlsx

// memory holds cells of text that a goroutine has written, since most rows repeat cells of other rows.
type memory struct {
	last  []remembered // the latest cell of each column
	cells map[cellText]*writtenCell
}

// mostWritten bounds the cells in memory.
const mostWritten = 1 << 14

// cellText is all that the XML of a cell of text depends on.
type cellText struct {
	column, style int
	text          string
}

// writtenCell is the XML of a cell of text, and its lines.
type writtenCell struct {
	xml   []byte
	lines int
}

type remembered struct {
	cellText
	cell *writtenCell
}

func newMemory(columns int) *memory {
	return &memory{make([]remembered, columns), map[cellText]*writtenCell{}}
}

// find returns a written cell, or nil.
func (m *memory) find(key cellText) *writtenCell {
	last := &m.last[key.column]
	if last.style == key.style && last.text == key.text {
		return last.cell
	}
	cell := m.cells[key]
	if cell != nil {
		*last = remembered{key, cell}
	}
	return cell
}

func (m *memory) add(key cellText, cell writtenCell) {
	if len(m.cells) == mostWritten {
		clear(m.cells)
	}
	m.cells[key] = &cell
	m.last[key.column] = remembered{key, &cell}
}
